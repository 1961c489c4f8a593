"""The phone page in a real browser, most of it by keyboard on a narrow screen."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import qrcode
import requests
from playwright.sync_api import Page, Route, sync_playwright

from tests.sandbox.conftest import ACCOUNT, Stage, eventually, received, sealed
from tests.sandbox.site import running_site

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


def picture_of(text: str) -> str:
    out = io.BytesIO()
    qrcode.make(text).get_image().save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def other_phone(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="手机").get_by_role("button", name=name).press("Enter")
    page.get_by_role("region", name=f"{name}的手机").wait_for()


def test_the_picture_of_one_phone_is_scanned_by_another(stage: Stage, page: Page) -> None:
    scene_str = "community:640106001002"
    scene = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene_str}}}
    holder, newcomer = {"id": "p1"}, stage.person(following=False)
    stage.act(holder, "follow")
    stage.act(holder, "message", type="image", data=picture_of(stage.api("/cgi-bin/qrcode/create", scene)["url"]))
    page.goto(stage.base)
    press(page, "我发的图片，点开看大图")
    page.get_by_role("dialog", name="图片").get_by_role("button", name="李强").press("Enter")
    page.get_by_role("region", name="李强的手机").get_by_text("你已关注").wait_for()
    eventually(lambda: scene_str in [getattr(each, "scene_id", "") for each in stage.webhook.messages])

    stage.act(newcomer, "message", type="image")
    page.locator("#p2 .picture").wait_for()
    press(page, "账号信息")
    press(page, "扫一扫")
    page.get_by_role("button", name="扫李强手机上的图片").press("Enter")
    page.get_by_role("alert").get_by_text("没有认出码").wait_for()
    page.get_by_label("码的内容").fill("请量体温")
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="扫描结果").get_by_text("请量体温").wait_for()


def test_messages_are_taken_or_not_by_a_switch(stage: Stage, page: Page) -> None:
    stage.act({"id": "p1"}, "follow")
    page.goto(stage.base)
    press(page, "账号信息")
    switch = page.get_by_role("switch", name="接收消息")
    for checked, blocked in (("false", True), ("true", False)):
        switch.press("Space")
        page.locator(f"[role=switch][aria-checked={checked}]").wait_for()
        assert stage.get("/sandbox/phones")[0]["blocked"] is blocked
    page.keyboard.press("Escape")
    switch.wait_for(state="detached")
    assert page.get_by_role("button", name="账号信息").evaluate("button => button === document.activeElement")


def test_a_page_that_refuses_frames_opens_in_the_phone_and_goes_back(stage: Stage, page: Page) -> None:
    with running_site() as site:
        site.sandbox = stage.base
        stage.act({"id": "p1"}, "follow")
        stage.act({"id": "p1"}, "text", content=f"请看 {site.base}/v/1")
        page.goto(stage.base)
        page.get_by_role("link", name=f"{site.base}/v/1").first.press("Enter")
        sheet, inside = page.get_by_role("dialog", name="网页"), page.frame_locator("iframe")
        sheet.get_by_role("heading", name="核验结果").wait_for()
        inside.get_by_role("link", name="下一页").press("Enter")
        press(page, "返回上一页")
        page.get_by_role("button", name="返回上一页").wait_for(state="hidden")
        assert [path for _, path, _, _ in site.seen] == ["/v/1", "/second?x=1&y=2", "/v/1"]
        press(page, "网页菜单")
        assert page.get_by_role("link", name="在浏览器打开").get_attribute("href") == f"{site.base}/v/1"
        page.keyboard.press("Escape")
        page.get_by_role("button", name="网页菜单").press("Escape")
        sheet.wait_for(state="detached")


def test_consent_is_asked_template_by_template_and_the_choice_is_kept(stage: Stage, page: Page) -> None:
    templates = [
        {"template_id": "t1", "title": "每日申报提醒", "kind": "long-term", "content": "提醒事项：量体温"},
        {"template_id": "t2", "title": "核验结果通知", "kind": "one-time", "content": ""},
    ]
    told: list[Any] = []

    def consent(route: Route) -> None:
        told.append(json.loads(route.request.post_data or "{}"))
        route.fulfill(json={})

    page.route("**/sandbox/templates", lambda route: route.fulfill(json=templates))
    page.route("**/sandbox/phones/p1/consent", consent)
    asked = f"{stage.base}/sandbox/subscribe?phone=p1&templates=t1,t2"
    page.goto(asked)
    page.get_by_label("核验结果通知").press("Space")
    page.get_by_label("总是保持以上选择").press("Space")
    press(page, "允许")
    page.get_by_role("status").get_by_text("已允许：每日申报提醒").wait_for()
    page.goto(asked)
    page.get_by_role("status").get_by_text("按您保存的选择").wait_for()
    assert told == [{"templates": {"t1": True, "t2": False}}] * 2

    page.goto(f"{stage.base}/sandbox/subscribe?phone=p1")
    page.get_by_label("核验结果通知").press("Space")
    press(page, "保存")
    page.get_by_role("status").get_by_text("已保存").wait_for()
    assert told[2:] == [{"templates": {"t2": True}}]


def test_on_a_narrow_screen_one_phone_is_seen_and_the_others_have_red_dots(stage: Stage, page: Page) -> None:
    first, second = {"id": "p1"}, stage.person()
    stage.act(first, "follow")
    page.goto(stage.base)
    other_phone(page, "李强")
    page.get_by_role("region", name="王芳的手机").wait_for(state="hidden")
    stage.act(first, "text", content="在吗")
    dot = page.get_by_role("navigation", name="手机").get_by_role("button", name="王芳 1 条未读")
    dot.press("Enter")
    page.get_by_role("region", name="王芳的手机").get_by_text("收到：在吗").wait_for()
    page.get_by_text("1 条未读").first.wait_for(state="hidden")
    press(page, "返回聊天列表")
    page.get_by_role("list", name="聊天列表").get_by_role("button").press("Enter")
    press(page, "到 …")
    page.get_by_label("北京时间").fill("2000-01-01T08:00")
    assert page.get_by_label("北京时间").evaluate("field => field.validity.rangeUnderflow")
    assert second["id"] == "p2"
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_long_chat_draws_its_end_and_the_rest_when_scrolled_to(stage: Stage, page: Page) -> None:
    stage.act({"id": "p1"}, "follow")
    for number in range(300):
        stage.world.phones.say("p1", "account", "text", {"text": f"第 {number} 条"}, "custom")
    page.goto(stage.base)
    page.get_by_text("第 299 条", exact=True).wait_for()
    chat = page.locator(".chat.main")
    assert chat.locator("li").count() <= 120
    while not page.get_by_text("第 0 条", exact=True).count():
        before = chat.locator("li").count()
        chat.evaluate("chat => { chat.scrollTop = 0; }")
        page.wait_for_function(
            "([chat, before]) => chat.childElementCount > before", arg=[chat.element_handle(), before]
        )
    numbers = chat.evaluate("chat => [...chat.querySelectorAll('[data-n]')].map((row) => Number(row.dataset.n))")
    assert numbers == sorted(set(numbers))
