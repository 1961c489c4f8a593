"""A partner's display equals ours: after a change, while pushes fail, at midnight, after withdrawal and erasure."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.partners.client import with_divisions
from store.changes import Act
from store.world import REFRESH_SECONDS, Concerned
from tests.api.conftest import Street
from tests.stage import PHOENIX
from worker.clockwork.clock import sweep
from worker.partners import admin, seeing
from worker.partners.pushing import TRIES
from worker.settling.refresh import mend


def test_a_display_follows_by_push_within_one_round(street: Street) -> None:
    wang, partner = street.resident(), street.partner
    partner.hook()
    handle = street.bind(wang)
    partner.push()
    assert partner.shows(handle) == street.ours(wang) == "green"
    street.reports(wang, "38.2", "fever")
    assert partner.shows(handle) != street.ours(wang)
    partner.push()
    assert partner.shows(handle) == street.ours(wang) == "yellow"


def test_time_alone_turns_green_into_grey_at_the_reader(street: Street) -> None:
    wang, partner = street.resident(), street.partner
    handle = street.bind(wang)
    partner.gate.follow()
    seen = [partner.shows(handle)]
    for _ in range(8):
        street.desk.pass_time(days=1)
        assert partner.shows(handle) == street.ours(wang)
        seen.append(partner.shows(handle))
    assert seen[0] == "green"
    assert seen[-1] == "grey"
    assert partner.gate.follow() == 0, "nothing was sent for it"


def test_while_pushes_fail_the_feed_says_the_same(street: Street) -> None:
    wang, partner = street.resident(), street.partner
    partner.hook()
    handle = street.bind(wang)
    partner.status = 503
    street.reports(wang, "38.2", "fever")
    partner.push()
    partner.gate.follow()
    assert partner.shows(handle) == street.ours(wang) == "yellow"
    assert partner.ctx.feeds.progress("gate-1").failures == 1


def test_what_was_given_up_can_be_sent_again_and_is_then_as_it_is_by_then(street: Street) -> None:
    wang, partner = street.resident(), street.partner
    partner.hook()
    handle = street.bind(wang)
    partner.status = 500
    for _ in range(TRIES):
        partner.push()
    (letter,) = partner.ctx.feeds.dead("gate-1")
    assert (letter.handles, letter.reason) == ((handle,), "answered 500")
    partner.status = 0
    street.reports(wang, "38.2", "fever")
    assert admin.send_again(partner.ctx, partner.desk_staff, "gate-1") == 1
    partner.push()
    assert partner.shows(handle) == street.ours(wang) == "yellow"
    assert partner.ctx.feeds.dead("gate-1") == []


def test_after_withdrawal_nothing_is_shown_any_more(street: Street) -> None:
    wang, partner = street.resident(), street.partner
    partner.hook()
    handle = street.bind(wang)
    partner.push()
    street.says(wang, "撤销授权 1")
    partner.push()
    assert partner.shows(handle) == "withdrawn"
    again = street.bind(wang)
    partner.push()
    assert again == handle
    assert partner.shows(handle) == "green"


def test_after_erasure_the_handle_ends_and_a_new_record_has_another(street: Street) -> None:
    wang, partner = street.resident(), street.partner
    handle = street.bind(wang)
    partner.gate.follow()
    street.says(wang, "删除")
    street.says(wang, "确认删除")
    partner.gate.follow()
    assert partner.shows(handle) == "withdrawn"


def test_everybody_is_found_page_by_page_and_whoever_withdrew_is_passed_over(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeing, "PAGE", 2)
    partner = street.partner
    people = [street.resident(n) for n in range(1, 8)]
    handles = {street.bind(each): each for each in people}
    first, second, third, *others = sorted(handles)
    for handle in (first, second, third):
        street.says(handles[handle], "撤销授权 1")
    partner.gate.begin()
    assert {handle: partner.shows(handle) for handle in others} == dict.fromkeys(others, "green")
    assert street.bind(handles[second]) == second
    partner.gate.begin()
    assert partner.shows(second) == "green"
    assert {partner.shows(first), partner.shows(third)} == {"unknown"}


def test_by_contract_a_community_sees_its_residents_and_nobody_elses(street: Street) -> None:
    partner, staff = street.partner, street.partner.desk_staff
    admin.set_contract(partner.ctx, staff, "gate-1", [PHOENIX])
    wang = street.resident(1)
    partner.gate.begin()
    (shown,) = partner.api.get("/residents")["residents"]
    assert shown["state"] == "green"
    street.reports(wang, "38.2", "fever")
    partner.gate.follow()
    assert partner.shows(shown["handle"]) == "yellow"
    assert "中强巷门禁" in street.says(wang, "我的授权")[-1]
    admin.set_contract(partner.ctx, staff, "gate-1", ["640106001003"])
    assert partner.api.get("/residents")["residents"] == []


def test_whom_a_contract_no_longer_covers_is_withdrawn_at_once_and_shown_again_when_it_does(street: Street) -> None:
    partner, staff = street.partner, street.partner.desk_staff
    admin.set_contract(partner.ctx, staff, "gate-1", [PHOENIX])
    wang = street.resident(1)
    partner.gate.begin()
    (shown,) = partner.api.get("/residents")["residents"]
    admin.set_contract(partner.ctx, staff, "gate-1", ["640106001003"])
    partner.gate.follow()
    assert partner.shows(shown["handle"]) == "withdrawn"
    admin.set_contract(partner.ctx, staff, "gate-1", [PHOENIX])
    partner.gate.begin()
    assert partner.shows(shown["handle"]) == street.ours(wang) == "green"


def test_a_contract_that_was_narrowed_before_a_crash_is_followed_by_the_clock(street: Street) -> None:
    partner, ctx = street.partner, street.partner.ctx
    admin.set_contract(ctx, partner.desk_staff, "gate-1", [PHOENIX])
    street.resident()
    partner.gate.begin()
    (shown,) = partner.api.get("/residents")["residents"]
    ctx.partners.change("gate-1", lambda each: with_divisions(each, []), Act("test", "narrow"))
    assert partner.gate.follow() == 0
    sweep(ctx)
    partner.gate.follow()
    assert partner.shows(shown["handle"]) == "withdrawn"
    assert ctx.partners.read("gate-1").leaving == ()


def test_whatever_happens_in_whatever_order_a_display_that_has_read_shows_what_we_show(street: Street) -> None:
    """Fevers, normal reports, days that pass, an outage for everybody, withdrawals, pushes that fail now and then."""
    chance, partner = random.Random(7), street.partner
    partner.hook()
    people = [street.resident(n) for n in (1, 2, 3)]
    handles = {each.openid: street.bind(each) for each in people}
    gone: set[str] = set()
    for step in range(30):
        who = chance.choice(people)
        match chance.randrange(6):
            case 0:
                street.reports(who, "38.2", f"f{step}")
            case 1 | 2:
                street.reports(who, "36.5", f"n{step}")
            case 3:
                street.desk.pass_time(days=chance.choice((1, 1, 2, 4)))
            case 4 if len(gone) < 2 and who.openid not in gone:
                street.says(who, "撤销授权")
                gone.add(who.openid)
            case _:
                partner.status = chance.choice((0, 0, 500))
                partner.push()
        partner.gate.follow()
        for each in people:
            expected = "withdrawn" if each.openid in gone else street.ours(each)
            assert partner.shows(handles[each.openid]) == expected, step


def test_what_is_true_for_everybody_from_now_on_reaches_the_display(street: Street) -> None:
    """A day of outage keeps somebody green for a day longer: nobody recorded anything about them."""
    wang, partner = street.resident(), street.partner
    handle = street.bind(wang)
    partner.gate.follow()
    today = street.ctx.clock.now().date()
    street.desk.pass_time(days=1)
    credit = Act("test", "credit outage")
    street.ctx.worlds.change(lambda world: replace(world, outages=world.outages | {today + timedelta(days=1)}), credit)
    street.ctx.watch._refresh()
    (work,) = street.ctx.worlds.refreshes()
    mend(street.ctx, [wang.pid])
    assert work.concerned is Concerned.EVERYBODY
    time.sleep(REFRESH_SECONDS + 1)
    partner.gate.follow()
    for _ in range(6):
        assert partner.shows(handle) == street.ours(wang)
        street.desk.pass_time(days=1)
    assert partner.shows(handle) == street.ours(wang) == "grey"
