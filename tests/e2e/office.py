"""The console of a whole house with invented people and colleagues: who signs in, and what a page says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, expect

from tests.e2e.house import House

PATIENCE = 60_000
"""Milliseconds that a page may take to say something, on a busy machine."""
DESK, PHONE = (1280, 900), (320, 640)


@dataclass(frozen=True, slots=True)
class Office:
    """Colleagues at their browsers. `pages` are the ones who are signed in, by id."""

    house: House
    browser: Browser
    password: str
    codes: dict[str, str]
    """Colour -> the link of a code to scan."""
    pages: dict[str, Page] = field(default_factory=dict)

    def page(self, id: str, locale: str = "zh-CN") -> Page:
        """The browser of somebody, who signs in with password and authenticator when they open it first."""
        if id not in self.pages:
            page = self.browser.new_context(locale=locale, accept_downloads=True).new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"{self.house.web}/console/sign-in")
            page.get_by_role("textbox", name="编号").fill(id)
            page.locator("[name=password]").fill(self.password)
            page.get_by_role("textbox", name="动态码").fill(self.house.operate("demo-code", id).strip())
            page.get_by_role("button", name="登录", exact=True).click()
            expect(page.get_by_role("button", name="退出", exact=True)).to_be_visible(timeout=PATIENCE)
            self.pages[id] = page
        return self.pages[id]

    def open(self, id: str, path: str) -> Page:
        """A page of the console in the browser of somebody."""
        page = self.page(id)
        page.goto(f"{self.house.web}{path}")
        return page


@contextmanager
def opened_office(house: House, browser: Browser, people: int = 400) -> Iterator[Office]:
    """So many invented people, and colleagues of every role."""
    told = house.operate("demo", str(people), "--office")
    password = re.search(r"the password of all: (.+)", told)
    assert password, told
    yield Office(house, browser, password[1].strip(), dict(re.findall(r"(\w+) +(http\S+/V/\w+)", told)))


def finished(page: Page) -> None:
    """Wait until the work on a page is over, without touching the page."""
    expect(page.locator("#work")).to_contain_text("已完成", timeout=PATIENCE)
