"""Everybody is accounted for, nobody is written to twice, and whoever may stop it can."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from channel import platform as wire
from channel.platform import Platform, SendError
from channel.platform.api import CUSTOM_SEND
from domain.broadcasts.account import Mark
from domain.broadcasts.audience import Audience
from domain.broadcasts.broadcast import Route, State
from domain.broadcasts.content import Card, Picture, Text
from domain.notice import Colour
from domain.roles import Refused
from tests.broadcasts.studio import MA, ZHAO, Studio
from tests.stage import BRIDGE
from worker.broadcasts import deciding
from worker.broadcasts.calling import platform_of
from worker.broadcasts.deciding import Draft
from worker.broadcasts.jobs import broadcast_alarms, sweep_broadcasts
from worker.delivery.reaching import Unreached
from worker.settling.rebuild import rebuild_rosters

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def test_it_reaches_everybody_once_and_ends(studio: Studio) -> None:
    openids = studio.residents(30)
    number = studio.approved()
    told = studio.advance(number)
    assert (told.sent, told.total, told.left) == (30, 30, 0)
    assert studio.received(openids) == Counter({1: 30})
    assert studio.read(number).state is State.DONE
    assert studio.advance(number).sent == 30
    assert studio.received(openids) == Counter({1: 30})


def test_who_cannot_be_reached_is_told_with_the_reason_before_and_after(studio: Studio) -> None:
    openids = studio.residents(8)
    now = studio.ctx.clock.now()
    studio.account(openids[0], 0, now - timedelta(hours=49))
    studio.account(openids[1], 1, now, following=False)
    studio.resident(20, "")  # declared by a worker: no account
    studio.account("oForgottenByThePlatform00001", 2, now)
    studio.resident(21, "oForgottenByThePlatform00001")
    rebuild_rosters(studio.ctx)
    number = studio.draft()
    plan = studio.plan(number)
    assert (plan.people, plan.reachable, plan.calls) == (10, 7, 7)
    assert plan.unreachable == {"no_account": 1, Mark.NO_WINDOW: 1, Mark.NOT_FOLLOWING: 1}
    deciding.submit(studio.ctx, ZHAO, number)
    deciding.approve(studio.ctx, MA, number)
    told = studio.advance(number)
    assert told.marks == {Mark.SENT: 6, Mark.NO_WINDOW: 1, Mark.NOT_FOLLOWING: 1, Mark.REFUSED_PERSON: 1}
    assert told.left_out == {"no_account": 1}
    assert told.sent + told.unreachable == 10


def test_credits_that_are_spent_make_somebody_unreachable(studio: Studio) -> None:
    openids = studio.residents(3)
    for _ in range(5):
        platform_of(studio.ctx).send_text(openids[0], "一")
    told = studio.advance(studio.approved())
    assert told.marks == {Mark.SENT: 2, Mark.NO_CREDIT: 1}


def test_it_shares_the_ledger_of_credits_with_every_other_letter(studio: Studio) -> None:
    """What letters spent is missing to a broadcast, what it spends is missing to them; nobody asks the platform."""
    ctx, (wang, li, *_) = studio.ctx, studio.residents(3)
    for _ in range(5):
        ctx.reaching().custom(wang, wire.Text("一"))
    for _ in range(4):
        ctx.reaching().custom(li, wire.Text("一"))
    number = studio.draft()
    plan = studio.plan(number)
    assert (plan.reachable, plan.unreachable) == (2, {Mark.NO_CREDIT: 1})
    deciding.submit(ctx, ZHAO, number)
    deciding.approve(ctx, MA, number)
    assert studio.advance(number).marks == {Mark.SENT: 2, Mark.NO_CREDIT: 1}
    calls = len(studio.get(f"/sandbox/calls?path={CUSTOM_SEND}")["calls"])
    with pytest.raises(Unreached, match=r"^custom:no-credits$"):
        ctx.reaching().custom(li, wire.Text("一"))
    assert len(studio.get(f"/sandbox/calls?path={CUSTOM_SEND}")["calls"]) == calls == 4 + 5 + 2


def test_an_audience_is_a_place_a_colour_a_silence(studio: Studio) -> None:
    openids = studio.residents(4)
    studio.resident(11, openids[0], "38.0", days_ago=1)  # yellow, in the same community, silent since yesterday
    studio.resident(12, openids[1], "36.5", days_ago=3, community=BRIDGE)
    studio.resident(13, openids[2], "36.5", community=BRIDGE)
    rebuild_rosters(studio.ctx)
    for audience, people in (
        (Audience(BRIDGE), 2),
        (Audience("640106"), 4 + 3 - 3),
        (Audience(colours=frozenset({Colour.YELLOW})), 1),
        (Audience(silent_days=3), 1),
        (Audience(BRIDGE, silent_days=3), 1),
    ):
        assert studio.plan(studio.draft(audience=audience)).people == people, audience.words()


def test_a_pause_is_obeyed_within_a_second_and_nobody_is_lost(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    openids = studio.residents(120)
    real = Platform.send

    def slowly(self: Platform, openid: str, content: Any) -> None:
        time.sleep(0.1)
        real(self, openid, content)

    monkeypatch.setattr(Platform, "send", slowly)
    number = studio.approved()
    sender = threading.Thread(target=studio.advance, args=(number,))
    sender.start()
    while studio.report(number).sent < 16:
        time.sleep(0.01)
    deciding.pause(studio.ctx, ZHAO, number)
    began = time.monotonic()
    sender.join()
    assert time.monotonic() - began < 1
    stopped = studio.report(number)
    assert 16 <= stopped.sent < 120
    assert stopped.unknown == 0
    assert studio.advance(number).sent == stopped.sent
    deciding.resume(studio.ctx, ZHAO, number)
    assert studio.advance(number).sent == 120
    assert studio.received(openids) == Counter({1: 120})


def test_what_is_cancelled_stays_unsent_and_is_told_so(studio: Studio) -> None:
    openids = studio.residents(5)
    number = studio.approved(send_at=studio.ctx.clock.now() + timedelta(hours=1))
    assert studio.advance(number).left == 5
    deciding.cancel(studio.ctx, MA, number, "日期有误")
    studio.world.clock.advance(7_200)
    told = studio.advance(number)
    assert (told.sent, told.left) == (0, 5)
    assert studio.received(openids) == Counter({0: 5})


def test_at_its_time_the_clock_sets_it_going(studio: Studio) -> None:
    studio.residents(3)
    number = studio.approved(send_at=studio.ctx.clock.now() + timedelta(hours=1))
    assert studio.advance(number).sent == 0
    studio.world.clock.advance(3_601)
    sweep_broadcasts(studio.ctx)
    assert studio.ctx.queue_redis.exists(studio.ctx.keys.woken("broadcasts", str(number)))
    assert studio.advance(number).sent == 3
    sweep_broadcasts(studio.ctx)
    assert studio.ctx.broadcasts.unfinished() == []


def test_several_senders_side_by_side_send_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.broadcasts.planning.CHUNK", 7)
    openids = studio.residents(90)
    number = studio.approved()
    senders = [threading.Thread(target=studio.advance, args=(number,)) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert studio.report(number).sent == 90
    assert studio.received(openids) == Counter({1: 90})


# --- what the platform may answer ------------------------------------------------------------------------------------


def failing(monkeypatch: pytest.MonkeyPatch, *errors: SendError | None) -> None:
    """The first calls fail so, before anything is done; None lets one through."""
    real, left = Platform.send, list(errors)

    def send(self: Platform, openid: str, content: Any) -> None:
        if left and (error := left.pop(0)) is not None:
            raise error
        real(self, openid, content)

    monkeypatch.setattr(Platform, "send", send)


ANSWERS = (
    (SendError("reset", permanent=False, sent_unknown=True), Mark.UNKNOWN_ANSWER),
    (SendError("busy", permanent=False, code=-1), Mark.UNKNOWN_ANSWER),
    (SendError("blocked", permanent=True, code=48002), Mark.BLOCKED),
    (SendError("unsubscribed", permanent=True, code=43004), Mark.NOT_FOLLOWING),
    (SendError("odd", permanent=True, code=40008), Mark.FAILED),
    (SendError("not in window, though it is", permanent=True, code=45015), Mark.SENT),
)


@pytest.mark.parametrize(("error", "mark"), ANSWERS, ids=lambda value: str(value))
def test_every_answer_has_its_place_in_the_report(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, error: SendError, mark: Mark
) -> None:
    studio.residents(3)
    failing(monkeypatch, error)
    told = studio.advance(studio.approved())
    assert told.count(mark) == (3 if mark is Mark.SENT else 1)
    assert told.left == 0
    assert told.codes == ({40008: 1} if mark is Mark.FAILED else {})


def test_a_minute_that_is_used_up_stops_everybody_until_the_next(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    openids = studio.residents(20)
    failing(monkeypatch, SendError("minute", permanent=False, code=45011))
    monkeypatch.setattr("worker.broadcasts.watching.SHORT_HOLD_SECONDS", 0.0)
    number = studio.approved()
    told = studio.advance(number)
    assert told.left > 0
    control = studio.ctx.broadcasts.control(number)
    assert (control.state, control.held_for) == (State.SENDING, 45011)
    studio.world.clock.advance(62)
    assert studio.advance(number).sent == 20
    assert studio.received(openids) == Counter({1: 20})


def test_a_picture_is_uploaded_once_and_once_more_when_the_platform_forgot_it(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    openids, uploads = studio.residents(6), list[bytes]()
    real = Platform.upload_image

    def counted(self: Platform, png: bytes) -> str:
        uploads.append(png)
        return real(self, png)

    monkeypatch.setattr(Platform, "upload_image", counted)
    failing(monkeypatch, None, None, SendError("gone", permanent=True, code=40007))
    told = studio.advance(studio.approved(Picture(len(PNG)), picture=PNG))
    assert told.sent == 6
    assert uploads == [PNG, PNG]
    assert studio.received(openids) == Counter({1: 6})


def test_a_card_arrives_as_a_card(studio: Studio) -> None:
    studio.residents(1)
    told = studio.advance(studio.approved(Card("复工须知", "请先看", "https://nx.gov.cn/a")))
    assert told.sent == 1
    (line,) = studio.world.phones.lines("b.1", 0, 0)
    assert line.type == "news"


# --- mass messages ---------------------------------------------------------------------------------------------------


def test_a_mass_message_is_one_call_and_costs_one_of_four(studio: Studio) -> None:
    openids = studio.residents(6)
    numbers = []
    for left in (3, 2, 1, 0):
        number = studio.draft(route=Route.MASS)
        plan = studio.plan(number)
        assert (plan.calls, plan.mass_left) == (1, {left: 6})
        deciding.submit(studio.ctx, ZHAO, number)
        deciding.approve(studio.ctx, MA, number)
        assert studio.advance(number).sent == 6
        numbers.append(number)
    plan = studio.plan(studio.draft(route=Route.MASS))
    assert (plan.reachable, plan.unreachable) == (0, {"mass_used_up": 6})
    until(lambda: studio.received(openids) == Counter({4: 6}))


def test_a_mass_message_whose_answer_was_lost_goes_out_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform answers the second call with 45065, and that it is done already."""
    openids, real, calls = studio.residents(6), Platform.mass_send, []

    def lost(self: Platform, *args: Any) -> str:
        calls.append(real(self, *args))
        if len(calls) == 1:
            raise SendError("reset", permanent=False, sent_unknown=True)
        return calls[-1]

    monkeypatch.setattr(Platform, "mass_send", lost)
    monkeypatch.setattr("worker.broadcasts.watching.SHORT_HOLD_SECONDS", 0.0)
    number = studio.approved(route=Route.MASS)
    assert studio.advance(number).marks == {Mark.IN_FLIGHT: 6}
    studio.world.clock.advance(61)
    assert studio.advance(number).marks == {Mark.SENT: 6}
    assert calls[0] == calls[1]
    until(lambda: studio.received(openids) == Counter({1: 6}))


def test_a_mass_message_in_flight_for_more_than_a_day_is_unknown_and_not_sent_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.residents(3)
    error = SendError("reset", permanent=False, sent_unknown=True)
    monkeypatch.setattr(Platform, "mass_send", lambda *_: (_ for _ in ()).throw(error))
    monkeypatch.setattr("worker.broadcasts.watching.SHORT_HOLD_SECONDS", 0.0)
    number = studio.approved(route=Route.MASS)
    studio.advance(number)
    studio.world.clock.advance(25 * 3_600)
    assert studio.advance(number).marks == {Mark.UNKNOWN_KILLED: 3}


def test_a_mass_message_to_one_person_goes_within_the_window(studio: Studio) -> None:
    openids = studio.residents(1)
    assert studio.advance(studio.approved(route=Route.MASS)).sent == 1
    assert studio.received(openids) == Counter({1: 1})


# --- emergencies and corrections -------------------------------------------------------------------------------------


def test_an_emergency_goes_out_at_once_and_is_missed_when_nobody_approves_it(studio: Studio) -> None:
    studio.residents(4)
    number = studio.draft(emergency=True)
    deciding.submit(studio.ctx, ZHAO, number)
    assert studio.advance(number).sent == 4
    assert "第二人批准" in broadcast_alarms(studio.ctx)[0]
    studio.world.clock.advance(7_201)
    sweep_broadcasts(studio.ctx)
    escalated = studio.read(number).escalated_at
    assert escalated is not None
    assert "已超时" in broadcast_alarms(studio.ctx)[0]
    sweep_broadcasts(studio.ctx)
    assert studio.read(number).escalated_at == escalated
    with pytest.raises(Refused, match="same_person"):
        deciding.approve(studio.ctx, ZHAO, number)
    deciding.approve(studio.ctx, MA, number)
    sweep_broadcasts(studio.ctx)
    assert broadcast_alarms(studio.ctx) == []
    assert studio.ctx.broadcasts.unfinished() == []


def test_a_correction_goes_to_whoever_got_the_notice_or_may_have_got_it(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    openids = studio.residents(6)
    studio.account(openids[0], 0, studio.ctx.clock.now() - timedelta(hours=50))
    failing(
        monkeypatch, SendError("reset", permanent=False, sent_unknown=True), SendError("no", permanent=True, code=1)
    )
    first = studio.approved()
    told = studio.advance(first)
    assert (told.sent, told.unknown, told.failed, told.unreachable) == (3, 1, 1, 1)
    made = deciding.correct(studio.ctx, ZHAO, first, Draft(Text("日期为3月4日"), Audience(), Route.WINDOW, "c"))
    assert (made.corrects, made.content) == (first, Text("【更正】日期为3月4日"))
    studio.previewed(made.number)
    deciding.submit(studio.ctx, ZHAO, made.number)
    deciding.approve(studio.ctx, MA, made.number)
    told = studio.advance(made.number)
    assert (told.total, told.sent) == (4, 4)
    assert studio.received(openids) == Counter({2: 3, 1: 1, 0: 2})


def until(true: Any, seconds: float = 10) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)
