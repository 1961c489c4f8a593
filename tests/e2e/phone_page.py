"""A thumb, or a keyboard, on the page that is a phone, in a real browser."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.e2e.resident import CONFIRMED, Resident

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Without these Chromium looks for its maker's hosts, and a closed network answers with noise."""
MOST_TABS = 80


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@dataclass(frozen=True, slots=True)
class PhonePage:
    """The page of one resident's phone. `problems` are errors of its scripts and requests that failed."""

    page: Page
    resident: Resident
    problems: list[str] = field(default_factory=list)

    # --- by thumb -----------------------------------------------------------------------------------------------------

    def tap(self, name: str) -> None:
        """Tap the newest button of this name."""
        self.button(name).click()

    def write(self, text: str) -> None:
        """Write a message and tap 发送; opens the keyboard where the menu is shown."""
        keyboard = self.page.get_by_role("button", name="切换到键盘")
        if keyboard.is_visible():
            keyboard.click()
        self.page.get_by_label("消息").fill(text)
        self.tap("发送")

    def declare(self, until: str = CONFIRMED) -> str:
        """From 同意 to a message that says `until`; that message."""
        return self.go_on(self.answer_to(lambda: self.tap("同意")), until)

    def go_on(self, asked: str, until: str = CONFIRMED) -> str:
        """Answer what is asked, tapping what can be tapped and typing the rest, to a message that says `until`."""
        while until not in asked:
            asked = self.answer_to(partial(self._answer, asked, self.resident.answer_to(asked)))
        return asked

    def _answer(self, asked: str, answer: str) -> None:
        if self._answers().last.get_by_role("button", name=answer, exact=True).count():
            self.tap(answer)
        elif "短信验证码" in asked:
            self.tap(f"填入 {answer}")
            self.tap("发送")
        else:
            self.write(answer)

    # --- by keyboard --------------------------------------------------------------------------------------------------

    def tab_to(self, name: str) -> None:
        """Press Tab until the focus is on what a screen reader calls so. Raises AssertionError."""
        reached = []
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            reached.append(self.page.evaluate(_FOCUSED))
            if reached[-1] == name:
                return
        raise AssertionError(f"Tab never reached {name}: {reached}")

    def type(self, text: str) -> None:
        """Type where the focus is and press Enter."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    # --- what is seen -------------------------------------------------------------------------------------------------

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True).last

    def answer_to(self, act: Callable[[], None]) -> str:
        """Do something and read the next message of the account."""
        before = self._answers().count()
        act()
        answer = self._answers().nth(before)
        answer.wait_for()
        return answer.inner_text()

    def code(self) -> Locator:
        """The newest picture in the chat, drawn."""
        picture = self.page.locator(".chat .account img").last
        picture.wait_for()
        self.page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
        return picture

    def overflows(self) -> bool:
        """Whether the page can be pushed sideways, or the phone's own frame be scrolled away under the chat."""
        return bool(self.page.evaluate(_OVERFLOWS))

    def _answers(self) -> Locator:
        return self.page.locator(".chat > li.account")


_OVERFLOWS = """() => {
  const phone = document.querySelector(".phone");
  return document.documentElement.scrollWidth > innerWidth || phone.scrollHeight > phone.clientHeight;
}"""
_FOCUSED = """() => {
  const on = document.activeElement;
  return (on.getAttribute("aria-label") || on.labels?.[0]?.textContent || on.textContent).trim();
}"""


def open_page(browser: Browser, resident: Resident, width: int, height: int = 780, scale: float = 1.0) -> PhonePage:
    """The page of this phone alone, in a window of so many CSS pixels."""
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale, locale="zh-CN")
    page.set_default_timeout(20_000)
    phone = PhonePage(page, resident)
    page.on("pageerror", lambda error: phone.problems.append(str(error)))
    page.on("console", lambda line: phone.problems.append(line.text) if line.type == "error" else None)
    page.goto(f"{resident.house.sandbox}/?phones={resident.id}")
    page.get_by_role("region", name=f"{resident.name}的手机").wait_for()
    return phone
