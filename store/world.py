"""What is true for everybody: outage days, listed risk areas, the end of the notice; the communities' telephones."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

import msgpack
from redis import Redis

from domain.verdict import World
from store.changes import Act, act_entry
from store.codec import dumps, loads
from store.keys import Keys
from store.quota import Quota

log = logging.getLogger(__name__)

REFRESH_SECONDS = 5.0

_REPLACE = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('XADD', KEYS[2], '*', 'a', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[3], ARGV[4], ARGV[5]) end
return 1
"""

_ADVANCE = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
"""


class Concerned(StrEnum):
    """Whom a change of the world may concern."""

    EVERYBODY = "everybody"
    TRAVELLERS = "travellers"


@dataclass(frozen=True, slots=True)
class Refresh:
    """Work that follows a change of the world: whom it concerns, when it was changed (Unix seconds), how far it is."""

    concerned: Concerned
    changed: int
    done: int = 0
    tries: int = 0


class Worlds:
    """The repository of the one document. Writers are few and human; `change` repeats until it is not overtaken."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._key = keys.world()
        self._replace = redis.register_script(_REPLACE)
        self._advance = redis.register_script(_ADVANCE)
        self._refresh = keys.refresh()
        self._audit = keys.world_audit()
        self._telephones = keys.telephones()

    def read(self) -> World:
        return _load(cast("bytes | None", self._redis.get(self._key)))

    def telephones(self) -> dict[str, str]:
        """Community (12 digits) -> telephone."""
        raw = cast("bytes | None", self._redis.get(self._telephones))
        return cast("dict[str, str]", msgpack.unpackb(raw)) if raw else {}

    def put_telephones(self, telephones: Mapping[str, str]) -> None:
        """The whole directory at once."""
        self._redis.set(self._telephones, msgpack.packb(dict(telephones)))

    def change(self, edit: Callable[[World], World], act: Act) -> World:
        """Raises whatever `edit` raises. What follows on rosters and people is put down as work in the same step."""
        while True:
            raw = cast("bytes | None", self._redis.get(self._key))
            before = _load(raw)
            world = edit(before)
            if world == before:
                return world
            world = replace(world, serial=before.serial + 1)
            concerned = _concerned(before, world)
            work = b"" if concerned is None else _packed(Refresh(concerned, int(time.time())))
            args = [raw or b"", dumps(World, world), act_entry(b"", act), concerned or "", work]
            if self._replace(keys=[self._key, self._audit, self._refresh], args=args):
                return world

    def request(self, concerned: Concerned) -> None:
        """Have rosters and people judged anew without a change: a day has begun on which a listing begins or ends."""
        self._redis.hset(self._refresh, concerned, _packed(Refresh(concerned, int(time.time()))))

    def refreshes(self) -> list[Refresh]:
        """What is still to follow, everybody first."""
        waiting = cast("dict[bytes, bytes]", self._redis.hgetall(self._refresh))
        return [Refresh(Concerned(name.decode()), *msgpack.unpackb(raw)) for name, raw in sorted(waiting.items())]

    def advance(self, before: Refresh, after: Refresh | None) -> bool:
        """Put down how far it is, None when it is done. False: the world changed again, and it begins anew."""
        args: list[str | bytes] = [before.concerned, _packed(before), _packed(after) if after else b""]
        return bool(self._advance(keys=[self._refresh], args=args))


def _concerned(before: World, after: World) -> Concerned | None:
    if (before.outages, before.ends_on) != (after.outages, after.ends_on):
        return Concerned.EVERYBODY
    return Concerned.TRAVELLERS if before.risk_areas != after.risk_areas else None


def _packed(work: Refresh) -> bytes:
    return msgpack.packb((work.changed, work.done, work.tries))


def _load(raw: bytes | None) -> World:
    world: World = loads(World, raw) if raw else World()
    return world


class WorldWatch:
    """The document as this process knows it, at most five seconds old; the last known one while Redis is away."""

    def __init__(self, worlds: Worlds, quota: Quota | None = None) -> None:
        """With a `quota`, whether uploads are low is read along."""
        self._worlds = worlds
        self._quota = quota
        self.uploads_low = False
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.current = World()
        self._away = False
        self.telephones: Mapping[str, str] = {}

    def start(self) -> None:
        """Read once, then keep reading in the background; once per process."""
        with self._lock:
            if self._thread is None:
                self._refresh()
                self._thread = threading.Thread(target=self._keep, name="world", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _keep(self) -> None:
        while not self._stop.wait(REFRESH_SECONDS):
            self._refresh()

    def _refresh(self) -> None:
        try:
            self.current = self._worlds.read()
            self.telephones = self._worlds.telephones()
            self.uploads_low = self._quota is not None and self._quota.uploads_low()
            self._away = False
        except Exception as error:
            # Whatever it was: the last known one is better than none, and the thread must go on asking.
            if not self._away:
                log.warning("the document of outage days and risk areas cannot be read: %s", type(error).__name__)
            self._away = True
