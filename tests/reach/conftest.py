"""The house and the platform's stand-in, each of them real, joined by HTTP: pushes in, calls out, one clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

from bot import app as application
from domain.facts import SHANGHAI
from domain.people import Identity
from flows.core import Say
from sandbox.world import World
from store.calls import Call
from store.keys import shard_of
from tests.sandbox.conftest import ACCOUNT, Open, Stage, open_stage, webhook
from tests.stage import PHOENIX, commit, declare, identity, pid_of, settings
from worker import drains
from worker.context import Context
from worker.delivery import letters
from worker.delivery.letters import Sendable
from worker.jobs import deliver_lane, settle_lane
from worker.wiring import build

__all__ = ["open_stage", "webhook"]

REMINDER, NOTICE = "R" * 43, "N" * 43
CONTENT = "事项：{{thing1.DATA}}\n时间：{{time2.DATA}}\n说明：{{thing3.DATA}}"
TEMPLATES = [
    {"title": "健康申报通知", "content": CONTENT, "kind": "long-term", "template_id": REMINDER},
    {"title": "健康码变更通知", "content": CONTENT, "kind": "template", "template_id": NOTICE},
]
KEYWORDS = ";thing1=what;time2=when;thing3=advice"


@dataclass
class PlatformClock:
    """The sandbox's time, read where it is."""

    world: World

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.world.clock.now(), SHANGHAI)

    def start(self) -> None:
        return


@dataclass
class House:
    """Everything of ours that takes part."""

    platform: Stage
    app: Flask
    ctx: Context

    def __post_init__(self) -> None:
        self.deliverer = drains.deliverer(self.ctx)

    def resident(self, number: int = 1) -> Resident:
        """Somebody who follows, wrote a word just now, and has declared long ago."""
        phone, who = self.platform.person(), identity(number)
        person = Resident(self, phone, who, pid_of(self.ctx, who))
        commit(self.ctx, person.openid, (person.pid, declare(who, f"t{number}")))
        self.settle()
        self.ctx.redis.delete(self.ctx.keys.post(shard_of(person.openid)))
        return person

    def settle(self) -> None:
        settle_lane(self.ctx, 0)

    def deliver(self) -> None:
        deliver_lane(self.ctx, self.deliverer, 0)

    def post(self, letter: Sendable) -> None:
        kind, body = letters.seal(self.ctx.vault, letter)
        self.ctx.redis.xadd(self.ctx.keys.post(shard_of(letter.openid)), {"k": kind, "b": body})

    def waiting(self, openid: str) -> int:
        return int(self.ctx.redis.xlen(self.ctx.keys.post(shard_of(openid))))

    def calls(self) -> dict[bytes, Call]:
        return dict(self.ctx.calls.of(PHOENIX))

    def counted(self, path: str) -> int:
        """Calls of a path that the platform answered."""
        listing = self.platform.get("/sandbox/calls", path=path, kind="api")
        return len(listing["calls"])


@dataclass
class Resident:
    house: House
    phone: dict[str, Any]
    who: Identity
    pid: bytes

    @property
    def openid(self) -> str:
        return str(self.phone["openid"])

    def act(self, act: str, **stated: Any) -> Any:
        return self.house.platform.act(self.phone, act, **stated)

    def says(self, content: str) -> Any:
        return self.act("text", content=content)

    def agrees(self, accept: bool = True) -> None:
        self.act("consent", template_id=REMINDER, accept=accept)

    def letter(self, template: str, ref: str = "r1", kind: str = "text", **args: Any) -> Sendable:
        """A letter with a sentence of ours on its way to this resident."""
        return Sendable(self.openid, kind, self.pid, (Say(template, args),), ref=ref)

    def gets(self, letter: Sendable) -> list[tuple[str, str]]:
        """What comes to the phone when a letter is delivered: (via, type)."""
        before = len(self.screen())
        self.house.post(letter)
        self.house.deliver()
        return [(line["via"], line["type"]) for line in self.screen()[before:]]

    def screen(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.house.platform.get(f"/sandbox/phones/{self.phone['id']}/messages")
        return found

    def lets_windows_close(self) -> None:
        self.house.platform.world.clock.advance(49 * 3600)

    def undelivered(self) -> list[str]:
        entries = self.house.ctx.streams.read("undelivered", [shard_of(self.openid)], 100)
        return [entry.fields[b"reason"].decode() for entry in entries]


OpenHouse = Callable[..., House]
SECOND = timedelta(seconds=1)


def opening() -> datetime:
    """The next ten in the morning, when the house opens whenever tests run: nobody is reminded at night."""
    now = datetime.now(SHANGHAI)
    return now + (datetime.combine(now, time(10, 0, 1), SHANGHAI) - now) % timedelta(days=1) // SECOND * SECOND


@pytest.fixture
def open_house(
    open_stage: Open, valkey_url: str, redis_client: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> OpenHouse:
    """Open the house against a sandbox with these limits; settings in upper case replace the usual ones."""

    def start(**told: Any) -> House:
        ours = {name: value for name, value in told.items() if name.isupper()}
        limits = {name: value for name, value in told.items() if not name.isupper()}
        platform = open_stage(account={"templates": TEMPLATES}, **limits)
        clock = PlatformClock(platform.world)
        # Opened again, the platform's clock is where it was: then there is nothing to wait for.
        if (ahead := (opening() - clock.now()).total_seconds()) > 60:
            platform.world.clock.advance(ahead)
        account = {
            "WECHAT_APP_ID": ACCOUNT["app_id"],
            "WECHAT_APP_SECRET": ACCOUNT["app_secret"],
            "WECHAT_TOKEN": ACCOUNT["token"],
            "WECHAT_AES_KEY": ACCOUNT["aes_key"],
            "WECHAT_ORIGINAL_ID": ACCOUNT["original_id"],
            "WECHAT_API_BASE": platform.base,
            "SANDBOX": platform.base,
            "WECHAT_REMINDER_TEMPLATE": REMINDER + KEYWORDS,
            "WECHAT_NOTICE_TEMPLATE": NOTICE + KEYWORDS,
            "SETTLE_LANES": "1",
        }
        made = settings(valkey_url, tmp_path, **(account | ours))
        monkeypatch.setattr(application, "clock_for", lambda _: clock)
        app = application.create_app(made)

        def answer(query: dict[str, str], body: bytes) -> tuple[int, bytes]:
            response = app.test_client().post("/wechat", query_string=query, data=body)
            return response.status_code, response.data

        platform.webhook.answer = answer
        return House(platform, app, replace(build(made), clock=clock))

    return start


@pytest.fixture
def house(open_house: OpenHouse) -> House:
    return open_house()
