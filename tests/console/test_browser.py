"""The console in a real Chromium: signing in by a telephone's camera and by password, ending a session."""

from __future__ import annotations

import base64
import re

import pyotp
import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.console.conftest import Desk, Windows, grave
from tests.console.test_signing import PASSWORD, Phone, shown
from worker.staff import staffing

PAGES = {"zhao.min": ("/console/aliases?venue=demo-gate",), "": ("/console/sign-in", "/console/enrol")}
"""To which no menu leads; `tests/e2e/test_console_numbers.py` reads those of every menu."""


def photographed(page: Page) -> str:
    """The QR on the screen as a telephone's camera sees it."""
    return "data:image/png;base64," + base64.b64encode(page.locator("img.qr").screenshot()).decode()


def test_a_telephone_signs_the_page_in_and_a_word_ends_it(desk: Desk, windows: Windows) -> None:
    phone, page = Phone(desk, "li.qiang"), windows.open("/console/me")
    expect(page).to_have_url(re.compile("/console/sign-in"))
    told = phone.scan(photographed(page))
    assert "Chrome" in told
    expect(page).to_have_url(f"{desk.web}/console/me")
    expect(page.get_by_text("本机")).to_be_visible()
    desk.pass_time(seconds=2)
    phone.says("退出工作台")
    page.reload()
    expect(page.get_by_role("heading", name="登录一码工作台")).to_be_visible()


def test_a_qr_that_nobody_scanned_is_changed_by_a_button(desk: Desk, windows: Windows) -> None:
    page = windows.open("/console/sign-in")
    first = page.locator("img.qr").get_attribute("src")
    desk.pass_time(seconds=121)
    page.get_by_role("button", name="换一个二维码").click()
    expect(page.locator("img.qr")).to_be_visible()
    assert page.locator("img.qr").get_attribute("src") != first
    phone = Phone(desk, "li.qiang")
    phone.scan(photographed(page))
    expect(page).to_have_url(re.compile("/console/(?!sign-in)"))


def test_password_and_authenticator_are_set_up_and_sign_in(desk: Desk, windows: Windows) -> None:
    code = staffing.offer_password(desk.ctx, desk.ctx.staff.read("zhao.min"), "li.qiang")
    page = windows.open("/console/enrol?id=li.qiang")
    page.get_by_label("设置码").fill(code.lower())
    page.get_by_role("button", name="下一步").click()
    totp = pyotp.TOTP(page.locator(".steps code").inner_text())
    page.get_by_label("验证器显示的 6 位动态码").fill(shown(desk, totp))
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再输一次").fill(PASSWORD)
    page.get_by_role("button", name="设置并登录").click()
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    desk.pass_time(seconds=30)
    other = windows.open("/console/me", width=320)
    other.get_by_label("编号", exact=True).fill("li.qiang")
    other.get_by_label("密码", exact=True).fill(PASSWORD)
    other.get_by_label("动态码", exact=True).fill(shown(desk, totp))
    other.get_by_role("button", name="登录", exact=True).click()
    expect(other).to_have_url(f"{desk.web}/console/me")
    other.get_by_role("button", name="退出这台").click()
    expect(other.get_by_text("已退出。")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="登录一码工作台")).to_be_visible()


def test_the_language_is_switched_and_the_keyboard_is_enough(desk: Desk, windows: Windows) -> None:
    page = windows.open("/console/me", "li.qiang", width=320)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.get_by_role("button", name="English").press("Enter")
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    page.get_by_text("Menu", exact=True).press("Enter")
    expect(page.get_by_role("link", name="My account")).to_be_visible()


def test_what_cannot_be_taken_back_is_asked_once_more(desk: Desk, windows: Windows) -> None:
    page = windows.open("/console/staff/li.qiang", "zhao.min")
    asked: list[str] = []

    def decline(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", decline)
    page.get_by_role("button", name="办理离岗").click()
    assert asked == ["确定收回全部岗位、解绑微信、作废密码吗？"]
    assert desk.ctx.staff.read("li.qiang").grants
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="办理离岗").click()
    expect(page.get_by_text("已收回，马上生效。")).to_be_visible()
    assert not next(each for each in desk.ctx.staff.all() if each.id == "li.qiang").grants


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("staff", PAGES)
def test_no_page_beside_the_menu_hinders_anybody(desk: Desk, windows: Windows, staff: str, width: int) -> None:
    for path in PAGES[staff]:
        page = windows.open(path, staff, width)
        assert grave(page) == [], path
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, path
        page.context.close()


def test_on_a_telephone_wechat_says_who_it_is(desk: Desk, windows: Windows) -> None:
    phone = Phone(desk, "li.qiang")
    assert "/console/" in phone.says("工作台")
    page = windows.open("/console/sign-in?next=/console/me", width=320)
    cookie = {"name": "sandbox_phone", "value": phone.phone["id"], "url": desk.house.platform.base}
    page.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict
    page.get_by_role("link", name="用本机微信登录").click()
    expect(page).to_have_url(re.compile("/console/me"))
    expect(page.get_by_text("李强").first).to_be_visible()
    resident = desk.house.platform.person()
    other = windows.open("/console/sign-in", width=320)
    cookie |= {"value": resident["id"]}
    other.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict
    other.get_by_role("link", name="用本机微信登录").click()
    expect(other.get_by_text("没有绑定工作身份")).to_be_visible()
