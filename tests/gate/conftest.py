"""The gate served on a port, a guard on duty, residents, and a browser whose camera sees what a test chooses."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

from bot.console.visits import COOKIE
from channel.code_image import Card, draw
from domain import passes
from domain.people import Level
from domain.roles import Role
from domain.scopes import Communities, Venue
from domain.venues import new_venue
from domain.verdict import Colour
from store.changes import Act
from tests.code_page.conftest import Resident, Served, served
from tests.console.conftest import Desk
from tests.e2e.phone_page import CHROMIUM, FLAGS
from tests.reach.conftest import open_house, open_stage, webhook
from tests.stage import PHOENIX

__all__ = ["open_house", "open_stage", "served", "webhook"]

GATE, MARKET = "phoenix-gate", "east-market"
FRAME = (1280, 720)


@dataclass
class AtGate:
    """A served house with 陈刚 on duty at two venues."""

    served: Served
    desk: Desk

    def link(self, who: Resident, colour: Colour | None = None) -> str:
        """What the QR of this resident's code holds now."""
        ctx, now = self.served.house.ctx, self.served.now()
        person = ctx.people.read([who.pid])[who.pid]
        shown = colour if colour is not None else ctx.moment().judge(person).colour
        return ctx.signer().pass_for(who.pid, shown, now, passes.expiry(now, None))

    def picture(self, link: str, colour: Colour = Colour.GREEN) -> bytes:
        """The code as it is sent in the chat."""
        now = self.served.now()
        return draw(Card(colour, False, "王*1", now, passes.expiry(now, None), link))


@pytest.fixture
def at_gate(served: Served) -> AtGate:
    desk = Desk(served.house)
    desk.appoint("chen.gang", "陈刚", "金凤区卡口", Role.CHECKPOINT_STAFF, Communities("640106"))
    desk.appoint("ma.jun", "马军", "东市场", Role.CHECKPOINT_STAFF, Venue(MARKET))
    act = Act("test", "put venue")
    desk.ctx.venues.put(new_venue(GATE, "凤凰社区东门", PHOENIX), act)
    desk.ctx.venues.put(new_venue(MARKET, "东市场", PHOENIX), act)
    return AtGate(served, desk)


def film(picture: bytes, path: Path) -> Path:
    """A video in which somebody holds this picture before the camera (YUV4MPEG2, grey surroundings)."""
    frame = Image.new("RGB", FRAME, (120, 126, 132))
    shown = Image.open(io.BytesIO(picture)).convert("RGB")
    shown.thumbnail((FRAME[0] - 40, FRAME[1] - 40))
    frame.paste(shown, ((FRAME[0] - shown.width) // 2, (FRAME[1] - shown.height) // 2))
    luma, blue, red = (np.asarray(each) for each in frame.convert("YCbCr").split())
    planes = luma.tobytes() + blue[::2, ::2].tobytes() + red[::2, ::2].tobytes()
    head = f"YUV4MPEG2 W{FRAME[0]} H{FRAME[1]} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + planes) * 3)
    return path


@dataclass
class Phone:
    """A guard's phone. `problems` are errors of scripts and refusals by the policy."""

    page: Page
    context: BrowserContext
    problems: list[str] = field(default_factory=list)

    def scan(self) -> str:
        """开始扫码, until there is a result."""
        self.page.get_by_role("button", name="开始扫码").click()
        self.page.wait_for_function("() => document.documentElement.dataset.result")
        return str(self.page.evaluate("() => document.documentElement.dataset.result"))

    def measure(self, reading: str) -> str:
        """Two taps: the reading, then 记录; what the page says of it."""
        tapped = self.page.get_by_label(reading, exact=True)
        if tapped.count():
            tapped.click()
        else:
            self.page.get_by_placeholder("或输入 37.6").fill(reading)
        self.page.get_by_role("button", name="记录").click()
        self.page.locator("#done").wait_for()
        return self.page.locator("#done").inner_text()

    def text(self, id: str) -> str:
        return self.page.locator(f"#{id}").inner_text()

    def waiting(self) -> int:
        return int(self.page.evaluate("() => document.documentElement.dataset.waiting"))


OpenPhone = Callable[..., Phone]


@pytest.fixture
def open_phone(at_gate: AtGate, tmp_path: Path) -> Iterator[OpenPhone]:
    """Opens the app on a phone whose camera sees `picture`; `staff` is signed in, at a venue."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium is not installed")
    opened: list[Phone] = []
    with ExitStack() as stack:
        play = stack.enter_context(sync_playwright())

        def open(picture: bytes, staff: str = "chen.gang", venue: str = GATE, path: str = "/gate") -> Phone:
            video = film(picture, tmp_path / f"{len(opened)}.y4m")
            camera = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
            browser = play.chromium.launch(
                executable_path=str(CHROMIUM), args=[*FLAGS, *camera, f"--use-file-for-fake-video-capture={video}"]
            )
            stack.callback(browser.close)
            context = browser.new_context(
                locale="zh-CN", viewport={"width": 390, "height": 780}, has_touch=True, permissions=["camera"]
            )
            web = at_gate.served.web
            if staff:
                cookies = {COOKIE: at_gate.desk.cookie(staff), "yima_venue": venue}
                context.add_cookies([{"name": name, "value": value, "url": web} for name, value in cookies.items()])
            page = context.new_page()
            page.set_default_timeout(20_000)
            phone = Phone(page, context)
            opened.append(phone)
            page.on("pageerror", lambda error: phone.problems.append(str(error)))
            page.on(
                "console", lambda line: phone.problems.append(line.text) if "Content Security" in line.text else None
            )
            page.goto(web + path)
            if path == "/gate":
                page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
            return phone

        yield open
    for phone in opened:
        assert phone.problems == []


@pytest.fixture
def wang_fang(at_gate: AtGate) -> Resident:
    """王芳, declared an hour ago, green."""
    return at_gate.served.resident(1, Level.PHONE)
