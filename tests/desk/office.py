"""An office: the real webhook, settle and deliver of one process against the sandbox, on a real Valkey.

What is said on a telephone goes through the sandbox's push, the conversation, the commit, the outbox, the post and the
platform's API back onto the telephone's screen; the drains run when somebody waits for the answer.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from bot import app as application
from domain.appointing import granted, new_staff
from domain.facts import SHANGHAI, By, Report
from domain.person import Person
from domain.roles import Grant, Role
from domain.scopes import Communities, Everywhere, GridCells, Scope
from sandbox.app import create_app
from sandbox.config import read
from sandbox.server import Server
from sandbox.world import World, build
from store.changes import Act
from store.keys import AUDITED, account_tag
from store.world import WorldWatch
from tests.stage import PHOENIX, commit, declare, environment, identity, pid_of, settings
from worker import drains
from worker.context import Context
from worker.jobs import deliver_lane, settle_lane
from worker.operate import COMMANDS
from worker.wiring import build as build_context

STAFF: tuple[tuple[str, str, str, Role, Scope], ...] = (
    ("zhao.min", "赵敏", "自治区指挥部", Role.SYSTEM_ADMIN, Everywhere()),
    ("li.qiang", "李强", "凤凰社区", Role.COMMUNITY_WORKER, Communities(PHOENIX)),
    ("ma.li", "马丽", "惠农社区", Role.COMMUNITY_WORKER, Communities("6402")),
    ("wu.gang", "吴刚", "凤凰社区", Role.COMMUNITY_WORKER, GridCells(PHOENIX, (3, 4))),
    ("sun.yu", "孙玉", "金凤区疾控中心", Role.EPIDEMIC_OFFICER, Communities("640106")),
)


@dataclass(frozen=True)
class SandboxClock:
    """The sandbox's time, read where it is."""

    world: World

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.world.clock.now(), SHANGHAI)

    def start(self) -> None:
        return


@dataclass
class Phone:
    """One telephone: what it says, and what came onto its screen since."""

    office: Office
    id: str
    openid: str
    seen: int = 0

    def say(self, text: str) -> list[str]:
        """Say it, wait until everything that follows is sent; the texts that came, the passive reply first.

        A second after the last one, as fast as a thumb is: the platform counts credits from whole seconds.
        """
        self.office.wait(seconds=1)
        self.office.post(f"/sandbox/phones/{self.id}/text", {"content": text})
        self.office.drain()
        return self.read()

    def ask(self, text: str) -> str:
        """Say it; the message that came after the passive reply."""
        replied, answered = self.say(text)
        assert "正在办理" in replied
        return answered

    def read(self) -> list[str]:
        lines = self.office.get(f"/sandbox/phones/{self.id}/messages", after=self.seen)
        self.seen = max([self.seen, *(line["n"] for line in lines)])
        return [line.get("text", line["type"]) for line in lines if line["from"] == "account"]


@dataclass
class Office:
    base: str
    world: World
    ctx: Context
    http: requests.Session = field(default_factory=requests.Session)

    def post(self, path: str, document: Any = None) -> Any:
        answer = self.http.post(self.base + path, json=document or {}, timeout=40)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(self.base + path, params=query, timeout=40).json()

    def phone(self, name: str) -> Phone:
        """A new telephone whose owner follows the account."""
        made = self.post("/sandbox/phones", {"name": name})
        self.post(f"/sandbox/phones/{made['id']}/follow")
        phone = Phone(self, made["id"], made["openid"])
        self.drain()
        phone.read()
        return phone

    def drain(self) -> None:
        settle_lane(self.ctx, 0)
        deliver_lane(self.ctx, drains.deliverer(self.ctx), 0)
        settle_lane(self.ctx, 0)
        deliver_lane(self.ctx, drains.deliverer(self.ctx), 0)

    def wait(self, **parts: float) -> None:
        """Time passes for everybody."""
        self.world.clock.advance(timedelta(**parts).total_seconds())

    def run(self, *words: str, given: str = "{}") -> str:
        """`python -m worker WORDS`: what it prints."""
        command = next(command for command in COMMANDS if command.name == words[0])
        result = CliRunner().invoke(command, words[1:], input=given)
        assert result.exit_code == 0, result.output
        return result.stdout

    def acts(self) -> list[str]:
        """What is in the audit, of everybody."""
        return [act[2] for shard in AUDITED for _, act in self.ctx.audit.acts(shard)]

    def code(self, staff: str) -> str:
        """What somebody types who was invited."""
        return self.run("staff", "invite", staff, "--as", "zhao.min").strip()

    def bound(self, staff: str) -> Phone:
        """The telephone of somebody of the staff, bound."""
        phone = self.phone(staff)
        assert "绑定成功" in phone.ask(self.code(staff))
        return phone

    def order(self, name: str, staff: str, number: int, **more: Any) -> None:
        """`python -m worker order NAME` about somebody, and what follows from it."""
        given = {"document": {"number": identity(number).document.number}, "reason": "上门核实", **more}
        self.run("order", name, "--as", staff, given=json.dumps(given))
        settle_lane(self.ctx, 0)

    def person(self, pid: bytes) -> Person:
        return self.ctx.people.read([pid])[pid]

    def facts(self, number: int) -> list[str]:
        """Ids of what is on record of somebody."""
        return [fact.id for fact in self.person(pid_of(self.ctx, identity(number))).history.facts]

    def reports(self, pid: bytes) -> int:
        """How many reports by a worker are on record."""
        return sum(isinstance(fact, Report) and fact.by is By.WORKER for fact in self.person(pid).history.facts)

    def resident(
        self, number: int, temperature: str = "36.5", days_ago: int = 1, community: str = PHOENIX, name: str = ""
    ) -> bytes:
        """Somebody who declared some days ago and has not reported since, without a telephone; the pid."""
        account = f"oResident{number:019d}"
        who = replace(identity(number), name=name) if name else identity(number)
        effect = declare(who, account_tag(account), temperature, community)
        fact = replace(effect.fact, at=self.ctx.clock.now() - timedelta(days=days_ago))
        commit(self.ctx, account, (pid_of(self.ctx, who), replace(effect, fact=fact)))
        settle_lane(self.ctx, 0)
        return pid_of(self.ctx, who)


@contextlib.contextmanager
def open_office(valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """At nine in the morning."""
    given = environment(valkey_url, tmp_path)
    sandbox, webhook = Server(("127.0.0.1", 0)), Server(("127.0.0.1", 0))
    base, hook = (f"http://127.0.0.1:{each.server_address[1]}" for each in (sandbox, webhook))
    account, limits = read(
        {
            "app_id": given["WECHAT_APP_ID"],
            "app_secret": given["WECHAT_APP_SECRET"],
            "token": given["WECHAT_TOKEN"],
            "aes_key": given["WECHAT_AES_KEY"],
            "original_id": given["WECHAT_ORIGINAL_ID"],
            "account_name": "宁夏一码",
            "sms_key": "adapter-key-0",
            "mode": "safe",
            "limits": {"failure_pause": 0},
        }
    )
    world = build(account, limits, tmp_path / "sandbox", base, f"{hook}/wechat")
    sandbox.app = create_app(world)
    clock = SandboxClock(world)
    made = settings(valkey_url, tmp_path, SETTLE_LANES="1", WECHAT_API_BASE=base, WECHAT_MP_BASE=base)
    ctx = replace(build_context(made), clock=clock)
    monkeypatch.setattr(application, "clock_for", lambda _: clock)
    # No thread that outlives the test and reads from the server of the others.
    monkeypatch.setattr(WorldWatch, "start", lambda self: None)
    webhook.app = application.create_app(made)
    for name, module in list(sys.modules.items()):
        if name.startswith("worker.operate.") and hasattr(module, "context"):
            monkeypatch.setattr(module, "context", lambda: ctx)
    for server in (sandbox, webhook):
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    world.clock.to((clock.now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0))
    for id, called, organisation, role, scope in STAFF:
        ctx.staff.add(granted(new_staff(id, called, organisation), Grant(role, scope)), Act("test", "staff add"))
    try:
        yield Office(base, world, ctx)
    finally:
        for server in (sandbox, webhook):
            server.shutdown()
            server.server_close()
        world.close()
