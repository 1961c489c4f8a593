"""Everything the sandbox consists of, put together in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox.calls import Calls
from sandbox.clock import Clock
from sandbox.config import Account, Limits
from sandbox.database import Database
from sandbox.delivery import Delivery
from sandbox.media import Media
from sandbox.phones import Phones
from sandbox.quota import Quota
from sandbox.replies import Reader
from sandbox.scenes import Scenes
from sandbox.tokens import Tokens
from sandbox.windows import Windows

_FIRST = "王芳"


@dataclass(frozen=True, slots=True)
class World:
    """One account, its phones and its state. `base` is the address of the sandbox itself, without a slash."""

    account: Account
    limits: Limits
    base: str
    database: Database
    clock: Clock
    calls: Calls
    phones: Phones
    windows: Windows
    tokens: Tokens
    quota: Quota
    media: Media
    scenes: Scenes
    delivery: Delivery


def build(account: Account, limits: Limits, data: Path, base: str, webhook: str) -> World:
    """Open the state in the folder `data`; a new one begins with one phone, that of 王芳."""
    database = Database(data)
    clock, calls = Clock(database), Calls(limits.calls_kept)
    media, phones = Media(database, limits, data / "media"), Phones(database, clock)
    reader = Reader(account, limits, lambda media_id, type_: media.alive(media_id, type_, clock.now()))
    if not phones.all():
        phones.add(_FIRST, None)
    return World(
        account=account,
        limits=limits,
        base=base,
        database=database,
        clock=clock,
        calls=calls,
        phones=phones,
        windows=Windows(database, limits),
        tokens=Tokens(database, limits),
        quota=Quota(database, limits),
        media=media,
        scenes=Scenes(database, limits),
        delivery=Delivery(account, limits, clock, calls, reader, webhook),
    )
