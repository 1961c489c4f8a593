"""Lists that wait for approval: rows in sealed chunks under one hash tag, faults, a report, how far it is applied.

A document's number is in none of it: a row is kept under the pid of its person.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from redis import Redis

from domain.lists.rows import Fault
from store.changes import Act, act_entry
from store.codec import dumps, loads
from store.keys import LIST_DRAFT_SECONDS, LIST_WAITING_SECONDS, Keys
from store.list_values import Alarm, ListHead, ListProgress, ListReport, ListRow, Polled, Standing
from store.sealing import Vault

_TAKE = """
if redis.call('HEXISTS', KEYS[1], ARGV[2]) == 1 then return 1 end
local used = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
if used + tonumber(ARGV[3]) > tonumber(ARGV[4]) then return 0 end
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if field ~= 'approval' and not string.find(field, ARGV[5], 1, true) then redis.call('HDEL', KEYS[1], field) end
end
redis.call('HSET', KEYS[1], ARGV[1], used + ARGV[3], ARGV[2], '1')
return 1
"""

_STAND = """
if ARGV[1] == '' then redis.call('HDEL', KEYS[1], 'approval') else redis.call('HSET', KEYS[1], 'approval', ARGV[1]) end
redis.call('XADD', KEYS[2], '*', 'a', ARGV[2])
return 1
"""

CHUNK = 1_000
"""Rows of one chunk, about 40 kB."""
FAULTS_KEPT = 100_000
"""Of one list; beyond that they are counted only."""


@dataclass(frozen=True, slots=True)
class _Rows:
    rows: tuple[ListRow, ...]


@dataclass(frozen=True, slots=True)
class _Faults:
    faults: tuple[Fault, ...]


class Lists:
    """The repository of lists."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault

    # --- a draft: what is broken off is gone after a day -------------------------------------------------------------

    def begin(self, name: str) -> None:
        """Forget the faults of an earlier try."""
        self._redis.delete(self._keys.list_faults(name))

    def put_rows(self, name: str, chunk: int, rows: Sequence[ListRow]) -> None:
        packed = zlib.compress(dumps(_Rows, _Rows(tuple(rows))), 1)
        sealed = self._vault.seal(_belongs_to(name, chunk), packed)
        self._redis.set(self._keys.list_rows(name, chunk), sealed, ex=LIST_DRAFT_SECONDS)

    def add_faults(self, name: str, faults: Sequence[Fault]) -> None:
        """Later ones behind earlier ones."""
        if faults:
            key = self._keys.list_faults(name)
            sealed = self._vault.seal(_belongs_to(name, "faults"), dumps(_Faults, _Faults(tuple(faults))))
            with self._redis.pipeline(transaction=False) as trip:
                trip.rpush(key, sealed)
                trip.expire(key, LIST_DRAFT_SECONDS)
                trip.execute()

    def put_head(self, head: ListHead) -> None:
        """The draft is whole: its rows now wait for a decision. A list that is applied meanwhile stays as it is."""
        names = [self._keys.list_rows(head.id, chunk) for chunk in range(head.chunks)]
        with self._redis.pipeline(transaction=False) as trip:
            trip.hset(self._keys.list(head.id), "head", self._vault.seal(head.id.encode(), dumps(ListHead, head)))
            for name in (*names, self._keys.list(head.id), self._keys.list_faults(head.id)):
                trip.expire(name, LIST_WAITING_SECONDS)
            trip.execute()

    # --- reading -----------------------------------------------------------------------------------------------------

    def rows(self, name: str, chunk: int) -> tuple[ListRow, ...] | None:
        """One chunk; None when it is gone."""
        sealed = cast("bytes | None", self._redis.get(self._keys.list_rows(name, chunk)))
        if sealed is None:
            return None
        packed = zlib.decompress(self._vault.open(_belongs_to(name, chunk), sealed))
        return cast("_Rows", loads(_Rows, packed)).rows

    def faults(self, name: str) -> Iterator[Fault]:
        """All that are kept, in bounded memory."""
        key, place = self._keys.list_faults(name), 0
        while sealed := cast("bytes | None", self._redis.lindex(key, place)):
            yield from cast("_Faults", loads(_Faults, self._vault.open(_belongs_to(name, "faults"), sealed))).faults
            place += 1

    def head(self, name: str) -> ListHead | None:
        raw = self._field(name, "head")
        return cast("ListHead", loads(ListHead, self._vault.open(name.encode(), raw))) if raw else None

    def report(self, name: str) -> ListReport | None:
        """None while it is not checked."""
        raw = self._field(name, "report")
        return cast("ListReport", loads(ListReport, raw)) if raw else None

    def progress(self, name: str) -> ListProgress:
        raw = self._field(name, "progress")
        return cast("ListProgress", loads(ListProgress, raw)) if raw else ListProgress()

    def good_rows_only(self, name: str) -> bool:
        """Whether whoever approved it said that the rows with faults may be left out."""
        return self._field(name, "good_only") == b"1"

    # --- what becomes of it ------------------------------------------------------------------------------------------

    def put_report(self, name: str, report: ListReport) -> None:
        self._redis.hset(self._keys.list(name), "report", dumps(ListReport, report))

    def put_progress(self, name: str, progress: ListProgress) -> None:
        self._redis.hset(self._keys.list(name), "progress", dumps(ListProgress, progress))

    def allow_good_rows_only(self, name: str) -> None:
        self._redis.hset(self._keys.list(name), "good_only", "1")

    def look_after(self, name: str) -> None:
        """Submitted: from now on the sweep sees to it that what is due next is done."""
        self._redis.sadd(self._keys.unfinished_lists(), name)

    def keep(self, name: str) -> None:
        """About to be approved: from now on its rows do not expire."""
        head = self.head(name)
        with self._redis.pipeline(transaction=False) as trip:
            for chunk in range(head.chunks if head else 0):
                trip.persist(self._keys.list_rows(name, chunk))
            trip.persist(self._keys.list(name))
            trip.execute()

    def unfinished(self) -> list[str]:
        return sorted(name.decode() for name in cast("set[bytes]", self._redis.smembers(self._keys.unfinished_lists())))

    def finish(self, name: str) -> None:
        """Applied or rejected: the rows go now, report and faults after a while."""
        head = self.head(name)
        with self._redis.pipeline(transaction=False) as trip:
            for chunk in range(head.chunks if head else 0):
                trip.unlink(self._keys.list_rows(name, chunk))
            for key in (self._keys.list(name), self._keys.list_faults(name)):
                trip.expire(key, LIST_WAITING_SECONDS)
            trip.srem(self._keys.unfinished_lists(), name)
            trip.execute()

    # --- alarms and the standing approval ----------------------------------------------------------------------------

    def raise_alarm(self, alarm: Alarm) -> None:
        self._redis.hset(self._keys.list_alarms(), alarm.list, dumps(Alarm, alarm))

    def end_alarm(self, name: str) -> None:
        self._redis.hdel(self._keys.list_alarms(), name)

    def alarms(self) -> list[Alarm]:
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.list_alarms()))
        return sorted((loads(Alarm, raw) for raw in cells.values()), key=lambda alarm: alarm.raised_at)

    def standing(self) -> Standing | None:
        raw = cast("bytes | None", self._redis.hget(self._keys.standing_approval(), "approval"))
        return cast("Standing", loads(Standing, raw)) if raw else None

    def put_standing(self, standing: Standing | None, act: Act) -> None:
        """None ends it."""
        names = [self._keys.standing_approval(), self._keys.world_audit()]
        value = dumps(Standing, standing) if standing else b""
        self._redis.register_script(_STAND)(keys=names, args=[value, act_entry(b"", act)])

    def take_from_standing(self, name: str, rows: int, day: date, limit: int) -> bool:
        """Whether so many more rows fit into the day; a list is counted once however often it is asked for."""
        key = self._keys.standing_approval()
        args: list[str | int] = [f"used:{day}", f"list:{day}:{name}", rows, limit, day.isoformat()]
        return bool(self._redis.register_script(_TAKE)(keys=[key], args=args))

    def polled(self) -> Polled:
        raw = cast("bytes | None", self._redis.get(self._keys.polled()))
        return cast("Polled", loads(Polled, raw)) if raw else Polled()

    def put_polled(self, polled: Polled) -> None:
        self._redis.set(self._keys.polled(), dumps(Polled, polled))

    def _field(self, name: str, field: str) -> bytes | None:
        return cast("bytes | None", self._redis.hget(self._keys.list(name), field))


def _belongs_to(name: str, part: Any) -> bytes:
    return f"list:{name}:{part}".encode()
