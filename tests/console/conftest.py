"""The console of a running app on a real Valkey, beside the platform's stand-in; members of the staff signed in.

`desk.signed_in("li.qiang")` is a browser without scripts in which somebody is signed in; `desk.served` has the app on
a port, for a real one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from werkzeug.serving import make_server
from werkzeug.test import Client, TestResponse

from bot.console.visits import COOKIE
from domain.appointing import granted, new_staff
from domain.facts import SHANGHAI
from domain.roles import Grant, Role, Staff
from domain.scopes import Communities, Everywhere, Institution, Scope
from store.changes import Act
from store.console_sessions import Way
from tests.e2e.phone_page import CHROMIUM, running_browser
from tests.reach.conftest import House, OpenHouse, open_house, open_stage, webhook
from tests.stage import PHOENIX
from tests.valkey import free_port
from worker.context import Context

__all__ = ["open_house", "open_stage", "webhook"]

STAFF: tuple[tuple[str, str, str, Role, Scope], ...] = (
    ("zhao.min", "赵敏", "自治区指挥部", Role.SYSTEM_ADMIN, Everywhere()),
    ("li.qiang", "李强", "凤凰社区", Role.COMMUNITY_WORKER, Communities(PHOENIX)),
    ("ma.li", "马丽", "惠农社区", Role.COMMUNITY_WORKER, Communities("6402")),
    ("bai.xue", "白雪", "自治区第四人民医院", Role.INSTITUTION_REPORTER, Institution("hospital-4")),
    ("chen.gang", "陈刚", "金凤区卡口", Role.CHECKPOINT_STAFF, Communities("640106")),
    ("sun.yu", "孙玉", "金凤区疾控中心", Role.EPIDEMIC_OFFICER, Communities("640106")),
    ("tian.hua", "田华", "自治区疾控中心", Role.EPIDEMIC_OFFICER, Everywhere()),
    ("he.jing", "何静", "自治区指挥部", Role.NOTICE_ADMIN, Everywhere()),
    ("qin.an", "秦安", "自治区审计厅", Role.AUDITOR, Everywhere()),
)
"""At least one of each role of people: id, name, organisation, role, scope."""


@dataclass
class Browser:
    """A browser without scripts. `post` sends the token of the session along, as a form of the page does."""

    client: Client
    csrf: str = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        return self.client.post(path, data={"csrf": self.csrf, **(data or {})}, **options)


@dataclass
class Desk:
    """A house with its staff, at eight in the morning."""

    house: House

    @property
    def ctx(self) -> Context:
        return self.house.ctx

    @property
    def web(self) -> str:
        return self.ctx.settings.public_url

    def pass_time(self, **parts: float) -> None:
        """Time passes for everybody."""
        self.house.platform.world.clock.advance(timedelta(**parts).total_seconds())

    def visitor(self) -> Browser:
        """Somebody who is not signed in."""
        return Browser(self.house.app.test_client())

    def cookie(self, staff: str) -> str:
        """A session as signing in by a scan gives it."""
        account, now = self.ctx.staff.read(staff).account, self.ctx.clock.now()
        return self.ctx.console_sessions.begin(staff, Way.SCAN, account, now, browser="test", language="zh")

    def signed_in(self, staff: str) -> Browser:
        """The browser of a member of the staff who is signed in."""
        cookie = self.cookie(staff)
        client = self.house.app.test_client()
        client.set_cookie(COOKIE, cookie, path="/")
        session = self.ctx.console_sessions.read(cookie, self.ctx.clock.now())
        assert session is not None
        return Browser(client, session.csrf)

    def appoint(self, id: str, name: str, organisation: str, role: Role, scope: Scope) -> Staff:
        """Somebody new of the staff."""
        made = granted(new_staff(id, name, organisation), Grant(role, scope))
        self.ctx.staff.add(made, Act("test", "staff add"))
        return made


def text_of(response: TestResponse) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.fixture
def desk(open_house: OpenHouse) -> Iterator[Desk]:
    """The house in this process, and its app served on a port at `desk.web`."""
    port = free_port()
    house = open_house(PUBLIC_URL=f"http://127.0.0.1:{port}")
    morning = (house.ctx.clock.now() + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    house.platform.post("/sandbox/clock", {"to": morning.astimezone(SHANGHAI).isoformat()})
    desk = Desk(house)
    for each in STAFF:
        desk.appoint(*each)
    server = make_server("127.0.0.1", port, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield desk
    server.shutdown()
    thread.join()
    server.server_close()


# --- a real browser ---------------------------------------------------------------------------------------------------

MEANT = ("status of 400", "status of 401", "status of 403", "status of 429", "status of 503")
"""What a browser says of answers that a test asked for."""


@dataclass
class Windows:
    """Windows of a real browser, each with cookies of its own. `problems` are errors of scripts, refusals by the
    policy and requests that failed."""

    desk: Desk
    chromium: Chromium
    problems: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str, staff: str = "", width: int = 1280, **options: Any) -> Page:
        """A page, as a member of the staff or nobody sees it; 320 is a phone."""
        shape = {"viewport": {"width": width, "height": 800 if width > 600 else 640}, "locale": "zh-CN"}
        context = self.chromium.new_context(**{**shape, **options})
        self.contexts.append(context)
        if staff:
            cookie = {"name": COOKIE, "value": self.desk.cookie(staff), "url": self.desk.web}
            context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._heard)
        page.goto(self.desk.web + path)
        return page

    def _heard(self, line: ConsoleMessage) -> None:
        if line.type == "error" and not any(each in line.text for each in MEANT):
            self.problems.append(line.text)


def grave(page: Page) -> list[tuple[str, str]]:
    """What axe finds of weight: rule and place."""
    found = Axe().run(page).response["violations"]
    weighty = [each for each in found if each["impact"] in ("serious", "critical")]
    return [(each["id"], node["html"]) for each in weighty for node in each["nodes"]]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium is not installed")
    with running_browser() as chromium:
        yield chromium


@pytest.fixture
def windows(desk: Desk, chromium: Chromium) -> Iterator[Windows]:
    windows = Windows(desk, chromium)
    yield windows
    for context in windows.contexts:
        context.close()
    assert windows.problems == []
