"""`python -m tests.e2e.pictures`: the README's pictures, from a real run of the whole house."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser

from settings import PROJECT
from tests.e2e.console_pictures import take_the_console
from tests.e2e.gate_pictures import take_the_gate
from tests.e2e.house import House, running_house
from tests.e2e.phone_page import PhonePage, open_page, running_browser
from tests.e2e.resident import BRIDGE, Resident, resident_with

FOLDER = PROJECT / "docs" / "pictures"
MOST_BYTES = 150_000
WIDTH, HEIGHT, SCALE = 414, 800, 2
CODE_WIDTH = 400
BESIDE = 880


def main() -> None:
    """Declare on the phone page and take pictures of it and of each colour of code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_house(Path(folder)) as house, running_browser() as browser:
        house.next_morning()
        resident = resident_with(house, house.get("/sandbox/phones")[0])
        phone = open_page(browser, resident, WIDTH, HEIGHT, SCALE)
        take_the_phone(phone)
        keep("code-green", resident.look().png, CODE_WIDTH)
        take_the_page(browser, resident)
        take_the_check(browser, house)
        take_the_gate(browser, house, resident, keep)
        take_the_codes(house, resident)
        take_the_console(browser, house, keep)


def take_the_phone(phone: PhonePage) -> None:
    """phone-questions.png in the middle of a declaration, phone-green.png after it."""
    phone.page.get_by_label("扫小区二维码关注").fill(BRIDGE)
    phone.answer_to(lambda: phone.tap("扫码"))
    phone.declare(until="请量一下体温")
    phone.page.get_by_role("status").filter(has_text="短信").wait_for(state="hidden", timeout=60_000)
    keep("phone-questions", phone.page.screenshot())
    phone.go_on("请量一下体温，今天是多少度？")
    phone.code()
    phone.tap("显示菜单")
    keep("phone-green", phone.page.screenshot())


def take_the_page(browser: Browser, resident: Resident) -> None:
    """code-page.png: the live code page, which WeChat's stand-in opens for this phone."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE, locale="zh-CN"
    )
    phone = {"name": "sandbox_phone", "value": resident.id, "url": resident.house.sandbox}
    context.add_cookies([phone])  # type: ignore[list-item]  # a cookie is a dict with fewer fields
    page = context.new_page()
    page.goto(f"{resident.house.web}/code")
    page.locator(".live").wait_for()
    keep("code-page", page.screenshot())
    context.close()


def take_the_check(browser: Browser, house: House) -> None:
    """phones-check.png: another phone scans her code from her screen, and the page with the verdict opens in it."""
    checker = house.post("/sandbox/phones", {"name": "陈刚"})
    house.post(f"/sandbox/phones/{checker['id']}/follow", {})
    page = browser.new_page(viewport={"width": BESIDE, "height": HEIGHT}, device_scale_factor=SCALE, locale="zh-CN")
    page.goto(house.sandbox)
    phone = page.get_by_role("region", name="陈刚的手机")
    phone.get_by_role("button", name="账号信息").click()
    phone.get_by_role("button", name="扫一扫").click()
    phone.get_by_role("button", name="扫王芳手机上的图片").first.click()
    page.frame_locator("iframe").get_by_role("heading", name="绿码").wait_for()
    keep("phones-check", page.locator("main").screenshot(animations="disabled"))
    page.close()


def take_the_codes(house: House, resident: Resident) -> None:
    """code-grey.png, code-yellow.png, code-red.png: what time and the records of others make of a green one."""
    house.next_morning(4)
    keep("code-grey", resident.look().png, CODE_WIDTH)
    facts: dict[str, dict[str, Any]] = {
        "yellow": {"kind": "contact", "exposed_on": "2020-03-01"},
        "red": {"kind": "case", "case": "suspected", "since": "2020-03-02"},
    }
    for colour, fact in facts.items():
        before = resident.newest()
        given = {"document": {"number": resident.document}, "by": "网格员 李强", "reason": "示例", "fact": fact}
        house.operate("record", given=given)
        keep(f"code-{colour}", resident.picture_after(before).png, CODE_WIDTH)


def keep(name: str, png: bytes, width: int = 0) -> None:
    """Write a PNG of at most 256 colours, reduced to a width if one is given. Raises ValueError when it is large."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    if width and image.width > width:
        image = image.resize((width, image.height * width // image.width), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    if out.tell() > MOST_BYTES:
        raise ValueError(f"{name}: {out.tell()} bytes are too many for a README")
    (FOLDER / f"{name}.png").write_bytes(out.getvalue())


if __name__ == "__main__":
    main()
