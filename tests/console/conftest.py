"""The console of a running app on a real Valkey, beside the platform's stand-in; members of the staff signed in.

`desk.signed_in("li.qiang")` is a browser without scripts in which somebody is signed in; `desk.served` has the app on
a port, for a real one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.serving import make_server
from werkzeug.test import Client, TestResponse

from bot.console.visits import COOKIE
from domain.facts import SHANGHAI
from domain.roles import Grant, Role, Staff, granted, new_staff
from domain.scopes import Communities, Everywhere, Institution, Scope
from store.changes import Act
from store.console_sessions import Way
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
