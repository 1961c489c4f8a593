"""The live code page served on a port, beside the platform's stand-in, and a real browser to open it in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.serving import make_server
from werkzeug.test import Client

from bot.code_page import Seals
from bot.code_page.seals import Visitor, Way
from domain.facts import SHANGHAI, Fact
from domain.people import Level
from store.changes import Act
from tests.e2e.phone_page import CHROMIUM, running_browser
from tests.reach.conftest import House, OpenHouse, open_house, open_stage, webhook
from tests.stage import commit, declare, identity, pid_of
from tests.valkey import free_port
from worker.decisions.recording import record

__all__ = ["open_house", "open_stage", "webhook"]

ACT = Act("网格员 李强", "record", reason="核实", organisation="金凤区疾控中心")


@dataclass
class Served:
    """A house whose pages are served, at eight in the morning."""

    house: House
    seals: Seals

    @property
    def web(self) -> str:
        return self.house.ctx.settings.public_url

    def now(self) -> datetime:
        return self.house.ctx.clock.now()

    def pass_time(self, **parts: float) -> None:
        self.house.platform.post("/sandbox/clock", {"advance": timedelta(**parts).total_seconds()})

    def client(self) -> Client:
        """A browser without scripts, straight into the app."""
        return self.house.app.test_client()

    def resident(self, number: int = 1, level: Level = Level.PHONE) -> Resident:
        """Somebody who follows and declared just now."""
        phone, who = self.house.platform.person(), identity(number)
        resident = Resident(self, str(phone["id"]), str(phone["openid"]), pid_of(self.house.ctx, who))
        declared = declare(who, f"t{number}")
        fact = replace(declared.fact, at=self.now())
        commit(self.house.ctx, resident.openid, (resident.pid, replace(declared, level=level, fact=fact)))
        self.house.settle()
        return resident

    def record(self, pid: bytes, fact: Fact) -> None:
        """An authority records something of a person."""
        ctx = self.house.ctx
        assert ctx.people.write([record(ctx.people.read([pid])[pid], fact, ACT, ctx.moment())]) == [True]
        self.house.settle()


@dataclass
class Resident:
    served: Served
    phone: str
    openid: str
    pid: bytes

    def says(self, content: str) -> str:
        """Write in the chat; the text that is answered."""
        return str(self.served.house.platform.act({"id": self.phone}, "text", content=content)["reply"]["text"])

    def cookie(self, way: Way = Way.WECHAT) -> str:
        """A session as the way in gives it."""
        return self.served.seals.session(Visitor(self.openid, way), self.served.now())

    def client(self, way: Way = Way.WECHAT) -> Client:
        """A browser without scripts that is let in already."""
        client = self.served.client()
        client.set_cookie("yima_code", self.cookie(way), path="/code")
        return client


@pytest.fixture
def served(open_house: OpenHouse) -> Iterator[Served]:
    port = free_port()
    house = open_house(PUBLIC_URL=f"http://127.0.0.1:{port}")
    morning = (house.ctx.clock.now() + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    house.platform.post("/sandbox/clock", {"to": morning.astimezone(SHANGHAI).isoformat()})
    server = make_server("127.0.0.1", port, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Served(house, Seals(house.ctx.settings.secret_key))
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Visits:
    """Opens pages; `problems` are errors of scripts, refusals by the policy, requests that failed on the server."""

    browser: Browser
    problems: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self, resident: Resident, width: int = 320, path: str = "/code", clock: bool = False, **options: Any
    ) -> Page:
        """The page in a browser of this resident's own, recognised by WeChat; in New York, where clocks differ.

        With `clock` its timers are moved by the test.
        """
        shape = {"viewport": {"width": width, "height": 640}, "device_scale_factor": 2, "has_touch": True}
        context = self.browser.new_context(locale="zh-CN", timezone_id="America/New_York", **{**shape, **options})
        self.contexts.append(context)
        base = resident.served.house.platform.base
        context.add_cookies([{"name": "sandbox_phone", "value": resident.phone, "url": base}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._heard)
        if clock:
            page.clock.install()
        page.goto(resident.served.web + path)
        return page

    def _heard(self, line: ConsoleMessage) -> None:
        if line.type == "error" and not any(each in line.text for each in MEANT):
            self.problems.append(line.text)


MEANT = ("ERR_INTERNET_DISCONNECTED", "status of 401", "status of 403", "status of 410", "status of 503")
"""What a browser says of a network that a test took away, and of answers that a test asked for."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium is not installed")
    with running_browser() as browser:
        yield browser


@pytest.fixture
def visits(browser: Browser) -> Iterator[Visits]:
    visits = Visits(browser)
    yield visits
    for context in visits.contexts:
        context.close()
    assert visits.problems == []
