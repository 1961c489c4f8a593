"""A studio: the sandbox with a population, a house on a real Valkey whose residents they are, two administrators."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from domain.broadcasts.account import Report
from domain.broadcasts.audience import Audience
from domain.broadcasts.broadcast import Broadcast, Route
from domain.broadcasts.content import Content, Template, Text
from domain.facts import SHANGHAI, By, Declaration, Fact, History
from domain.facts import Report as Reading
from domain.people import Level
from domain.person import Person
from domain.roles import Grant, Role, Staff
from domain.scopes import Everywhere
from flows.core import Session
from sandbox.app import create_app
from sandbox.config import read
from sandbox.server import Server
from sandbox.world import World, build
from store.account import Remembered
from store.changes import Act, Change, Following
from store.keys import account_tag
from store.piles import Piles
from tests.stage import PHOENIX, environment, identity, pid_of, settings
from worker.broadcasts import deciding
from worker.broadcasts.calling import platform_of
from worker.broadcasts.deciding import Draft
from worker.broadcasts.jobs import advance_broadcast
from worker.broadcasts.telling import report
from worker.context import Context
from worker.settling.rebuild import rebuild_rosters
from worker.wiring import build as build_context

ADMIN = (Grant(Role.NOTICE_ADMIN, Everywhere()),)
ZHAO = Staff("zhao.min", "赵敏", "自治区指挥部", ADMIN)
MA = Staff("ma.hong", "马红", "自治区指挥部", ADMIN)
NOTICE = Text("明日起恢复公交，请佩戴口罩乘车。")
TEMPLATE = Template("N" * 43, {"thing1": "恢复公交", "thing3": "请佩戴口罩"})
TEMPLATES = [
    {
        "title": "通知",
        "content": "事项：{{thing1.DATA}}\n说明：{{thing3.DATA}}",
        "kind": "template",
        "template_id": TEMPLATE.template_id,
    }
]
LEASE = 150
"""Milliseconds, so that a test does not wait for the dead."""


@dataclass(frozen=True)
class SandboxClock:
    world: World

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.world.clock.now(), SHANGHAI)

    def start(self) -> None:
        return


@dataclass
class Studio:
    base: str
    world: World
    ctx: Context
    http: requests.Session = field(default_factory=requests.Session)
    drafts: int = 0

    def residents(self, count: int, **more: Any) -> list[str]:
        """Openids of so many residents who follow and wrote a moment ago; they live in one community."""
        self.post("/sandbox/population", {"n": count, "prefix": "b", **more})
        people = self.get("/sandbox/population", prefix="b", most=count)["people"][:count]
        openids = [person["openid"] for person in people]
        for number, openid in enumerate(openids):
            self.resident(number, openid)
        rebuild_rosters(self.ctx)
        return openids

    def resident(
        self, number: int, openid: str, temperature: str = "36.5", days_ago: int = 0, community: str = PHOENIX
    ) -> None:
        """Declared, and reported last so many days ago; a roster is to be rebuilt after it."""
        ctx, now = self.ctx, self.ctx.clock.now()
        at = now - timedelta(days=days_ago)
        facts: tuple[Fact, ...] = (
            Declaration(id="d", at=at - timedelta(days=1), by=By.SELF, temperature=Decimal("36.5")),
            Reading(id="r", at=at, by=By.SELF, temperature=Decimal(temperature)),
        )
        pid = pid_of(ctx, identity(number))
        person = Person(
            pid, 1, identity=identity(number), community=community, level=Level.PHONE, account=openid,
            history=History(facts),
        )  # fmt: skip
        ctx.people.write([Change(Person(pid), person, Following(pid, 1))])
        if openid:
            self.account(openid, number, now)

    def account(self, openid: str, number: int, heard_at: datetime | None, following: bool = True) -> None:
        before = self.ctx.accounts.read(openid)
        session = Session(tag=account_tag(openid), following=following)
        pid = pid_of(self.ctx, identity(number))
        after = replace(before, session=session, self_pid=pid, heard_at=heard_at)
        self.ctx.accounts.commit(before, after, f"{before.version}", Remembered(0, "nothing"), [])

    def draft(self, content: Content = NOTICE, route: Route = Route.WINDOW, **more: Any) -> int:
        """Drafted by 赵敏, and looked at on her phone."""
        self.drafts += 1
        audience = more.pop("audience", Audience())
        made = deciding.draft(self.ctx, ZHAO, Draft(content, audience, route, f"test-{self.drafts}", **more))
        self.previewed(made.number)
        return made.number

    def previewed(self, number: int) -> None:
        """As a preview on her own phone leaves it; that it arrives there is another test's."""
        now = self.ctx.clock.now()
        seen = Act(ZHAO.id, "preview")
        self.ctx.broadcasts.change(number, lambda before: replace(before, previewed_at=now), seen)

    def approved(self, content: Content = NOTICE, route: Route = Route.WINDOW, **more: Any) -> int:
        number = self.draft(content, route, **more)
        deciding.submit(self.ctx, ZHAO, number)
        deciding.approve(self.ctx, MA, number)
        return number

    def advance(self, number: int, seconds: float = 30) -> Report:
        """What the bulk worker does with it; where everybody stands then."""
        advance_broadcast(self.ctx, number, seconds)
        return self.report(number)

    def report(self, number: int) -> Report:
        return report(self.ctx, self.read(number))

    def read(self, number: int) -> Broadcast:
        return self.ctx.broadcasts.read(number)

    def plan(self, number: int) -> Any:
        return deciding.count(self.ctx, platform_of(self.ctx), number)

    def received(self, openids: Sequence[str]) -> Counter[int]:
        """How many of them have got 0, 1, 2, … messages, by the sandbox's own record."""
        page = self.get("/sandbox/population", prefix="b", most=len(openids))["people"]
        told = {person["openid"]: person["received"] for person in page}
        return Counter(told[openid] for openid in openids)

    def post(self, path: str, document: Any = None) -> Any:
        answer = self.http.post(self.base + path, json=document or {}, timeout=40)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(self.base + path, params=query, timeout=40).json()


@contextlib.contextmanager
def open_studio(
    valkey_url: str, tmp_path: Path, webhook: str = "http://127.0.0.1:9/wechat", **limits: Any
) -> Iterator[Studio]:
    given = environment(valkey_url, tmp_path)
    server = Server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{server.server_address[1]}"
    names = {"app_id": "APP_ID", "app_secret": "APP_SECRET", "token": "TOKEN", "aes_key": "AES_KEY"}
    account: dict[str, Any] = {field: given[f"WECHAT_{name}"] for field, name in names.items()}
    account |= {
        "original_id": given["WECHAT_ORIGINAL_ID"],
        "account_name": "宁夏一码",
        "sms_key": "adapter-key-0",
        "templates": TEMPLATES,
    }
    who, bounds = read({**account, "mode": "safe", "limits": {"failure_pause": 0, "result_pause": 0, **limits}})
    world = build(who, bounds, tmp_path / "sandbox", base, webhook)
    server.app = create_app(world)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    made = build_context(settings(valkey_url, tmp_path, SETTLE_LANES="1", WECHAT_API_BASE=base, WECHAT_MP_BASE=base))
    piles = Piles(made.redis, made.keys, made.vault, LEASE)
    ctx = replace(made, clock=SandboxClock(world), piles=piles)
    for staff in (ZHAO, MA):
        ctx.staff.add(staff, Act("test", "add staff"))
    try:
        yield Studio(base, world, ctx)
    finally:
        server.shutdown()
        server.server_close()
        world.close()
