"""名单, 提醒, 电话: whom a worker sees, in which order, and only where they work."""

from __future__ import annotations

from tests.desk.office import Office
from tests.stage import BRIDGE, identity


def pages(text: str) -> list[str]:
    """The lines of people on a page."""
    return [line for line in text.splitlines() if line.partition(". ")[0].isdigit()]


def test_it_counts_first_and_lists_those_first_whom_it_costs_the_most(office: Office) -> None:
    for number in (1, 2):
        office.resident(number, days_ago=2)
    office.resident(3, "38.0", days_ago=1)
    office.resident(4, days_ago=6)
    office.resident(5, days_ago=0)
    office.resident(6, community=BRIDGE)
    text = office.bound("li.qiang").ask("名单")
    assert "黄码 1，灰码 1，绿码 2" in text
    assert [line.split()[2] for line in pages(text)] == ["黄码", "灰码", "绿码", "绿码"]
    assert pages(text)[0].startswith("1. 王*")
    assert identity(3).document.number not in text


def test_the_numbers_stay_those_of_the_list_when_somebody_reports_meanwhile(office: Office) -> None:
    first, second = (office.resident(number, days_ago=2) for number in (1, 2))
    li = office.bound("li.qiang")
    li.ask("名单")
    office.order("report", "li.qiang", 1 if first < second else 2, temperature="36.5")
    assert "没有重复" not in li.ask("代报 2 36.5")
    assert office.reports(max(first, second)) == office.reports(min(first, second)) == 1
    office.wait(hours=1, seconds=1)
    assert "请先发“名单”" in li.ask("代报 2 36.5")


def test_a_long_list_has_pages_and_its_numbers_go_on(office: Office) -> None:
    for number in range(1, 18):
        office.resident(number)
    li = office.bound("li.qiang")
    assert "第1页，共2页" in li.ask("名单")
    assert [line.split(".")[0] for line in pages(li.ask("名单 2"))] == ["16", "17"]
    assert "一共只有 2 页" in li.ask("名单 3")
    assert "编号只到 17" in li.ask("代报 18 36.5")


def test_a_worker_of_grid_cells_sees_their_people_alone(office: Office) -> None:
    mine, _ = office.resident(1), office.resident(2)
    office.order("grid", "li.qiang", 1, cell=3)
    wu = office.bound("wu.gang")
    text = wu.ask("名单")
    assert len(pages(text)) == 1
    assert "3网格" in text
    assert "已代报" in wu.ask("代报 1 36.5")
    assert "不在您的负责范围内" in wu.ask(f"代报 {identity(2).document.number} 36.5")
    assert office.reports(mine) == 1


def test_a_resident_who_types_it_is_a_resident(office: Office) -> None:
    office.resident(1)
    resident = office.phone("居民")
    assert len(resident.say("名单")) == 1


def test_too_wide_an_area_is_no_list_for_a_telephone(office: Office) -> None:
    assert "太大了" in office.bound("ma.li").ask("名单")


def test_a_telephone_that_was_looked_up_is_seen_by_its_owner(office: Office) -> None:
    pid = office.resident(1)
    li = office.bound("li.qiang")
    li.ask("名单")
    assert identity(1).phone in li.ask("电话 1")
    assert [look.organisation for look in office.person(pid).looks] == ["凤凰社区"]


def test_reminding_tells_the_number_first_and_then_reminds_each_once(office: Office) -> None:
    for number in range(1, 4):
        office.resident(number)
    office.ctx.audit.acts(0)
    li = office.bound("li.qiang")
    assert "没有等待确认的提醒" in li.ask("确认提醒")
    assert "今天未报 3 人，要提醒 3 人，" in li.ask("提醒")
    office.order("report", "li.qiang", 2, temperature="36.5")
    assert "提醒已经发出：2 人" in (told := li.ask("确认提醒"))
    assert "不用报：1 人" in told
    assert "提醒已经发出：0 人" in li.ask("确认提醒")
    assert "今天未报 2 人，要提醒 0 人，其中 0 人现在能收到消息。\n· 今天提醒过，不再重复：2 人" in li.ask("提醒")
    assert office.acts().count("remind") == 2


def test_a_grant_that_ended_after_the_list_counts(office: Office) -> None:
    """In the very moment: the duty is still there, as on a machine that has not heard of it."""
    pid = office.resident(1)
    li = office.bound("li.qiang")
    li.ask("名单")
    duty = office.ctx.duties.read(li.openid)
    office.run("staff", "revoke", "li.qiang", "community_worker", "--as", "zhao.min")
    assert duty is not None
    office.ctx.duties.put(li.openid, duty)
    assert "收回授权" in li.ask("代报 1 36.5")
    assert office.reports(pid) == 0
