"""The guard's app in a real browser: scan, temperature, result; with a network and without, genuine and forged."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.facts import By, Case, CaseKind, Report, day_of
from domain.gate import Outcome, Result, Shown
from domain.verdict import Colour
from store.venues import Visit
from tests.code_page.conftest import Resident
from tests.gate.conftest import GATE, AtGate, OpenPhone, Phone

pytestmark = pytest.mark.browser


def visits(at_gate: AtGate) -> list[Visit]:
    now = at_gate.served.now()
    start = now.replace(hour=0, minute=0)
    return at_gate.desk.ctx.venues.between(GATE, start, now.replace(hour=23, minute=59), now)


def readings(at_gate: AtGate, who: Resident) -> list[Decimal]:
    history = at_gate.desk.ctx.people.read([who.pid])[who.pid].history
    return [fact.temperature for fact in history.facts if isinstance(fact, Report) and fact.by is By.GATE]


def go_offline(phone: Phone) -> None:
    """The worker has put the app aside by then."""
    phone.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    phone.context.set_offline(True)


def test_scan_temperature_result(at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident) -> None:
    phone = open_phone(at_gate.picture(at_gate.link(wang_fang)))
    assert phone.scan() == "green"
    assert (phone.text("name"), phone.text("how")[:4]) == ("王*1", "在线核验")
    assert phone.measure("36.5") == "已放行，已记录。"
    [visit] = visits(at_gate)
    assert (visit.outcome, visit.shown, visit.source, visit.staff) == (
        Outcome.PASSED, Result.GREEN, Shown.LIVE, "chen.gang",
    )  # fmt: skip
    assert readings(at_gate, wang_fang) == [Decimal("36.5")]
    assert "今日放行 1" in phone.text("counts")


def test_grey_is_green_after_the_reading(at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident) -> None:
    at_gate.served.pass_time(days=4)
    phone = open_phone(at_gate.picture(at_gate.link(wang_fang)))
    assert phone.scan() == "grey"
    assert phone.measure("36.4") == "已放行，已记录。"
    assert phone.text("word") == "绿码"


def test_a_fever_is_yellow_on_the_spot(at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident) -> None:
    phone = open_phone(at_gate.picture(at_gate.link(wang_fang)))
    assert phone.scan() == "green"
    assert phone.measure("37.6") == "未放行，已记录。"
    assert phone.text("word") == "黄码"


def test_without_a_network_the_page_checks_and_sends_later_once(
    at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident
) -> None:
    phone = open_phone(at_gate.picture(at_gate.link(wang_fang)))
    go_offline(phone)
    assert phone.scan() == "green"
    assert phone.text("how").startswith("离线核验，名单 0 分钟前")
    assert float(phone.page.evaluate("() => document.documentElement.dataset.took")) < 50
    assert "联网后自动发送" in phone.measure("36.6")
    assert (phone.waiting(), visits(at_gate)) == (1, [])
    phone.page.reload()
    phone.page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
    assert phone.waiting() == 1
    phone.context.set_offline(False)
    phone.page.wait_for_function("() => document.documentElement.dataset.waiting === '0'")
    [visit] = visits(at_gate)
    assert (visit.outcome, visit.shown, visit.source) == (Outcome.PASSED, Result.GREEN, Shown.OFFLINE)
    assert visit.list_as_of is not None
    assert readings(at_gate, wang_fang) == [Decimal("36.6")]


def test_without_a_network_a_code_of_before_the_case_is_void(
    at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident
) -> None:
    link = at_gate.link(wang_fang)
    now = at_gate.served.now()
    at_gate.served.record(wang_fang.pid, Case(id="c1", at=now, case=CaseKind.SUSPECTED, since=day_of(now)))
    at_gate.served.pass_time(seconds=5)
    phone = open_phone(at_gate.picture(link))
    go_offline(phone)
    assert phone.scan() == "revoked"


@pytest.mark.parametrize("online", [True, False])
def test_a_forged_code_is_none_of_ours(
    at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident, online: bool
) -> None:
    link = at_gate.link(wang_fang)
    other = "A" if link[-60] != "A" else "B"
    phone = open_phone(at_gate.picture(link[:-60] + other + link[-59:], Colour.GREEN))
    if not online:
        go_offline(phone)
    assert phone.scan() == "bad-signature"


def test_a_stranger_with_the_app_records_nothing(at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident) -> None:
    phone = open_phone(at_gate.picture(at_gate.link(wang_fang)), staff="")
    assert phone.scan() == "green"
    assert not phone.page.get_by_role("button", name="记录").is_visible()
