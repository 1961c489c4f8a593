"""The first days of a resident, on her phone: the green code, the check-in, grey, and green again."""

from __future__ import annotations

from tests.e2e.house import House
from tests.e2e.resident import move_in


def test_a_declaration_brings_a_green_code_that_a_checkpoint_confirms(house: House) -> None:
    resident = move_in(house, "王小芳")
    picture = resident.declare()
    checked = house.check(picture.link)
    assert (picture.word, checked.word, checked.name) == ("绿码", "绿码", "王*芳")
    assert "在线核验" in checked.page
    assert not any(private in checked.page for private in (resident.name, resident.document, resident.number))


def test_tomorrow_36_5_is_the_whole_check_in(house: House) -> None:
    resident = move_in(house)
    resident.declare()
    house.next_morning()
    said = resident.say("36.5")
    assert "已记下今天的体温 36.5℃" in said
    assert "绿码" in said
    today, yesterday = (line for line in resident.say("记录").splitlines() if "36.5℃ 正常" in line)
    assert f"{house.now().month}月{house.now().day}日" in today
    assert today != yesterday


def test_a_second_look_at_the_code_comes_at_once_and_costs_no_call(house: House) -> None:
    resident = move_in(house)
    first = resident.declare()
    calls = house.calls()
    second = resident.look()
    assert (second.via, second.media_id) == ("passive", first.media_id)
    assert house.calls() == calls


def test_a_code_of_yesterday_is_drawn_anew_and_the_old_one_is_expired(house: House) -> None:
    resident = move_in(house)
    old = resident.declare()
    house.next_morning()
    house.pass_time(hours=1)
    new = resident.look()
    assert new.via == "custom"
    assert (house.check(old.link).word, house.check(new.link).word) == ("已过期", "绿码")


def test_four_days_without_a_check_in_are_grey_and_a_truthful_report_is_green_again(house: House) -> None:
    resident = move_in(house)
    resident.declare()
    house.next_morning(4)
    assert "您现在是灰码" in resident.say("状态")
    grey = resident.look()
    assert (grey.word, house.check(grey.link).word) == ("灰码", "灰码")

    assert "您是否离开过宁夏" in resident.say("36.5")
    assert "您是否接触过" in resident.say("否")
    assert "绿码" in resident.say("否")
    green = resident.look()
    assert (green.word, house.check(green.link).word) == ("绿码", "绿码")
    assert house.check(grey.link).word == "绿码"
