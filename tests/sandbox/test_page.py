"""The phone page in a real browser, by keyboard on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, sync_playwright

from tests.sandbox.conftest import ACCOUNT, Stage, received, sealed

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's Chromium is not installed"),
]
MENU = {
    "button": [
        {"type": "click", "name": "健康码", "key": "code"},
        {"name": "更多", "sub_button": [{"type": "click", "name": "我的状态", "key": "status"}]},
    ]
}
WELCOME = (
    '欢迎。<script>document.title="x"</script><a href="weixin://bizmsgmenu?msgmenucontent=同意&msgmenuid=7">同意</a>'
)


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 320, "height": 640})
        page.set_default_timeout(10_000)
        yield page
        browser.close()


def welcome(query: dict[str, str], body: bytes) -> tuple[int, bytes]:
    message = received(query, body)
    text = WELCOME if message.type == "event" else f"收到：{message.content}"
    return sealed(
        f"<xml><ToUserName>{message.source}</ToUserName><FromUserName>{message.target}</FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType>text</MsgType><Content><![CDATA[{text}]]></Content></xml>",
        query,
    )


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).press("Enter")


def test_a_resident_follows_taps_writes_and_reads_a_code_by_keyboard(stage: Stage, page: Page) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    stage.webhook.answer = welcome
    page.goto(stage.base)
    page.get_by_label("扫小区二维码关注").fill("640106001001")
    page.get_by_label("扫小区二维码关注").press("Enter")
    press(page, "同意")
    page.get_by_text("收到：同意").wait_for()
    assert stage.webhook.messages[0].scene_id == "community:640106001001"
    assert stage.webhook.messages[1]._data["bizmsgmenuid"] == "7"
    assert '<script>document.title="x"</script>' in page.get_by_role("log").inner_text()

    sms = {"phone": stage.get("/sandbox/phones")[0]["number"], "text": "【宁夏一码】验证码 482913，10分钟内有效。"}
    requests.post(
        f"{stage.base}/adapters/sms", json=sms, headers={"Authorization": f"Bearer {ACCOUNT['sms_key']}"}, timeout=5
    )
    press(page, "填入 482913")
    page.keyboard.press("Enter")
    page.get_by_text("收到：482913").wait_for()

    stage.api("/cgi-bin/menu/create", MENU)
    press(page, "更多")
    press(page, "我的状态")
    page.locator(".chat .account").nth(3).wait_for()
    assert stage.webhook.messages[-1].key == "status"
    before = stage.get("/sandbox/clock")["now"]
    press(page, "明天")
    page.get_by_text("08:00").first.wait_for()
    assert stage.get("/sandbox/clock")["now"] > before
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert problems == []


def test_a_picture_opens_large_and_another_phone_stands_beside(stage: Stage, page: Page) -> None:
    stage.act({"id": "p1"}, "follow")
    page.goto(stage.base)
    press(page, "更多：图片、语音、位置")
    press(page, "拍摄")
    press(page, "我发的图片，点开看大图")
    assert page.locator("#large img").evaluate("image => image.naturalWidth") == 360
    page.keyboard.press("Escape")
    press(page, "加手机")
    page.get_by_label("名字").fill("李强")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="李强的手机").wait_for()
    assert [phone["name"] for phone in stage.get("/sandbox/phones")] == ["王芳", "李强"]
