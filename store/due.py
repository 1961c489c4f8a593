"""Due: whom the clock has to look at, and when. Found by score, never by a scan of everybody.

A member is a pid, its score says when and of which version of the person that is known, so that a newer version wins
and a slow writer cannot bring an old answer back. Hours stand in one small sorted set per shard and slot: the slot is
the second byte of the pid, and says at which minute of an hour it is looked at. Deadlines of appeals stand in one set
per shard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast

from redis import Redis

from domain.facts import SHANGHAI
from domain.reminders import slot_of
from store.keys import SHARDS, Keys, shard_of_pid
from store.scripts import queue_script

PUT = """
local now, at, version = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0), tonumber(ARGV[2]), tonumber(ARGV[3])
if now % 268435456 > version then return 0 end
local before = math.floor(now / 268435456)
if before > 0 and before <= tonumber(ARGV[4]) then at = before end
redis.call('ZADD', KEYS[1], string.format('%.0f', at * 268435456 + version), ARGV[1])
return 1
"""
"""What is due by ARGV[4] and was not looked at yet stays due, whatever became of the person since."""

_COME = """
local found = {}
for _, key in ipairs(KEYS) do
  local room = ARGV[3] - #found
  if room == 0 then break end
  for _, pid in ipairs(redis.call('ZRANGEBYSCORE', key, ARGV[1], ARGV[2], 'LIMIT', 0, room)) do
    found[#found + 1] = pid
  end
end
return found
"""

_VERSIONS = 2**28
_EPOCH = datetime(1970, 1, 1, tzinfo=SHANGHAI)
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
MOST_DEADLINES = 200
"""Per shard and reading; what is left comes with the next one."""

Arguments = tuple[list[str], list[bytes | int]]


def hour_arguments(keys: Keys, pid: bytes, version: int, at: datetime | None, now: datetime | None = None) -> Arguments:
    """For PUT: look at this person in the hour of that instant; None: in no hour.

    `now` for whoever has not looked: an hour that has come by then stays.
    """
    when = 0 if at is None else (at - _EPOCH) // _HOUR
    kept = 0 if now is None else (now - _EPOCH) // _HOUR
    return [keys.due(shard_of_pid(pid), slot_of(pid))], [pid, when, version % _VERSIONS, kept]


def deadline_arguments(keys: Keys, pid: bytes, version: int, at: datetime | None) -> Arguments:
    """For PUT: look at this person's appeals at that minute; None: never."""
    when = 0 if at is None else -((_EPOCH - at) // _MINUTE)
    return [keys.deadlines(shard_of_pid(pid))], [pid, when, version % _VERSIONS, 0]


def minutes(at: datetime) -> int:
    """The minute of an instant, as `served` counts them: since 1970 in Beijing."""
    return (at - _EPOCH) // _MINUTE


class Due:
    """Reading for the clock's leader, and how far it has come."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def at(self, slots: Sequence[int], hour: int, most: int) -> tuple[list[bytes], bool]:
        """Whom to look at in these slots in `hour` (since 1970) or an earlier one, at most so many of a shard; and
        whether there may be more. One trip."""
        names = [[self._keys.due(shard, slot) for slot in slots] for shard in range(SHARDS)]
        found = self._until(names, hour, most)
        return [pid for pids in found for pid in pids], any(len(pids) == most for pids in found)

    def deadlines(self, now: datetime) -> list[bytes]:
        """Whose appeals may have passed their deadline; one trip."""
        names = [[self._keys.deadlines(shard)] for shard in range(SHARDS)]
        return [pid for pids in self._until(names, minutes(now), MOST_DEADLINES) for pid in pids]

    def move(self, looks: Iterable[tuple[bytes, int, datetime | None]]) -> list[bytes]:
        """Whoever was looked at as (pid, version) is looked at next at that instant; one trip. Those whose newer
        version somebody else has put down since: they have to be looked at again."""
        looks = list(looks)
        with self._redis.pipeline(transaction=False) as trip:
            for pid, version, at in looks:
                queue_script(trip, PUT, *hour_arguments(self._keys, pid, version, at))
            answers = trip.execute()
        return [pid for (pid, _, _), moved in zip(looks, answers, strict=True) if not moved]

    def drop(self, pids: Iterable[bytes]) -> None:
        """Nobody is there any more, or nobody that could be read."""
        with self._redis.pipeline(transaction=False) as trip:
            for pid in pids:
                trip.zrem(self._keys.due(shard_of_pid(pid), slot_of(pid)), pid)
            trip.execute()

    def served(self) -> int:
        """The last minute whose slots are done; 0 before the first."""
        return int(cast("bytes | None", self._redis.get(self._keys.served())) or 0)

    def put_served(self, minute: int) -> None:
        self._redis.set(self._keys.served(), minute)

    def _until(self, names: Sequence[Sequence[str]], when: int, most: int) -> list[list[bytes]]:
        """Of each list of sets, which are those of a shard, the members whose time has come."""
        arguments = (_VERSIONS, (when + 1) * _VERSIONS - 1, most)
        with self._redis.pipeline(transaction=False) as trip:
            for of_shard in names:
                queue_script(trip, _COME, of_shard, arguments)
            return trip.execute()
