"""The platform fails as it really does: what comes to the phone all the same, how often, and who is called."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from domain.budgets import UPLOAD
from tests.reach.conftest import House, Resident
from tests.sandbox.conftest import eventually
from worker.delivery import deliver
from worker.delivery.letters import Sendable

CUSTOM_SEND, TEMPLATE_SEND = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
BIZSEND = "/cgi-bin/message/subscribe/bizsend"
RESULT = "event:templatesendjobfinish"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next try comes with the next pass, not seconds later."""
    monkeypatch.setattr(deliver, "BACKOFF_SECONDS", (0,) * len(deliver.BACKOFF_SECONDS))


@pytest.fixture
def resident(house: House) -> Resident:
    return house.resident()


def fails(house: House, **rule: Any) -> None:
    house.platform.post("/sandbox/faults", rule)


def tried(resident: Resident, letter: Sendable, passes: int = 3) -> list[str]:
    """What is on the phone after some passes: the way of each new message."""
    before = len(resident.screen())
    resident.house.post(letter)
    for _ in range(passes):
        resident.house.deliver()
    assert resident.house.waiting(resident.openid) == 0
    return [line["via"] for line in resident.screen()[before:]]


def called(house: House, resident: Resident) -> str:
    """The trail on the call list, as soon as it stands there."""

    def look() -> Any:
        house.settle()
        house.deliver()
        return house.calls().get(resident.pid)

    return str(eventually(look).trail)


def test_a_45015_inside_the_window_is_asked_twice(house: House, resident: Resident) -> None:
    resident.says("帮助")
    fails(house, path=CUSTOM_SEND, calls=[1, 1], do={"kind": "errcode", "code": 45015})
    assert tried(resident, resident.letter("told_confirmed")) == ["custom"]
    assert house.ctx.reaches.read(resident.openid).closed_at is None


def test_one_that_stays_closes_the_window_and_the_next_way_is_taken(house: House, resident: Resident) -> None:
    resident.says("帮助")
    fails(house, path=CUSTOM_SEND, do={"kind": "errcode", "code": 45047})
    assert tried(resident, resident.letter("told_confirmed")) == ["template"]
    assert tried(resident, resident.letter("told_confirmed", "r2")) == ["template"]
    assert house.counted(CUSTOM_SEND) == 1


@pytest.mark.parametrize("kind", ["reset", "http", "truncate"])
def test_a_template_message_whose_answer_was_lost_comes_once(house: House, resident: Resident, kind: str) -> None:
    resident.lets_windows_close()
    fails(house, path=TEMPLATE_SEND, calls=[1, 1], do={"kind": kind, "when": "after"})
    assert tried(resident, resident.letter("told_confirmed")) == ["template"]
    assert house.counted(TEMPLATE_SEND) >= 1


@pytest.mark.parametrize("kind", ["reset", "http", "truncate"])
def test_a_subscription_notice_whose_answer_was_lost_comes_once(house: House, resident: Resident, kind: str) -> None:
    resident.agrees()
    resident.lets_windows_close()
    fails(house, path=BIZSEND, calls=[1, 1], do={"kind": kind, "when": "after"})
    assert tried(resident, resident.letter("no_code", kind="reminder")) == ["subscribe"]


@pytest.mark.parametrize("asked", [False, True])
def test_a_reminder_whose_answer_was_lost_inside_the_window_comes_once(
    house: House, resident: Resident, asked: bool
) -> None:
    resident.says("帮助")
    house.platform.world.clock.advance(26 * 3_600)
    fails(house, path=CUSTOM_SEND, calls=[1, 1], do={"kind": "reset", "when": "after"})
    assert tried(resident, resident.letter("no_code", kind="reminder", asked=asked)) == ["custom"]


def test_a_reminder_that_was_certainly_not_sent_is_tried_again(house: House, resident: Resident) -> None:
    resident.agrees()
    resident.lets_windows_close()
    fails(house, path=BIZSEND, calls=[1, 2], do={"kind": "errcode", "code": -1})
    assert tried(resident, resident.letter("no_code", kind="reminder")) == ["subscribe"]


@pytest.mark.parametrize("fault", [{"kind": "double", "times": 3}, {"kind": "early"}])
def test_a_result_that_comes_doubled_or_early_is_one_entry_on_the_list(
    house: House, resident: Resident, fault: Any
) -> None:
    resident.lets_windows_close()
    resident.act("block", blocked=True)
    fails(house, push=RESULT, do=fault)
    resident.gets(resident.letter("told_confirmed"))
    assert called(house, resident) == "template:failed"
    assert len(house.calls()) == 1
    (rule,) = house.platform.get("/sandbox/faults")["rules"]
    assert rule["struck"] == 1


def test_a_notice_that_the_platform_could_not_show_after_all_is_known_by_its_template(
    house: House, resident: Resident
) -> None:
    """The answer to a subscription notice names no message: its event names the template too."""
    resident.agrees()
    resident.lets_windows_close()
    resident.act("traits", broken=True)
    resident.gets(resident.letter("no_code", kind="reminder"))
    assert called(house, resident) == "subscription:failed"


def test_media_that_the_platform_forgot_are_uploaded_once_more_and_not_for_ever(
    house: House, resident: Resident
) -> None:
    resident.says("帮助")
    code = Sendable(resident.openid, "code", resident.pid, ref="c1")
    fails(house, path=CUSTOM_SEND, where={"msgtype": "image"}, calls=[1, 1], do={"kind": "errcode", "code": 40007})
    assert tried(resident, code) == ["custom"]
    assert house.counted(UPLOAD) == 2
    fails(house, path=CUSTOM_SEND, where={"msgtype": "image"}, do={"kind": "errcode", "code": 40007})
    assert tried(resident, code) == []
    assert house.counted(UPLOAD) == 3


@pytest.mark.parametrize("kind", ["text", "code"])
def test_a_letter_outlives_an_outage_costs_one_credit_and_comes_when_the_platform_is_back(
    house: House, resident: Resident, kind: str
) -> None:
    """A gateway's page says nothing of whether the message went: each try might have cost a credit."""
    resident.says("帮助")
    fails(house, path="/cgi-bin/message/*", do={"kind": "http", "status": 502})
    before = len(resident.screen())
    house.post(resident.letter("told_confirmed", kind=kind))
    for _ in range(3 * deliver.MAX_TRIES):
        house.deliver()
    assert (house.waiting(resident.openid), house.calls(), resident.screen()[before:]) == (1, {}, [])
    requests.delete(f"{house.platform.base}/sandbox/faults", timeout=5).raise_for_status()
    house.deliver()
    assert [line["via"] for line in resident.screen()[before:]] == ["custom"]
    assert len(house.ctx.reaches.read(resident.openid).sends) == 1


def test_a_reminder_outlives_an_outage_and_says_how_long_is_left_when_it_comes(
    house: House, resident: Resident
) -> None:
    resident.says("帮助")
    fails(house, path="/cgi-bin/message/*", do={"kind": "errcode", "code": -1})
    house.post(resident.letter("reminder", kind="reminder", call="last", day=3, rounds=14, asked=True))
    house.platform.world.clock.advance(26 * 3_600)
    for _ in range(3 * deliver.MAX_TRIES):
        house.deliver()
    assert (house.waiting(resident.openid), house.calls()) == (1, {})
    house.platform.world.clock.advance(3_600)
    requests.delete(f"{house.platform.base}/sandbox/faults", timeout=5).raise_for_status()
    house.deliver()
    assert "还有 10 小时" in str(resident.screen()[-1])


def test_a_reminder_that_waited_until_the_night_wakes_nobody_and_the_worker_calls(
    house: House, resident: Resident
) -> None:
    resident.says("帮助")
    house.platform.world.clock.advance(34.5 * 3_600)
    fails(house, path="/cgi-bin/message/*", do={"kind": "errcode", "code": -1})
    house.post(resident.letter("no_code", kind="reminder"))
    house.deliver()
    assert (house.waiting(resident.openid), house.calls()) == (1, {})
    requests.delete(f"{house.platform.base}/sandbox/faults", timeout=5).raise_for_status()
    house.platform.world.clock.advance(3_600)
    before = len(resident.screen())
    house.deliver()
    assert house.calls()[resident.pid].trail == "custom:no-answer"
    assert resident.screen()[before:] == []


def test_when_the_window_closes_during_an_outage_the_worker_calls(house: House, resident: Resident) -> None:
    resident.says("帮助")
    fails(house, path=CUSTOM_SEND, do={"kind": "http", "status": 502})
    fails(house, path=TEMPLATE_SEND, do={"kind": "errcode", "code": 40037})
    house.post(resident.letter("told_confirmed"))
    for _ in range(3 * deliver.MAX_TRIES):
        house.deliver()
    assert house.calls() == {}
    resident.lets_windows_close()
    assert called(house, resident).startswith("custom:no-window|template:not-set-up")
