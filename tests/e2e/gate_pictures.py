"""The README's pictures of the gate: a code before the guard's camera, online and offline, genuine and forged."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize

from bot.console.visits import COOKIE
from channel.code_image import draw
from channel.code_samples import sample
from domain.venues import new_venue
from domain.verdict import Colour
from settings.reading import load
from store.changes import Act
from store.console_sessions import Way
from tests.e2e.house import House
from tests.e2e.phone_page import CHROMIUM, FLAGS
from tests.e2e.resident import Resident
from tests.gate.conftest import Phone, film
from worker.context import Context
from worker.wiring import build

SIZE: ViewportSize = {"width": 414, "height": 800}
SCALE = 2


def take_the_gate(any_browser: Browser, house: House, resident: Resident, keep: Callable[[str, bytes], None]) -> None:
    """gate-scan.png, gate-offline.png, gate-forged.png: after a scan, after one without a network, and after one of a
    code that another key signed."""
    cookie = signed_in(house)
    with guard_app(any_browser, house, cookie, resident.look().png) as phone:
        phone.scan()
        phone.page.get_by_label("36.5", exact=True).click()
        keep("gate-scan", phone.page.screenshot())
        phone.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
        phone.context.set_offline(True)
        phone.scan()
        phone.measure("36.6")
        keep("gate-offline", phone.page.screenshot())
    with guard_app(any_browser, house, cookie, draw(sample(Colour.GREEN, house.web))) as phone:
        found = phone.scan()
        assert found == "bad-signature", found
        keep("gate-forged", phone.page.screenshot())


def signed_in(house: House) -> str:
    """The cookie of a guard at the gate `east-gate`."""
    ctx = house_context(house)
    house.appoint("chen.gang", "checkpoint_staff", "640106", "金凤区卡口")
    ctx.venues.put(new_venue("east-gate", "中强巷社区东门", "640106001002"), Act("pictures", "put venue"))
    return ctx.console_sessions.begin("chen.gang", Way.SCAN, "", ctx.clock.now(), browser="Chrome", language="zh")


@contextmanager
def guard_app(any_browser: Browser, house: House, cookie: str, picture: bytes) -> Iterator[Phone]:
    """The guard's app, ready, with a camera that sees this picture."""
    with tempfile.TemporaryDirectory() as folder:
        video = film(picture, Path(folder) / "code.y4m")
        camera = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
        flags = [*FLAGS, *camera, f"--use-file-for-fake-video-capture={video}"]
        browser = any_browser.browser_type.launch(executable_path=str(CHROMIUM), args=flags)
        context = browser.new_context(permissions=["camera"], viewport=SIZE, device_scale_factor=SCALE, locale="zh-CN")
        for name, value in ((COOKIE, cookie), ("yima_venue", "east-gate")):
            context.add_cookies([{"name": name, "value": value, "url": house.web}])
        page = context.new_page()
        page.clock.install(time=house.now())
        page.goto(f"{house.web}/gate")
        page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
        yield Phone(page, context)
        browser.close()


def house_context(house: House) -> Context:
    """What commands beside the running house use."""
    os.environ["DATA_DIR"] = str(house.folder)
    made = build(load())
    made.clock.start()
    return made
