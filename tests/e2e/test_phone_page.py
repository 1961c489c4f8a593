"""The phone page in a real browser, on narrow screens: a whole declaration by thumb, and one by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import FAILED
from tests.e2e.house import House, eventually
from tests.e2e.phone_page import CHROMIUM, PhonePage, open_page, running_browser
from tests.e2e.picture import Picture
from tests.e2e.resident import BRIDGE, move_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's Chromium is not installed"),
]

Open = Callable[[int], PhonePage]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def open_phone(browser: Browser, house: House, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of somebody new at a width; nothing may have gone wrong in it at the end.

    When the test fails, what the page looked like is kept in its `tmp_path`.
    """
    opened: list[PhonePage] = []

    def open_at(width: int) -> PhonePage:
        opened.append(open_page(browser, move_in(house), width))
        return opened[-1]

    yield open_at
    problems = [problem for phone in opened for problem in phone.problems]
    for number, phone in enumerate(opened):
        if request.node.stash.get(FAILED, False):
            phone.page.screenshot(path=tmp_path / f"phone-{number}.png")
        phone.page.close()
    assert problems == []


@pytest.mark.parametrize("width", [360, 414])
def test_a_declaration_by_thumb_ends_in_a_code_that_scans_from_the_screen_and_tomorrow_in_a_check_in(
    open_phone: Open, house: House, width: int
) -> None:
    phone = open_phone(width)
    phone.page.get_by_label("扫小区二维码关注").fill(BRIDGE)
    phone.answer_to(lambda: phone.tap("扫码"))
    phone.declare()
    phone.code().click()
    on_screen = Picture("", "screen", phone.page.screenshot())
    assert house.check(on_screen.link).word == "绿码"
    phone.page.keyboard.press("Escape")
    assert not phone.overflows()

    today = house.now().date()
    phone.tap("明天")
    eventually("it is tomorrow", lambda: house.now().date() > today)
    assert "绿码" in phone.answer_to(lambda: phone.write("36.5"))


def test_everything_can_be_done_without_a_mouse(open_phone: Open) -> None:
    phone = open_phone(360)
    press_enter = partial(phone.page.keyboard.press, "Enter")
    phone.tab_to("扫小区二维码关注")
    assert "同意" in phone.answer_to(lambda: phone.type(BRIDGE))
    phone.tab_to("同意")
    assert "请问您的姓名？" in phone.answer_to(press_enter)
    phone.tab_to("切换到键盘")
    press_enter()
    assert "居民身份证号码" in phone.answer_to(lambda: phone.type(phone.resident.name))
