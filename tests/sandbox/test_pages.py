"""The pages of faults, settings and calls in a real browser, by keyboard on a narrow screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.sandbox.conftest import Stage

CHROMIUM = Path("/usr/bin/chromium")
SEND = "/cgi-bin/message/custom/send"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's Chromium is not installed"),
]


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 320, "height": 640})
        page.set_default_timeout(10_000)
        yield page
        browser.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).press("Enter")


def is_narrow_enough(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= 320"))


def test_a_fault_is_switched_on_seen_to_strike_and_switched_off(stage: Stage, page: Page) -> None:
    phone = stage.person()
    stage.act(phone, "text", content="在吗")
    page.goto(f"{stage.base}/sandbox/faults.html")
    page.get_by_label("只前几次").fill("1")
    press(page, "-1，其实已办成")
    expect(page.get_by_text("发生 0 次")).to_be_visible()
    text = {"touser": phone["openid"], "msgtype": "text", "text": {"content": "好"}}
    assert [stage.api(SEND, text)["errcode"] for _ in "ab"] == [-1, 0]
    page.get_by_role("link", name="刷新次数").press("Enter")
    expect(page.get_by_text("发生 1 次")).to_be_visible()
    assert is_narrow_enough(page)

    page.get_by_role("link", name="看被命中的调用").press("Enter")
    expect(page.locator(".calls li")).to_have_count(1)
    expect(page.get_by_text("故障：errcode")).to_be_visible()
    assert is_narrow_enough(page)
    page.get_by_role("link", name="故障").press("Enter")
    press(page, "关掉 -1，其实已办成（f1）")
    expect(page.get_by_text("现在一切正常。")).to_be_visible()


def test_a_plan_that_is_wrong_is_told_where_and_kept_in_the_field(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.base}/sandbox/faults.html")
    field = page.get_by_label("一条规则")
    field.fill('{"path": "*", "do": {"kind": "explode"}}')
    press(page, "打开")
    expect(page.get_by_role("alert")).to_contain_text("rule.do.kind: for calls one of errcode")
    expect(field).to_have_value('{"path": "*", "do": {"kind": "explode"}}')
    field.fill('{"path": "*", "name": "<b>我的</b>", "do": {"kind": "reset"}}')
    press(page, "打开")
    expect(page.get_by_text("<b>我的</b>", exact=True)).to_be_visible()
    assert stage.get("/sandbox/faults")["rules"][0]["rule"]["name"] == "<b>我的</b>"


def test_the_probes_are_run_from_the_page(stage: Stage, page: Page) -> None:
    stage.webhook.answer = lambda _query, _body: (403, b"")
    page.goto(f"{stage.base}/sandbox/faults.html")
    press(page, "全部试一遍")
    expect(page.get_by_text("一小时前的推送重放")).to_be_visible()
    assert is_narrow_enough(page)


def test_a_limit_is_set_and_taken_back(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.base}/sandbox/settings.html")
    field = page.get_by_label(re.compile("^一条推送最多投递几次"))
    field.fill("4")
    field.press("Enter")
    expect(page.get_by_role("status")).to_have_text("已保存。")
    assert stage.world.limits.tries == 4
    page.get_by_label("/cgi-bin/menu/create").fill("7")
    page.get_by_label("/cgi-bin/menu/create").press("Enter")
    expect(page.get_by_label("/cgi-bin/menu/create")).to_have_value("7")
    assert stage.world.limits.daily["/cgi-bin/menu/create"] == 7
    field.fill("viele")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("tries: a number")
    page.get_by_role("button", name=re.compile("^恢复 一条推送")).press("Enter")
    expect(field).to_have_value("3")
    assert stage.world.limits.tries == 3
    assert is_narrow_enough(page)


def test_the_mode_and_key_are_set_on_the_page(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.base}/sandbox/settings.html")
    page.get_by_label("消息加解密方式").select_option("compatible")
    press(page, "保存密钥与模式")
    expect(page.get_by_role("status")).to_be_visible()
    assert stage.get("/sandbox/account")["mode"] == "compatible"
    page.get_by_label("EncodingAESKey").fill("short")
    press(page, "保存密钥与模式")
    expect(page.get_by_role("alert")).to_contain_text("aes_key: malformed")


def test_calls_are_found_by_path_person_and_code(stage: Stage, page: Page) -> None:
    wang, li = stage.person(), stage.person()
    stage.act(wang, "text", content="我是王芳")
    stage.act(li, "text", content="我是李强")
    stage.api(SEND, {"touser": "nobody", "msgtype": "text", "text": {"content": "好"}})
    page.goto(f"{stage.base}/sandbox/calls.html")
    page.get_by_label("手机或 OpenID").fill(wang["id"])
    press(page, "筛选")
    expect(page.locator(".calls li")).to_have_count(2)  # the follow and the text
    expect(page.get_by_text("我是王芳 → 收到：我是王芳")).to_be_visible()
    page.get_by_label("手机或 OpenID").fill("")
    page.get_by_label("错误码").fill("40003")
    press(page, "筛选")
    expect(page.locator(".calls li")).to_have_count(1)
    page.locator("summary").press("Enter")
    expect(page.get_by_text('"touser": "nobody"')).to_be_visible()
    page.get_by_role("link", name="全部").press("Enter")
    page.get_by_role("link", name=SEND).press("Enter")
    expect(page.locator(".calls li")).to_have_count(1)
    assert is_narrow_enough(page)
