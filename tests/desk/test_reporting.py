"""代报: recorded by the registry's authority, once; what is abnormal or not from the list is confirmed first."""

from __future__ import annotations

from tests.desk.office import Office
from tests.stage import BRIDGE, identity


def test_twice_the_same_is_one_report_and_the_resident_sees_who_made_it(office: Office) -> None:
    pid = office.resident(1, days_ago=6)
    li = office.bound("li.qiang")
    assert "灰码" in li.ask("名单")
    assert "现在是绿码" in li.ask("代报 1 36.5")
    assert "没有重复记录" in li.ask("代报 1 36.5")
    assert office.reports(pid) == 1
    assert list(office.person(pid).recorded_by.values()) == ["凤凰社区"]
    assert office.acts().count("order reportfor") == 2


def test_a_fever_is_confirmed_first_and_opens_the_task(office: Office) -> None:
    pid = office.resident(1)
    li = office.bound("li.qiang")
    li.ask("名单")
    assert "请核对" in li.ask("代报 1 38.0 咳嗽")
    assert office.reports(pid) == 0
    assert "现在是黄码" in li.ask("确认代报")
    assert office.reports(pid) == 1
    assert "体温或症状异常 王*" in li.ask("任务")


def test_a_conversation_asks_for_what_was_not_said(office: Office) -> None:
    pid = office.resident(1)
    li = office.bound("li.qiang")
    assert "给谁代报" in li.say("代报")[0]
    assert "多少度" in li.say(identity(1).document.number)[0]
    assert "不舒服" in li.say("36.5")[0]
    shown = li.ask("无")
    assert "王*" in shown
    assert "今天还没有报" in shown
    assert identity(1).document.number not in shown
    assert "已代报" in li.ask("确认代报")
    assert office.reports(pid) == 1


def test_a_name_is_enough_where_it_is_the_only_one(office: Office) -> None:
    pid = office.resident(1, name="张三")
    office.resident(2, name="张三", community=BRIDGE)
    li = office.bound("li.qiang")
    assert "张*（宁夏银川市金凤区" in li.ask("代报 张三 36.5")
    assert office.reports(pid) == 0
    assert "已代报" in li.ask("确认代报")
    office.resident(3, name="张三")
    assert "有 2 个人叫这个名字" in li.ask("代报 张三 36.5")
    assert "没有叫这个名字的人" in li.ask("代报 李四 36.5")


def test_nobody_reports_for_somebody_outside_their_scope(office: Office) -> None:
    pid = office.resident(1, community=BRIDGE)
    li = office.bound("li.qiang")
    assert "不在您的负责范围内" in li.ask(f"代报 {identity(1).document.number} 36.5")
    assert "没有此人的记录" in li.ask(f"代报 {identity(9).document.number} 36.5")
    assert "没有等待确认的代报" in li.ask("确认代报")
    assert office.reports(pid) == 0
    assert "report refused" in office.acts()


def test_what_was_confirmed_once_is_recorded_once(office: Office) -> None:
    pid = office.resident(1)
    li = office.bound("li.qiang")
    li.ask(f"代报 {identity(1).document.number} 36.5")
    li.ask("确认代报")
    assert "没有重复记录" in li.ask("确认代报")
    assert office.reports(pid) == 1
    office.wait(hours=1, seconds=1)
    assert "超过了一小时" in li.ask("确认代报")


def test_a_check_in_of_ones_own_is_ones_own(office: Office) -> None:
    """The worker is a resident too."""
    pid, li = office.resident(1), office.bound("li.qiang")
    li.ask("名单")
    assert "同意" in li.say("36.5")[0]
    assert office.reports(pid) == 0
