"""Open tasks of the staff: one of each kind per person and owner, opened and closed by version, newer wins.

The owner is a community, or its county once the deadline has passed. A cell is 17 bytes: version (8), deadline in
milliseconds (8, 0 for none), state (1). The deadlines of a shard's communities stand in one sorted set beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from redis import Redis
from redis.client import Pipeline

from domain.tasks import APPEAL, COMMUNITY_DIGITS, county_of
from store.codec import instant, millis
from store.keys import SHARDS, Keys, shard_of
from store.scripts import queue_script

OPEN, DONE, ESCALATED = b"\0", b"\1", b"\2"
"""Escalated: open, and the county has it as well."""
PID_BYTES = 12
MOST_AT_ONCE = 200
"""Overdue tasks per shard and reading; what is left comes with the next one."""

# A task that is open already keeps its deadline and its state.
_PUT = """
local now = redis.call('HGET', KEYS[1], ARGV[1])
if not now and ARGV[5] == '1' then return 0 end
if now and string.sub(now, 1, 8) >= ARGV[2] then return 0 end
local rest = ARGV[3]
local open = now and string.sub(now, 17) ~= '\\1'
if open and string.sub(rest, 9) ~= '\\1' then
  rest = string.sub(now, 9)
elseif ARGV[6] ~= '' then
  redis.call('ZADD', KEYS[2], ARGV[6], ARGV[4])
else
  redis.call('ZREM', KEYS[2], ARGV[4])
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. rest)
return 1
"""

_MARK = """
redis.call('ZREM', KEYS[2], ARGV[4])
local now = redis.call('HGET', KEYS[1], ARGV[1])
if not now or string.sub(now, 1, 8) ~= ARGV[2] or string.sub(now, 17) == '\\1' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], string.sub(now, 1, 16) .. ARGV[3])
return 1
"""


@dataclass(frozen=True, slots=True)
class OpenTask:
    """`due` None: without a deadline. `escalated`: the county has it as well."""

    pid: bytes
    about: str
    version: int
    owner: str = ""
    due: datetime | None = None
    escalated: bool = False


def queue_put(trip: Pipeline, keys: Keys, task: OpenTask, *, done: bool = False, if_known: bool = False) -> None:
    """Open or close a task, unless a newer version was there; `if_known`: only where there was one before."""
    name = task.pid + task.about.encode()
    due = millis(task.due) if task.due and not done else 0
    timed = due and len(task.owner) == COMMUNITY_DIGITS and task.about != APPEAL
    rest = due.to_bytes(8) + (DONE if done else OPEN)
    args = [name, task.version.to_bytes(8), rest, _member(task), int(if_known), due if timed else ""]
    queue_script(trip, _PUT, _names(keys, task.owner), args)


def at_county(task: OpenTask) -> OpenTask:
    """The same task as the county has it."""
    return replace(task, owner=county_of(task.owner))


class Tasks:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._mark = redis.register_script(_MARK)

    def open(self, owner: str) -> list[OpenTask]:
        """Of one community or county, the most urgent first."""
        return self.open_of([owner])

    def open_of(self, owners: Sequence[str]) -> list[OpenTask]:
        """Of several, in one trip, the most urgent first."""
        with self._redis.pipeline(transaction=False) as trip:
            for owner in owners:
                trip.hgetall(self._keys.tasks(owner))
            answers = trip.execute()
        cells = [
            _load(owner, name, cell)
            for owner, found in zip(owners, answers, strict=True)
            for name, cell in found.items()
            if cell[16:] != DONE
        ]
        return sorted(cells, key=lambda each: (each.due is None, each.due and millis(each.due), each.pid, each.about))

    def overdue(self, now: datetime) -> list[OpenTask]:
        """Of all communities, what has passed its deadline and is not with the county; two trips."""
        with self._redis.pipeline(transaction=False) as trip:
            for shard in range(SHARDS):
                trip.zrangebyscore(self._keys.tasks_due(shard), "-inf", millis(now), start=0, num=MOST_AT_ONCE)
            members = [member for found in trip.execute() for member in found]
            places = [(member[:COMMUNITY_DIGITS].decode(), member[COMMUNITY_DIGITS:]) for member in members]
            for owner, name in places:
                trip.hget(self._keys.tasks(owner), name)
            cells = trip.execute() if places else []
        return [_load(*place, cell) for place, cell in zip(places, cells, strict=True) if cell is not None]

    def put(self, task: OpenTask, *, done: bool = False, if_known: bool = False) -> None:
        with self._redis.pipeline(transaction=False) as trip:
            queue_put(trip, self._keys, task, done=done, if_known=if_known)
            trip.execute()

    def escalated(self, task: OpenTask) -> bool:
        """Note that the county has it; False when it was closed or written anew meanwhile."""
        return self._marked(task, ESCALATED)

    def close(self, task: OpenTask) -> bool:
        """Close it by hand; False when it was closed or written anew meanwhile."""
        return self._marked(task, DONE)

    def is_open(self, task: OpenTask) -> bool:
        cell = cast("bytes | None", self._redis.hget(self._keys.tasks(task.owner), _name(task)))
        return cell is not None and cell[16:] != DONE

    def _marked(self, task: OpenTask, state: bytes) -> bool:
        args: list[Any] = [_name(task), task.version.to_bytes(8), state, _member(task)]
        return bool(self._mark(keys=_names(self._keys, task.owner), args=args))


def _names(keys: Keys, owner: str) -> list[str]:
    return [keys.tasks(owner), keys.tasks_due(shard_of(owner))]


def _name(task: OpenTask) -> bytes:
    return task.pid + task.about.encode()


def _member(task: OpenTask) -> bytes:
    return task.owner.encode() + _name(task)


def _load(owner: str, name: bytes, cell: bytes) -> OpenTask:
    due = int.from_bytes(cell[8:16])
    at = instant(due) if due else None
    version = int.from_bytes(cell[:8])
    return OpenTask(name[:PID_BYTES], name[PID_BYTES:].decode(), version, owner, at, cell[16:] == ESCALATED)
