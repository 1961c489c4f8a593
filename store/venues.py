"""Venues, and who was at one: per venue and day, written once by the id of the record, erased after `KEPT_DAYS`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from redis import Redis

from domain.facts import day_of
from domain.gate import Outcome, Result, Shown
from domain.venues import KEPT_DAYS, Venue
from store.changes import Act, act_entry
from store.codec import dumps, loads
from store.keys import VISITS_SECONDS, Keys
from store.scripts import queue_script

_PUT_VENUE = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') == ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('XADD', KEYS[2], '*', 'a', ARGV[3])
return 1
"""

_PUT_VISIT = """
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('HINCRBY', KEYS[2], ARGV[3], 1)
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a venue. `pid` is empty for whoever could not be made out, `staff` for who scanned by themselves."""

    id: str
    at: datetime
    pid: bytes
    outcome: Outcome
    shown: Result
    source: Shown = Shown.LIVE
    staff: str = ""
    written: datetime | None = None
    """When it was sent, of a record that was queued."""
    proved: bool = True
    """Whether whoever scanned was there, as far as the venue asks."""
    list_as_of: datetime | None = None
    """How old the revocation list was that the gate checked with."""
    checked: Result | None = None
    """The colour at that instant, looked up when the record came, of whoever a gate without a network let in."""


class Venues:
    """The repository of both."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._put_venue = redis.register_script(_PUT_VENUE)
        self._put_visit = redis.register_script(_PUT_VISIT)

    def put(self, venue: Venue, act: Act) -> bool:
        """False: it is so already."""
        names = [self._keys.venues(), self._keys.world_audit()]
        return bool(self._put_venue(keys=names, args=[venue.id, dumps(Venue, venue), act_entry(b"", act)]))

    def read(self, id: str) -> Venue | None:
        raw = cast("bytes | None", self._redis.hget(self._keys.venues(), id))
        return loads(Venue, raw) if raw else None

    def all(self) -> list[Venue]:
        """By community and name."""
        rows = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.venues()))
        found: list[Venue] = [loads(Venue, raw) for raw in rows.values()]
        return sorted(found, key=lambda venue: (venue.community, venue.name))

    # --- visits -------------------------------------------------------------------------------------------------------

    def note(self, venue: str, visit: Visit) -> bool:
        """False: this record is there already, and nothing was counted."""
        return bool(self._put_visit(*self._arguments(venue, visit)))

    def note_all(self, visits: Sequence[tuple[str, Visit]]) -> None:
        """The same of many, with the venue of each; one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for venue, visit in visits:
                queue_script(trip, _PUT_VISIT, *self._arguments(venue, visit))
            trip.execute()

    def _arguments(self, venue: str, visit: Visit) -> tuple[list[str], list[str | bytes | int]]:
        day = day_of(visit.at)
        names = [self._keys.visits(venue, day), self._keys.passes(venue, day)]
        return names, [visit.id, dumps(Visit, visit), visit.outcome.value, VISITS_SECONDS]

    def find(self, venue: str, day: date, id: str) -> Visit | None:
        raw = cast("bytes | None", self._redis.hget(self._keys.visits(venue, day), id))
        return loads(Visit, raw) if raw else None

    def counts(self, venue: str, day: date) -> dict[Outcome, int]:
        """Of a day, by outcome."""
        rows = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.passes(venue, day)))
        return {Outcome(name.decode()): int(number) for name, number in rows.items()}

    def between(self, venue: str, first: datetime, last: datetime, now: datetime) -> list[Visit]:
        """Who was there from `first` to `last`, as far as it is still kept; in order."""
        oldest = day_of(now) - timedelta(days=KEPT_DAYS)
        day, found = max(day_of(first), oldest), list[Visit]()
        with self._redis.pipeline(transaction=False) as trip:
            while day <= min(day_of(last), day_of(now)):
                trip.hvals(self._keys.visits(venue, day))
                day += timedelta(days=1)
            for rows in trip.execute():
                found += [loads(Visit, raw) for raw in rows]
        return sorted((each for each in found if first <= each.at <= last), key=lambda each: (each.at, each.id))
