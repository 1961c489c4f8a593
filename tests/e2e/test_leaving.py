"""Going away: erasing one's data, and unfollowing."""

from __future__ import annotations

from tests.e2e.house import House
from tests.e2e.resident import Resident, move_in
from tests.e2e.test_what_others_record import record


def erase(resident: Resident) -> str:
    """Erase oneself; what is told a moment later."""
    resident.say("删除")
    before = resident.newest()
    resident.say("确认删除")
    return resident.told_after(before)[0]


def test_who_erases_herself_is_gone_from_the_phone_and_the_gate(house: House) -> None:
    resident = move_in(house)
    code = resident.declare()
    assert "王*" in resident.say("我的数据")
    assert "已经删除" in erase(resident)
    assert house.check(code.link).word == "查无此人"
    resident.say("同意")
    resident.say("取消")
    assert "还没有健康申报" in resident.say("我的数据")


def test_facts_behind_a_red_code_outlive_the_wish_to_be_erased(house: House) -> None:
    resident = move_in(house)
    code = resident.declare()
    record(house, resident, kind="case", case="suspected", since="2020-03-02")
    assert "保留到依据解除" in erase(resident)
    assert house.check(code.link).word == "红码"


def test_who_unfollows_hears_nothing_more(house: House) -> None:
    resident, other = move_in(house), move_in(house, "马兰")
    resident.declare()
    code = other.declare()
    resident.unfollow()
    before = resident.newest()
    for someone in (resident, other):
        record(house, someone, kind="contact", exposed_on="2020-03-01")
    # The other one's letter was written after hers would have been.
    other.told_after(0)
    assert house.check(code.link).word == "黄码"
    assert resident.lines(before) == []
    assert resident.follow().startswith("欢迎回来")
