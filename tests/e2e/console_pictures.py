"""The README's pictures of the console, from a house with invented people and colleagues."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page

from tests.e2e.house import House, eventually
from tests.e2e.office import Office, finished, opened_office

PEOPLE = 6_000
WIDE, NARROW = (1180, 820), (360, 760)

Keep = Callable[[str, bytes, int], None]


def take_the_console(browser: Browser, house: House, keep: Keep) -> None:
    """console-overview.png, console-today.png, console-broadcast.png, console-export.png."""
    with opened_office(house, browser, PEOPLE) as office:
        _overview(office, keep)
        _today(office, keep)
        _broadcast(office, keep)
        _export(office, keep)


def _overview(office: Office, keep: Keep) -> None:
    page = _sized(office, "demo.officer", WIDE)
    eventually("everybody is counted", lambda: _people(office, page) > PEOPLE * 0.9)
    page.wait_for_function("[...document.querySelectorAll('.charts img')].every(each => each.naturalWidth > 0)")
    keep("console-overview", page.screenshot(), WIDE[0])


def _people(office: Office, page: Page) -> int:
    page.goto(f"{office.house.web}/console/overview")
    number = page.locator(".tiles dd").first.inner_text() if page.locator(".tiles").count() else "0"
    return int(number.replace(",", ""))


def _today(office: Office, keep: Keep) -> None:
    page = _sized(office, "demo.worker", NARROW)
    page.goto(f"{office.house.web}/console/today")
    page.wait_for_load_state("networkidle")
    keep("console-today", page.screenshot(), NARROW[0])


def _broadcast(office: Office, keep: Keep) -> None:
    page = _sized(office, "demo.notice", WIDE)
    page.goto(f"{office.house.web}/console/broadcasts")
    page.locator("tbody a").first.click()
    page.get_by_text("规模与费用").wait_for()
    keep("console-broadcast", page.screenshot(), WIDE[0])


def _export(office: Office, keep: Keep) -> None:
    page = _sized(office, "demo.officer", WIDE)
    page.goto(f"{office.house.web}/console/works")
    page.locator("tbody a").first.click()
    finished(page)
    keep("console-export", page.screenshot(), WIDE[0])


def _sized(office: Office, id: str, size: tuple[int, int]) -> Page:
    page = office.page(id)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    return page
