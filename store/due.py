"""Due: whom the clock has to look at, and when. Found by score, never by a scan of everybody.

A member is a pid, its score says when and of which version of the person that is known, so that a newer version wins
and a slow writer cannot bring an old answer back. Days stand in one small sorted set per shard and slot (a slot is
served at its own minute of the morning, and is the second byte of the pid); deadlines of appeals in one per shard.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import cast

import msgpack
from redis import Redis

from domain.facts import SHANGHAI
from store.keys import SHARDS, SLOTS, Keys, shard_of_pid
from store.scripts import queue_script

PUT = """
local now = redis.call('ZSCORE', KEYS[1], ARGV[1])
local version = tonumber(ARGV[3])
if now and tonumber(now) % 268435456 > version then return 0 end
redis.call('ZADD', KEYS[1], string.format('%.0f', tonumber(ARGV[2]) * 268435456 + version), ARGV[1])
return 1
"""

_COME = """
local found = {}
for _, key in ipairs(KEYS) do
  for _, pid in ipairs(redis.call('ZRANGEBYSCORE', key, ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])) do
    found[#found + 1] = pid
  end
end
return found
"""

_VERSIONS = 2**28
_EPOCH_DAY = date(1970, 1, 1)
_EPOCH = datetime(1970, 1, 1, tzinfo=SHANGHAI)
MOST_AT_ONCE = 200
"""Per set and reading; what is left comes with the next one."""


def day_arguments(keys: Keys, pid: bytes, version: int, day: date | None) -> tuple[list[str], list[bytes | int]]:
    """For PUT: look at this person on that day; None: on no day."""
    when = 0 if day is None else (day - _EPOCH_DAY).days
    return [keys.due(shard_of_pid(pid), pid[1] % SLOTS)], [pid, when, version % _VERSIONS]


def deadline_arguments(
    keys: Keys, pid: bytes, version: int, at: datetime | None
) -> tuple[list[str], list[bytes | int]]:
    """For PUT: look at this person's appeals at that minute; None: never."""
    when = 0 if at is None else -((_EPOCH - at) // timedelta(minutes=1))
    return [keys.deadlines(shard_of_pid(pid))], [pid, when, version % _VERSIONS]


class Due:
    """Reading for the clock's leader, and how far it has come today."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._put = redis.register_script(PUT)

    def on(self, slots: Sequence[int], day: date) -> list[bytes]:
        """Whom to look at in these slots on `day` or before it; one trip."""
        names = [[self._keys.due(shard, slot) for slot in slots] for shard in range(SHARDS)]
        return self._until(names, (day - _EPOCH_DAY).days)

    def deadlines(self, now: datetime) -> list[bytes]:
        """Whose appeals may have passed their deadline; one trip."""
        names = [[self._keys.deadlines(shard)] for shard in range(SHARDS)]
        return self._until(names, (now - _EPOCH) // timedelta(minutes=1))

    def put_day(self, pid: bytes, version: int, day: date | None) -> None:
        names, arguments = day_arguments(self._keys, pid, version, day)
        self._put(keys=names, args=arguments)

    def drop(self, pid: bytes) -> None:
        """Nobody is there any more."""
        self._redis.zrem(self._keys.due(shard_of_pid(pid), pid[1] % SLOTS), pid)

    def slots_served(self, day: date) -> int:
        """How many slots of the day are done; 0 on a new day."""
        raw = cast("bytes | None", self._redis.get(self._keys.slots_served()))
        number, slots = msgpack.unpackb(raw) if raw else (0, 0)
        return int(slots) if number == day.toordinal() else 0

    def put_slots_served(self, day: date, slots: int) -> None:
        self._redis.set(self._keys.slots_served(), msgpack.packb((day.toordinal(), slots)))

    def _until(self, names: Sequence[Sequence[str]], when: int) -> list[bytes]:
        """The members of sets, those of a shard together, whose time has come."""
        arguments = (_VERSIONS, (when + 1) * _VERSIONS - 1, MOST_AT_ONCE)
        with self._redis.pipeline(transaction=False) as trip:
            for of_shard in names:
                queue_script(trip, _COME, of_shard, arguments)
            return [pid for pids in trip.execute() for pid in pids]
