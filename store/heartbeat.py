"""The heartbeat of the service: when its leader last had done a round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import msgpack
from redis import Redis

from store.codec import instant, millis
from store.keys import Keys


@dataclass(frozen=True, slots=True)
class Beat:
    """The service's time of day, and the machine's (Unix seconds), which no sandbox moves."""

    at: datetime
    wall: float


class Heartbeat:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._key = keys.heartbeat()

    def read(self) -> Beat | None:
        raw = cast("bytes | None", self._redis.get(self._key))
        if raw is None:
            return None
        at, wall = msgpack.unpackb(raw)
        return Beat(instant(at), wall)

    def write(self, beat: Beat) -> None:
        self._redis.set(self._key, msgpack.packb((millis(beat.at), beat.wall)))
