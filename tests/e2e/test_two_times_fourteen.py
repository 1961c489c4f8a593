"""The notice, whole, on one phone: green, red by a list, cured, fourteen days of the institution, yellow, fourteen of
one's own, green; each change announced and explained; the last green day announced once. And an appeal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.e2e.house import House, eventually
from tests.e2e.resident import Resident, move_in
from tests.e2e.test_staff_at_work import order


def listed(house: House, resident: Resident, folder: Path) -> None:
    """A case list of one row: one officer submits, another approves."""
    officers = [house.appoint(id, "epidemic_officer", "everywhere", "金凤区疾控中心") for id in ("sun.yu", "he.fang")]
    file = folder / "cases.csv"
    row = f"{resident.document},确诊,{house.now():%Y-%m-%d},金凤区疾控中心,JF-{resident.id}"
    file.write_text(f"证件号码,病例类型,起始日期,来源,证据编号\n{row}\n", "utf-8")
    told = house.operate("lists", "submit", str(file), "--kind", "cases", "--as", officers[0])
    found = re.search(r"名单 (\S+)：", told)
    assert found, told
    house.operate("lists", "approve", found[1], "--as", officers[1])


def mornings(house: House, resident: Resident, days: int, *, ward: str = "") -> str:
    """She checks in on each of the next mornings, and where a ward has her, it reports; what she was told last."""
    said = ""
    for _ in range(days):
        house.next_morning()
        said = resident.say("36.5")
        if ward:
            order(house, "ward-report", resident, ward, temperature="36.5")
    return said


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_red_by_a_list_and_back_to_green_by_two_times_fourteen_days(house: House, tmp_path: Path) -> None:
    resident = move_in(house, "王小芳")
    resident.declare()
    ward = house.appoint("chen.jing", "institution_reporter", "yinchuan-4", "银川市第四医院")

    mornings(house, resident, 1)
    before = resident.newest()
    listed(house, resident, tmp_path)
    told, line = resident.told_after(before)
    assert "由绿码变为红码" in told
    assert "附件四(一)4：确诊病例" in told
    assert "金凤区疾控中心" in told
    assert "定点医院" in told
    assert resident.picture_after(line).word == "红码"

    mornings(house, resident, 1)
    order(house, "admit", resident, ward, institution="yinchuan-4")
    order(house, "cure", resident, ward, on=f"{house.now():%Y-%m-%d}")
    eventually("the cure is known", lambda: "附件四(一)5·a" in resident.say("为什么"))
    mornings(house, resident, 13, ward=ward)
    eventually("thirteen are counted", lambda: "13/14" in resident.say("状态"))

    before = resident.newest()
    mornings(house, resident, 1, ward=ward)
    told, line = resident.told_after(before)
    assert "由红码变为黄码" in told
    assert "附件四(一)5·b" in told
    assert "最早" in told
    assert resident.picture_after(line).word == "黄码"

    assert "13/14" in mornings(house, resident, 13)
    assert "绿码" in mornings(house, resident, 1)
    history = resident.say("为什么").split("【颜色变化】")[1]
    assert re.findall("[绿红黄灰]码", history)[:4] == ["绿码", "黄码", "红码", "绿码"]
    assert resident.look().word == "绿码"


def test_the_last_green_day_is_announced_once_and_in_the_morning(house: House) -> None:
    house.next_morning()
    resident = move_in(house)
    resident.declare()
    house.next_morning(2)
    resident.say("状态")
    house.next_morning()
    before = resident.newest()
    house.pass_time(hours=4, minutes=10)
    told, line = resident.told_after(before)
    assert "今天24时到期" in told
    house.pass_time(hours=5)
    assert "绿码" in resident.say("36.5")
    assert not [each for each in resident.lines(line) if each.get("via") == "custom"]


def test_an_appeal_with_a_picture_is_answered_with_a_reason(house: House, tmp_path: Path) -> None:
    worker = house.appoint("li.qiang", "community_worker", "6401", "凤凰社区")
    resident = move_in(house)
    resident.declare()
    before = resident.newest()
    order(house, "report", resident, worker, temperature="38.0")
    resident.told_after(before)
    assert "凤凰社区" in resident.say("申诉")
    resident.say("1")
    resident.say("体温计坏了，重新量是 36.5")
    house.post(f"/sandbox/phones/{resident.id}/message", {"type": "image"})
    assert "图片：1 张" in resident.say("完成")
    filed = re.search(r"\d{4}-\w{4}-\w{4}", resident.say("确认"))
    assert filed
    assert f"{filed[0]}　体温 38.0℃" in resident.say("申诉进度")

    def shown() -> dict[str, object]:
        folder = str(tmp_path / "pictures")
        told = house.operate("appeals", "show", filed[0], "--pictures", folder, "--as", worker)
        return dict(json.loads(told))

    eventually("the picture is kept", lambda: shown() != {} and any((tmp_path / "pictures").glob("*.jpg")))
    assert "重新量是 36.5" in str(shown()["text"])
    before = resident.newest()
    house.operate("appeals", "decide", filed[0], "--outcome", "confirmed", "--reason", "已电话核实", "--as", worker)
    told, _ = resident.told_after(before)
    assert "已电话核实" in told
    assert "核对申诉" in resident.say("谁看过我")
