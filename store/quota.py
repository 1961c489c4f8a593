"""The quota ledger: every call to the platform counted, per path, day and month of Shanghai, for all processes.

A process that calls often takes its calls in blocks, as many as it made in the second before and at most BLOCK, and
gives back with the next block what it did not make: the ledger never shows less than was made, and at most BLOCK - 1
more for each process that has stopped calling. Near a limit calls are taken one by one, and the limit is met exactly.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from redis import Redis

from domain.budgets import MASS, UPLOAD, Standing, Usage, most
from domain.facts import day_of
from store.codec import millis
from store.keys import QUOTA_DAY_SECONDS, QUOTA_MONTH_SECONDS, Keys

BLOCK = 50
BLOCK_SECONDS = 1.0
NEAR = 20 * BLOCK
"""Blocks end here before a limit: more processes than twenty do not call at once."""
MINUTE = timedelta(minutes=1)

# KEYS: day, month, closed. ARGV: path, wanted, at most, now, lives of the two counts, how near a limit blocks end, what
# is left of the block before.
_TAKE = """
local back = tonumber(ARGV[8])
local function count(change)
  if redis.call('HINCRBY', KEYS[1], ARGV[1], change) == change then redis.call('EXPIRE', KEYS[1], ARGV[5]) end
  if redis.call('HINCRBY', KEYS[2], ARGV[1], change) == change then redis.call('EXPIRE', KEYS[2], ARGV[6]) end
end
if back > 0 then count(-back) end
if tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or '0') > tonumber(ARGV[4]) then return 0 end
local used = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local wanted, most = tonumber(ARGV[2]), tonumber(ARGV[3])
if most >= 0 then
  if used >= most then return 0 end
  if most - used <= tonumber(ARGV[7]) then wanted = 1 end
end
count(wanted)
return wanted
"""
UNLIMITED = -1


@dataclass(slots=True)
class _Block:
    """Calls of one path taken and not made yet, and how fast they were made. `guard` is held while more are taken."""

    day: str = ""
    left: int = 0
    until: float = 0.0
    made: int = 0
    since: float = 0.0
    pace: int = 1
    guard: threading.Lock = field(default_factory=threading.Lock)

    def measure(self, now: float) -> None:
        """Count one call, and once a second look how many there were."""
        self.made += 1
        elapsed = now - self.since
        if elapsed >= BLOCK_SECONDS:
            self.pace = min(max(1, int(self.made / elapsed)), BLOCK)
            self.made, self.since = 0, now


class Quota:
    """The Meter of all processes. Thread-safe. `budgets`: calls a day by path; a path without one is only counted."""

    def __init__(self, redis: Redis, keys: Keys, budgets: Mapping[str, int], now: Callable[[], datetime]) -> None:
        self._redis = redis
        self._keys = keys
        self._budgets = budgets
        self._now = now
        self._take = redis.register_script(_TAKE)
        self._blocks: dict[tuple[str, bool], _Block] = {}
        self._guard = threading.Lock()

    def spend(self, path: str, *, essential: bool) -> bool:
        """Count a call that is about to be made; whether it may be. At most one trip."""
        with self._guard:
            block = self._blocks.setdefault((path, essential), _Block())
        at, now = self._now(), time.monotonic()
        day = day_of(at).isoformat()
        with block.guard:
            block.measure(now)
            if block.day != day:
                block.day, block.left = day, 0
            if not (block.left and now < block.until):
                back, block.left = block.left, 0
                block.left = self._taken(path, block.pace, back, essential, at)
                block.until = now + BLOCK_SECONDS
            if not block.left:
                return False
            block.left -= 1
            return True

    def used_up(self, path: str, *, for_today: bool) -> None:
        """The platform says so itself: nobody calls this path before tomorrow, or for a minute."""
        at = self._now()
        until = _midnight(at) if for_today else at + MINUTE
        self._redis.hset(self._keys.quota_closed(), path, millis(until))
        with self._guard:
            blocks = [self._blocks[each] for each in ((path, True), (path, False)) if each in self._blocks]
        for block in blocks:
            with block.guard:
                block.until = 0.0

    def usages(self) -> list[Usage]:
        """Every path that has a budget or was called this month; one trip."""
        at = self._now()
        with self._redis.pipeline(transaction=False) as trip:
            for name in self._names(at):
                trip.hgetall(name)
            today, month, closed = cast("list[dict[bytes, bytes]]", trip.execute())
        now = millis(at)
        return [
            Usage(
                path,
                int(today.get(path.encode(), 0)),
                int(month.get(path.encode(), 0)),
                self._budgets.get(path, 0),
                int(closed.get(path.encode(), 0)) > now,
            )
            for path in sorted({*self._budgets, *(each.decode() for each in month)})
        ]

    def uploads_low(self) -> bool:
        """Whether uploads are to be saved today."""
        at = self._now()
        with self._redis.pipeline(transaction=False) as trip:
            for name in self._names(at):
                trip.hget(name, UPLOAD)
            today, month, closed = (int(each or 0) for each in trip.execute())
        usage = Usage(UPLOAD, today, month, self._budgets.get(UPLOAD, 0), closed > millis(at))
        return usage.standing is not Standing.OPEN

    def _taken(self, path: str, wanted: int, back: int, essential: bool, at: datetime) -> int:
        granted = self._budgets.get(path, 0)
        highest = most(granted, essential=essential) if granted else UNLIMITED
        lives = (QUOTA_DAY_SECONDS, QUOTA_MONTH_SECONDS)
        return int(self._take(keys=self._names(at), args=[path, wanted, highest, millis(at), *lives, NEAR, back]))

    def _names(self, at: datetime) -> list[str]:
        day = day_of(at).isoformat()
        return [self._keys.quota(day), self._keys.quota(day[:7]), self._keys.quota_closed()]


def mass_this_month(usages: list[Usage]) -> int:
    """Mass messages sent this month by calls."""
    return sum(usage.month for usage in usages if usage.path in MASS)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
