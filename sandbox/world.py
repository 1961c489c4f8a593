"""Everything the sandbox consists of, put together in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox.calls import Calls
from sandbox.clock import Clock
from sandbox.config import Account, Limits
from sandbox.database import Database
from sandbox.delivery import Delivery
from sandbox.faults import Faults
from sandbox.limits import Overrides
from sandbox.media import Media
from sandbox.phones import Phones
from sandbox.quota import Quota
from sandbox.replies import Reader
from sandbox.scenes import Scenes
from sandbox.tokens import Tokens
from sandbox.windows import Windows
from sandbox.wire import Wire

_FIRST = "王芳"


@dataclass(frozen=True, slots=True)
class World:
    """One account, its phones and its state. `base` is the address of the sandbox itself, without a slash."""

    account: Account
    limits: Limits
    overrides: Overrides
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
    faults: Faults
    delivery: Delivery


def build(account: Account, limits: Limits, data: Path, base: str, webhook: str) -> World:
    """Open the state in the folder `data`; a new one begins with one phone, that of 王芳."""
    database = Database(data)
    overrides = Overrides(limits, database)
    clock, calls = Clock(database), Calls(limits)
    faults, wire = Faults(database, clock), Wire(account, database, clock)
    media, phones = Media(database, limits, data / "media"), Phones(database, clock)
    reader = Reader(account, limits, lambda media_id, type_: media.alive(media_id, type_, clock.now()))
    if not phones.all():
        phones.add(_FIRST, None)
    return World(
        account=account,
        limits=limits,
        overrides=overrides,
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
        faults=faults,
        delivery=Delivery(wire, limits, clock, calls, reader, faults, webhook),
    )
