"""Whom the front desk answers with what: the code, late messages, midnight, deployments, claims that do not hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from channel.render import render
from domain.facts import By, Case, CaseKind, Declaration, Report
from domain.people import Claim, Level
from domain.verdict import Colour
from flows.core import Conversation, Incoming, Known, Picture, Session, Show
from flows.effects import Declare, Record, WantCode
from flows.front_desk import take
from flows.plain import Json
from flows.rehearsal import Rehearsal
from tests.flows.people import NOW, asking, consented, desk, hear, known, open_question, relative, templates

HOUR = timedelta(hours=1)
CONFIRMED = Case(id="c1", at=NOW - HOUR, case=CaseKind.CONFIRMED, since=date(2020, 3, 1))


def live(colour: Colour = Colour.GREEN, expires: timedelta = HOUR) -> Picture:
    return Picture("media-1", colour, NOW + expires)


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        (known(picture=live()), True),
        (known(picture=None), False),
        (known(picture=live(expires=timedelta(0))), False),
        (known(picture=live(Colour.GREY)), False),
        (known(CONFIRMED, picture=live()), False),
        (known(CONFIRMED, picture=live(Colour.RED)), True),
        (known(picture=live(), level=Level.UNVERIFIED), False),
        (known(picture=live(Colour.NONE), level=Level.UNVERIFIED), True),
        (known(CONFIRMED, picture=live(Colour.RED), level=Level.UNVERIFIED), False),
    ],
)
def test_a_picture_is_shown_only_while_it_is_true(who: Known, shown: bool) -> None:
    turn = hear(consented(), "健康码", who)
    assert turn.says == Show("media-1") if shown else turn.effects == (WantCode(pid=who.pid),)


@pytest.mark.parametrize("claim", [Claim.CHECKING, Claim.CONTESTED])
def test_a_claim_that_does_not_hold_yet_shows_no_picture(claim: Claim) -> None:
    turn = hear(consented(), "健康码", known(picture=live(), claim=claim))
    assert not isinstance(turn.says, Show)
    assert turn.effects == ()


@pytest.mark.parametrize("word", ["状态", "健康码", "36.5", "我的数据", "记录"])
@pytest.mark.parametrize(
    "who",
    [
        known(CONFIRMED, level=Level.UNVERIFIED),
        known(CONFIRMED, claim=Claim.CHECKING),
        known(CONFIRMED, claim=Claim.CONTESTED),
    ],
)
def test_below_a_proved_claim_no_colour_is_told(word: str, who: Known) -> None:
    turn = hear(consented(), word, who)
    assert {"colour", "status"}.isdisjoint(templates(turn))


@pytest.mark.parametrize("word", ["36.5", "打卡", "不适", "撤销", "行程", "修改", "全家 36.5", "全家"])
def test_a_contested_claim_records_nothing(word: str) -> None:
    turn = hear(consented(), word, known(claim=Claim.CONTESTED))
    assert templates(turn) == ["contested"]
    assert turn.effects == ()


@pytest.mark.parametrize(("word", "says"), [("家人", "妈妈（王*）"), ("全家 36.4", "妈妈 36.4℃"), ("全家码", "妈妈")])
def test_a_contested_claim_still_acts_for_the_one_relative(word: str, says: str) -> None:
    stage = Rehearsal(NOW, claim=Claim.CONTESTED)
    stage.session, stage.known, stage.family = consented(), known(claim=Claim.CONTESTED), (relative("妈妈"),)
    turn = stage.say(word)
    assert isinstance(turn.says, tuple)
    assert says in render(turn.says)


def test_a_contested_claim_does_not_erase_the_other_person() -> None:
    turn = hear(asking("erasure", "sure"), "确认删除", known(claim=Claim.CONTESTED))
    assert turn.effects == ()
    assert turn.session.consented_at is None


def test_nothing_is_stored_before_consent() -> None:
    for text in ("申报", "王芳", "36.5", "健康码", "删除"):
        turn = hear(Session("wangfang"), text)
        assert turn == replace(turn, session=Session("wangfang", following=True), effects=())


# --- time ------------------------------------------------------------------------------------------------------------


def test_a_message_older_than_the_question_is_no_answer() -> None:
    turn = hear(asking("declaration", "name"), "王芳", sent=NOW - timedelta(seconds=1))
    assert open_question(turn) == "name"
    assert templates(turn) == ["late", "ask_text"]


def test_a_clock_set_back_does_not_silence_the_resident() -> None:
    turn = hear(asking("declaration", "name", at=NOW + timedelta(days=3)), "王芳")
    assert open_question(turn) == "document"


@pytest.mark.parametrize(("pause", "taken"), [(timedelta(hours=11, minutes=59), True), (timedelta(hours=12), False)])
def test_after_a_long_pause_the_question_comes_again(pause: timedelta, taken: bool) -> None:
    later = NOW + pause
    turn = hear(asking("declaration", "name"), "王芳", at=later, sent=later)
    assert (open_question(turn) == "document") is taken


def test_a_message_sent_before_midnight_counts_for_its_day() -> None:
    sent = NOW.replace(hour=23, minute=59, second=58)
    turn = hear(consented(), "36.5", known(), at=sent + timedelta(seconds=3), sent=sent)
    (effect,) = turn.effects
    assert isinstance(effect, Record)
    assert effect.fact.at == sent


def test_a_message_delivered_much_later_counts_for_now() -> None:
    late = NOW + timedelta(minutes=6)
    (effect,) = hear(consented(), "36.5", known(), at=late, sent=NOW - timedelta(seconds=1)).effects
    assert isinstance(effect, Record)
    assert effect.fact.at == late


# --- effects ---------------------------------------------------------------------------------------------------------


def test_effects_are_numbered_on() -> None:
    session = replace(consented(), seq=41)
    turn = hear(session, "36.5", known())
    (effect,) = turn.effects
    assert isinstance(effect, Record)
    assert effect.fact.id == "wangfang-42"
    assert turn.session.seq == 42


def test_text_messages_are_limited_over_all_conversations() -> None:
    session = replace(consented(), sms_at=NOW - HOUR, sms_count=10)
    asked = replace(session, conversation=Conversation("declaration", "phone", NOW, {"name": "王芳", "document": {}}))
    turn = hear(asked, "13800000000")
    assert turn.effects == ()
    assert open_question(turn) == "code"


# --- deployments -----------------------------------------------------------------------------------------------------


def test_a_question_that_is_gone_restarts_at_the_first_open_one() -> None:
    turn = hear(asking("declaration", "favourite_colour", {"name": "王芳"}), "蓝色")
    assert templates(turn) == ["form_changed", "ask_id_number"]


def test_a_question_that_is_not_wanted_any_more_is_left() -> None:
    turn = hear(asking("amend", "new_address", {"what": "phone"}), "长城花园")
    assert templates(turn) == ["form_changed", "ask_phone"]


def test_a_conversation_that_is_gone_is_said_to_be_gone() -> None:
    turn = hear(asking("horoscope", "sign"), "36.5", known())
    assert templates(turn)[0] == "conversation_lost"
    assert len(turn.effects) == 1


def test_answers_whose_condition_fell_are_not_submitted() -> None:
    """Travelled was changed to no on the summary; what was said about the trip is left out."""
    answers: dict[str, Json] = {"name": "王芳", "document": {"kind": "10", "number": "640106198001010024"}, "phone": ""}
    answers |= {"community": "640106003004", "address": "长城花园", "travelled": False, "where": "武汉"}
    answers |= {"where_on": "2020-03-01", "contact": False, "isolation": "none", "temperature": "36.5"}
    turn = hear(asking("declaration", "confirm", {**answers, "symptoms": []}), "确认")
    (effect,) = turn.effects
    assert isinstance(effect, Declare)
    assert effect.fact == Declaration(id="wangfang-1", at=NOW, by=By.SELF, temperature=Decimal("36.5"))


# --- check-in --------------------------------------------------------------------------------------------------------


def test_a_feverish_grey_person_is_recorded_at_once() -> None:
    lapsed = known(declared=NOW - timedelta(days=4))
    (effect,) = hear(consented(), "38.0", lapsed).effects
    assert isinstance(effect, Record)
    assert isinstance(effect.fact, Report)


def test_a_check_in_left_open_yesterday_does_not_stand_in_the_way() -> None:
    tomorrow = NOW + timedelta(days=1)
    turn = hear(asking("checkin", "temperature", {"unwell": False, "lapsed": False}), "36.5", known(), at=tomorrow)
    assert len(turn.effects) == 1


def test_unfollowing_clears_the_conversation_and_says_nothing() -> None:
    turn = take(asking("declaration", "name"), known(), Incoming("unsubscribe", NOW), desk())
    assert turn.says == ()
    assert turn.session.conversation is None
    assert not turn.session.following


@pytest.mark.parametrize(
    ("earlier", "text", "kept"), [(11, "36.5", True), (12, "36.5", False), (12, "38.0", True), (24, "38.0", False)]
)
def test_nobody_fills_the_database_with_one_days_reports(earlier: int, text: str, kept: bool) -> None:
    today = (
        Report(id=f"r{n}", at=NOW - timedelta(minutes=n), by=By.SELF, temperature=Decimal("36.5"))
        for n in range(earlier)
    )
    turn = hear(consented(), text, known(*today))
    assert bool(turn.effects) is kept
    assert ("checkin_enough" in templates(turn)) is not kept
