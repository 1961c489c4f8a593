"""What is true for everybody: outage days, listed risk areas, the end of the notice; the communities' telephones."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import cast

import msgpack
from redis import Redis

from domain.verdict import World
from store.codec import dumps, loads
from store.keys import Keys

log = logging.getLogger(__name__)

REFRESH_SECONDS = 5.0

_REPLACE = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


class Worlds:
    """The repository of the one document. Writers are few and human; `change` repeats until it is not overtaken."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._key = keys.world()
        self._replace = redis.register_script(_REPLACE)
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

    def change(self, edit: Callable[[World], World]) -> World:
        while True:
            raw = cast("bytes | None", self._redis.get(self._key))
            world = edit(_load(raw))
            if self._replace(keys=[self._key], args=[raw or b"", dumps(World, world)]):
                return world


def _load(raw: bytes | None) -> World:
    world: World = loads(World, raw) if raw else World()
    return world


class WorldWatch:
    """The document as this process knows it, at most five seconds old; the last known one while Redis is away."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
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
            self._away = False
        except Exception as error:
            # Whatever it was: the last known one is better than none, and the thread must go on asking.
            if not self._away:
                log.warning("the document of outage days and risk areas cannot be read: %s", type(error).__name__)
            self._away = True
