"""The end of the notice, on the phone page and at the checkpoint: everything says that the code is out of use."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

import pytest

from store.world import REFRESH_SECONDS
from tests.e2e.house import House, eventually
from tests.e2e.phone_page import open_page, running_browser
from tests.e2e.resident import BRIDGE, Resident, move_in

FAR = date(2099, 12, 31)
"""A notice that ends then has, for all other tests of this house, not ended."""


def end(house: House, staff: str, day: date) -> None:
    """The last day of the notice."""
    house.operate("world", "end", day.isoformat(), "--reason", "疫情解除", "--as", staff)


@pytest.fixture
def last_day(house: House) -> Iterator[date]:
    """Today is the last day of the notice; afterwards it goes on."""
    staff = house.appoint("the-end", "notice_admin", "everywhere", "自治区指挥部办公室")
    today = house.now().date()
    end(house, staff, today)
    try:
        yield today
    finally:
        end(house, staff, FAR)
        somebody = move_in(house)
        eventually("the notice goes on", lambda: "停用" not in somebody.follow().split("【")[0])
        # One web process knows; every other one does within the five seconds that the house promises, and a little.
        time.sleep(REFRESH_SECONDS + 1)


@pytest.fixture
def resident(house: House) -> Resident:
    house.next_morning()
    return move_in(house, "王小芳")


@pytest.mark.browser
def test_the_code_is_out_of_use_from_midnight_and_everything_says_so(
    house: House, resident: Resident, last_day: date
) -> None:
    told = f"{last_day.month}月{last_day.day}日24时"
    with running_browser() as browser:
        phone = open_page(browser, resident, 414)
        phone.page.get_by_label("扫小区二维码关注").fill(BRIDGE)
        phone.answer_to(lambda: phone.tap("扫码"))
        phone.declare()
        phone.code()
        code = resident.look()
        eventually("the last day is known", lambda: f"有效至{told}，届时按通知停用" in resident.say("状态"))
        assert (code.word, house.check(code.link).word) == ("绿码", "绿码")

        phone.tap("明天")
        eventually("it is tomorrow", lambda: house.now().date() == last_day + timedelta(1))
        eventually("the checkpoint knows", lambda: house.check(code.link).word == "已停用")
        assert "正文三·末" in house.check(code.link).page
        for words in ("36.5", "健康码", "状态", "为什么", "申报"):
            answer = phone.answer_to(partial(phone.write, words))
            assert f"防疫健康码已于{told}停用" in answer
            assert "依据：正文三·末“新冠肺炎疫情解除后自行停用”" in answer
        assert "打卡" in phone.answer_to(lambda: phone.write("记录"))
        assert house.counts(BRIDGE).keys() == {"none"}
        assert phone.problems == []
