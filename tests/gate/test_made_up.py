"""Whoever a gate let in without a network is looked up when the record comes, at the colour of that instant."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.facts import Case, CaseKind, day_of
from domain.gate import Outcome, Result, Shown
from domain.tasks import LET_IN
from store.cards import OldCard
from tests.code_page.conftest import Resident
from tests.console.conftest import Browser
from tests.gate.conftest import GATE, AtGate, OpenPhone
from tests.gate.test_app import go_offline, visits
from tests.stage import PHOENIX

ID = "abcdef0123456789"


def send(
    guard: Browser, link: str, at: datetime, shown: Result = Result.CANNOT_CHECK_NOW, reading: str = "36.5"
) -> dict[str, object]:
    """A record that waited on a phone without a network; what became of it."""
    outcome = Outcome.BOOKED if shown is Result.CANNOT_CHECK_NOW else Outcome.PASSED
    row = {
        "id": ID, "venue": GATE, "by": "chen.gang", "at": int(at.timestamp()), "code": link, "shown": shown.value,
        "outcome": outcome.value, "source": "offline", "temperature": reading, "list_as_of": int(at.timestamp()),
    }  # fmt: skip
    headers = {"X-CSRF": guard.client.get("/gate/me").get_json()["csrf"]}
    [written] = guard.client.post("/gate/records", json=[row], headers=headers).get_json()["written"]
    return dict(written)


def let_in(at_gate: AtGate) -> list[bytes]:
    at_gate.served.house.settle()
    return [task.pid for task in at_gate.desk.ctx.tasks.open(PHOENIX) if task.about == LET_IN]


@pytest.mark.parametrize("shown", [Result.CANNOT_CHECK_NOW, Result.GREEN])
def test_whoever_was_red_then_is_a_task_once_however_often_it_is_sent(
    at_gate: AtGate, wang_fang: Resident, shown: Result
) -> None:
    served, link = at_gate.served, at_gate.link(wang_fang)
    case = Case(id="c1", at=served.now(), case=CaseKind.SUSPECTED, since=day_of(served.now()))
    served.record(wang_fang.pid, case)
    served.pass_time(minutes=5)
    then = served.now()
    served.pass_time(hours=2)
    guard = at_gate.desk.signed_in("chen.gang")
    for again in (False, True):
        written = send(guard, link, then, shown)
        assert (written["checked"], written["again"]) == ("red", again)
    assert let_in(at_gate) == [wang_fang.pid]
    [visit] = visits(at_gate)
    assert (visit.shown, visit.checked, visit.source) == (shown, Result.RED, Shown.OFFLINE)


def test_whoever_turned_red_only_afterwards_is_none(at_gate: AtGate, wang_fang: Resident) -> None:
    served, link = at_gate.served, at_gate.link(wang_fang)
    served.pass_time(minutes=5)
    then = served.now()
    served.pass_time(hours=2)
    case = Case(id="c1", at=served.now(), case=CaseKind.SUSPECTED, since=day_of(served.now()))
    served.record(wang_fang.pid, case)
    assert send(at_gate.desk.signed_in("chen.gang"), link, then)["checked"] == "green"
    assert let_in(at_gate) == []


def test_a_code_that_was_nobodys_is_said_to_be(at_gate: AtGate) -> None:
    assert send(at_gate.desk.signed_in("chen.gang"), "old-card-0001", at_gate.served.now())["checked"] == "not-found"
    assert let_in(at_gate) == []


@pytest.mark.browser
def test_the_guard_and_the_community_are_told_when_the_phone_is_online_again(
    at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident
) -> None:
    served, number = at_gate.served, "YC-0001234"
    at_gate.desk.ctx.cards.take_over(OldCard(number, "王芳", PHOENIX, "凤凰社区", pid=wang_fang.pid))
    case = Case(id="c1", at=served.now(), case=CaseKind.SUSPECTED, since=day_of(served.now()))
    served.record(wang_fang.pid, case)
    served.pass_time(minutes=5)
    phone = open_phone(at_gate.picture(number))
    go_offline(phone)
    assert phone.scan() == "cannot-check-now"
    assert "已登记，联网后核验" in phone.measure("36.5")
    phone.context.set_offline(False)
    phone.page.wait_for_function("() => document.documentElement.dataset.waiting === '0'")
    assert phone.text("news") == "补核：王*1 当时是红码，已通知其社区。"
    assert let_in(at_gate) == [wang_fang.pid]
