"""Open tasks of the community workers: one of each kind per person, opened and closed by version, newer wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import msgpack
from redis import Redis

from store.keys import Keys

PUT = """
local now = redis.call('HGET', KEYS[1], ARGV[1])
if now and string.sub(now, 1, 8) >= string.sub(ARGV[2], 1, 8) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class OpenTask:
    pid: bytes
    about: str
    version: int


def put_arguments(
    keys: Keys, community: str, pid: bytes, about: str, version: int, done: bool
) -> tuple[list[str], list[bytes]]:
    return [keys.tasks(community)], [pid + about.encode(), version.to_bytes(8) + msgpack.packb(done)]


class Tasks:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def open(self, community: str) -> list[OpenTask]:
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.tasks(community)))
        return [
            OpenTask(name[:12], name[12:].decode(), int.from_bytes(value[:8]))
            for name, value in cells.items()
            if not msgpack.unpackb(value[8:])
        ]
