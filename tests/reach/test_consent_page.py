"""The page that asks for consent to reminders, in a real browser with the sandbox's script; and what comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from bot.subscribe import sign
from tests.reach.conftest import REMINDER, House, OpenHouse
from tests.valkey import free_port

CHROMIUM = Path("/usr/bin/chromium")


def test_the_signature_is_the_platforms_published_one() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    url = "http://mp.weixin.qq.com?params=value"
    assert sign(ticket, "Wm3WZYTPz0wzccnW", 1414587457, url) == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


@pytest.fixture
def served(open_house: OpenHouse) -> Iterator[House]:
    """The house with its web pages on a port of their own."""
    port = free_port()
    house = open_house(PUBLIC_URL=f"http://127.0.0.1:{port}")
    server = make_server("127.0.0.1", port, house.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield house
    server.shutdown()


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_a_tap_asks_for_consent_and_the_account_hears_of_it(served: House, page: Page) -> None:
    resident = served.resident()
    page.goto(f"{served.ctx.settings.public_url}/subscribe?from=chat&sandbox_phone={resident.phone['id']}")
    page.get_by_role("button", name="同意接收打卡提醒").click()
    page.wait_for_url("**/sandbox/subscribe?**")
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["phone"], asked["templates"]) == ([resident.phone["id"]], [REMINDER])
    resident.agrees()
    assert list(served.ctx.accounts.read(resident.openid).session.notices) == [REMINDER]
    resident.act("consent", template_id=REMINDER, accept=False, scene="settings")
    assert served.ctx.accounts.read(resident.openid).session.notices == {}


def test_inside_a_phone_one_tap_and_the_pop_up_are_all(served: House, page: Page) -> None:
    """As the resident sees it: the browser inside the phone, the page, the platform's own question."""
    resident = served.resident()
    scheme, _, rest = served.ctx.settings.public_url.partition("://")
    page.goto(f"{served.platform.base}/sandbox/web/{resident.phone['id']}/{scheme}/{rest}/subscribe")
    page.get_by_role("button", name="同意接收打卡提醒").click()
    page.get_by_role("button", name="允许").click()
    expect(page.get_by_role("status")).to_contain_text("已允许：健康申报通知")
    assert list(served.ctx.accounts.read(resident.openid).session.notices) == [REMINDER]
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_role("button", name="同意接收打卡提醒")).to_be_visible()


def test_a_page_that_is_not_signed_for_its_address_says_so(served: House, page: Page) -> None:
    page.route("**/open/sdk/check**", lambda route: route.continue_(url=route.request.url + "0"))
    page.goto(f"{served.ctx.settings.public_url}/subscribe")
    expect(page.get_by_role("status")).to_contain_text("没有打开成功")
    assert page.get_by_role("button").count() == 0


def test_the_ticket_is_fetched_once_for_all_pages(served: House) -> None:
    for _ in range(3):
        assert served.app.test_client().get("/subscribe").status_code == 200
    assert served.counted("/cgi-bin/ticket/getticket") == 1


def test_without_a_ticket_the_page_is_polite_and_without_a_template_there_is_none(open_house: OpenHouse) -> None:
    house = open_house(WECHAT_API_BASE=f"http://127.0.0.1:{free_port()}")
    polite = house.app.test_client().get("/subscribe")
    assert (polite.status_code, "暂时打不开" in polite.text) == (503, True)
    assert open_house(WECHAT_REMINDER_TEMPLATE="").app.test_client().get("/subscribe").status_code == 404
