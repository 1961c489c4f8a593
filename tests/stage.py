"""A stage for tests of the store, the workers and the shell: settings, invented people, a context on a real Valkey."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from domain.facts import SHANGHAI, By, Declaration, Report
from domain.people import Document, DocumentKind, Identity, Level, resident_id
from flows.effects import Declare, Effect, Record, Standing
from settings import Settings
from settings.reading import load
from store.account import Pending, Remembered
from store.sealing import person_id
from worker.context import Context
from worker.wiring import build

PHOENIX = "640106001002"
"""中强巷社区 of 银川市金凤区; the next one is 满春园社区."""
BRIDGE = "640106001003"
NOW = datetime(2020, 3, 2, 8, 0, tzinfo=SHANGHAI)


def key(number: int) -> str:
    return base64.urlsafe_b64encode(bytes([number]) * 32).decode().rstrip("=")


def environment(redis_url: str, data_dir: Path, **more: str) -> dict[str, str]:
    """A whole environment of a house whose platform is on loopback."""
    return {
        "WECHAT_APP_ID": "wx5823bf96d3bd56c7",
        "WECHAT_APP_SECRET": "0123456789abcdef0123456789abcdef",
        "WECHAT_TOKEN": "AAAAA",
        "WECHAT_AES_KEY": "A" * 43,
        "WECHAT_ORIGINAL_ID": "gh_0123456789ab",
        "WECHAT_API_BASE": "http://127.0.0.1:9",
        "WECHAT_MP_BASE": "http://127.0.0.1:9",
        "PUBLIC_URL": "http://127.0.0.1:9",
        "REDIS_URL": redis_url,
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": key(1),
        "PID_KEY": key(2),
        "IDENTITY_KEY": key(3),
        "HANDLE_KEY": key(4),
        "CODE_SIGNING_KEY": key(5),
        **more,
    }


def settings(redis_url: str, data_dir: Path, **more: str) -> Settings:
    return load(environment(redis_url, data_dir, **more))


class FixedClock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = NOW) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at

    def start(self) -> None:
        return

    def advance(self, **parts: float) -> None:
        self.at += timedelta(**parts)


def stage(redis_url: str, data_dir: Path, **more: Any) -> Context:
    """A worker's context on a test server, with a clock that stands still."""
    return replace(build(settings(redis_url, data_dir, **more)), clock=FixedClock())


def openid(number: int) -> str:
    return f"oStage{number:022d}"


def identity(number: int) -> Identity:
    """An invented person with a valid check digit."""
    document = Document(DocumentKind.RESIDENT_ID, resident_id("640106", date(1990, 3, 4), number))
    return Identity(f"王芳{number}", document, f"138{number:08d}")


def pid_of(ctx: Context, who: Identity) -> bytes:
    return person_id(ctx.settings.pid_key, who.document.kind.value, who.document.number)


def declare(who: Identity, tag: str, temperature: str = "36.5", community: str = PHOENIX) -> Declare:
    fact = Declaration(id=f"{tag}-1", at=NOW, by=By.SELF, temperature=Decimal(temperature))
    return Declare(identity=who, level=Level.PHONE, community=community, address="幸福路 1 号", fact=fact)


def report(pid: bytes, name: str, temperature: str, at: datetime = NOW) -> Record:
    return Record(pid=pid, fact=Report(id=name, at=at, by=By.SELF, temperature=Decimal(temperature)))


def commit(ctx: Context, who: str, *effects: tuple[bytes, Effect]) -> None:
    """What a conversation does at the end of a turn with these effects."""
    account = ctx.accounts.read(who)
    numbered = [(account.session.seq + n, pid, effect) for n, (pid, effect) in enumerate(effects, 1)]
    pending = [Pending(seq, pid, e) for seq, pid, e in numbered if isinstance(e, Standing)]
    session = replace(account.session, seq=account.session.seq + len(effects), following=True)
    self_pid = next((pid for pid, effect in effects if isinstance(effect, Declare)), account.self_pid)
    after = replace(account, session=session, self_pid=self_pid, pending=(*account.pending, *pending), heard_at=NOW)
    reply = Remembered(int(NOW.timestamp()), "nothing")
    dedup = f"{account.version}"
    assert ctx.accounts.commit(account, after, dedup, reply, numbered) == reply
