"""Staff at work beside the house, and what the resident's phone says of it; the audit of all that is whole."""

from __future__ import annotations

import pytest

from tests.e2e.house import House, eventually
from tests.e2e.resident import Resident, move_in


def order(house: House, name: str, resident: Resident, staff: str, **more: str) -> str:
    given = {"document": {"number": resident.document}, "reason": "上门核实", **more}
    return house.operate("order", name, "--as", staff, given=given)


def test_a_fever_that_a_worker_clears_and_a_look_show_on_the_phone(house: House) -> None:
    worker = house.appoint("li.qiang", "community_worker", "6401", "凤凰社区")
    resident = move_in(house)
    resident.declare()
    before = resident.newest()
    order(house, "report", resident, worker, temperature="38.0")
    told, line = resident.told_after(before)
    assert "黄码" in told
    assert "凤凰社区" in told
    assert resident.picture_after(line).word == "黄码"

    seen = house.operate(
        "person", "--as", worker, given={"document": {"number": resident.document}, "purpose": "核实发热"}
    )
    assert resident.document not in seen
    fever = next(line.split('"')[3] for line in seen.splitlines() if '"id": "o' in line)
    before = resident.newest()
    order(house, "review", resident, worker, of=fever, temperature="36.5")
    assert "绿码" in resident.told_after(before)[0]
    eventually("the look is shown", lambda: "凤凰社区" in resident.say("谁看过我"))
    assert "核实发热" in resident.say("谁看过我")
    assert "李强" not in resident.say("为什么")


def test_a_listed_area_reaches_whoever_named_a_place_in_it(house: House) -> None:
    chief = house.appoint("zhou.wei", "notice_admin", "everywhere", "自治区指挥部")
    resident = move_in(house)
    resident.declare()
    for answer in ("行程", "是", "西宁市", "昨天", "否", "1"):
        said = resident.say(answer)
    assert "请核对后确认" in said
    assert "绿码" in resident.say("确认")
    before = resident.newest()
    today = f"{house.now():%Y-%m-%d}"
    house.operate("world", "risk-area", "西宁市", "--since", today, "--reason", "省指挥部通告", "--as", chief)
    assert "黄码" in resident.told_after(before)[0]


@pytest.mark.slow
def test_the_audit_of_a_day_is_exported_and_whole(house: House) -> None:
    worker = house.appoint("li.qiang", "community_worker", "6401", "凤凰社区")
    resident = move_in(house)
    resident.declare()
    order(house, "attest", resident, worker, day=f"{house.now():%Y-%m-%d}")
    house.next_morning()
    folder = house.folder / "audit"
    eventually(
        "the day's file", lambda: any("order attest" in path.read_text("utf-8") for path in folder.glob("*.jsonl"))
    )
    told = house.operate("audit", "verify")
    assert "完整" in told
    root = told.split("root ")[1].split()[0]
    order(house, "attest", resident, worker, day=f"{house.now():%Y-%m-%d}")
    assert "完整" in house.operate("audit", "verify", "--root", root)
