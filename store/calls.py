"""The call list of a community: whom no message reached, about what and why, and what a call brought.

One entry a person, the newest. It is over once a call settled it or once the person has reported since: readers apply
that, nothing sweeps it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import cast

from redis import Redis

from domain.facts import day_of
from store.codec import dumps, loads
from store.keys import CALLS_SECONDS, SHARDS, Keys, shard_of

REMINDER = "reminder"
"""What an entry is about that one's own report of the same day settles; of the others only a later day's does."""


class Outcome(StrEnum):
    """What a call brought."""

    ANSWERED = "answered"
    NO_ANSWER = "no-answer"
    WRONG_NUMBER = "wrong-number"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to be called: since when, about what (a reminder, or the sentence that was to be sent), the trail."""

    at: datetime
    about: str
    trail: str
    outcome: str = ""
    called_at: datetime | None = None
    by: str = ""
    tries: int = 0

    def is_over(self, last_own_day: date | None) -> bool:
        """Whether nobody needs to call any more."""
        if self.outcome and self.outcome != Outcome.NO_ANSWER:
            return True
        if last_own_day is None:
            return False
        day = day_of(self.at)
        return last_own_day >= day if self.about == REMINDER else last_own_day > day


class Calls:
    """The repository."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def put(self, community: str, pid: bytes, call: Call) -> None:
        """A newer entry of a person replaces the older; one of the same thing on the same day stays as it is."""
        before = self.find(community, pid)
        if before and (before.about, day_of(before.at)) == (call.about, day_of(call.at)):
            return
        self._write(community, pid, call)

    def note(self, community: str, pid: bytes, outcome: Outcome, by: str, at: datetime) -> bool:
        """What a call brought; False when nobody of this pid is on the list."""
        call = self.find(community, pid)
        if call is None:
            return False
        self._write(community, pid, replace(call, outcome=outcome.value, called_at=at, by=by, tries=call.tries + 1))
        return True

    def find(self, community: str, pid: bytes) -> Call | None:
        raw = cast("bytes | None", self._redis.hget(self._keys.calls(community), pid.hex()))
        found: Call | None = loads(Call, raw) if raw else None
        return found

    def of(self, community: str) -> Mapping[bytes, Call]:
        """pid -> entry, also those that are over, the oldest first."""
        return self.of_all([community])

    def of_all(self, communities: Sequence[str]) -> Mapping[bytes, Call]:
        """The same of several communities, in one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for community in communities:
                trip.hgetall(self._keys.calls(community))
            answers = trip.execute() if communities else []
        entries = [(bytes.fromhex(pid.decode()), loads(Call, raw)) for raws in answers for pid, raw in raws.items()]
        return dict(sorted(entries, key=lambda each: each[1].at))

    def listed(self) -> int:
        """Entries that no call settled, over all communities; some may be over by a report since. Two trips."""
        with self._redis.pipeline(transaction=False) as trip:
            for shard in range(SHARDS):
                trip.smembers(self._keys.calling(shard))
            communities = [each.decode() for found in trip.execute() for each in found]
        with self._redis.pipeline(transaction=False) as trip:
            for community in communities:
                trip.hvals(self._keys.calls(community))
            calls = [loads(Call, raw) for raws in (trip.execute() if communities else ()) for raw in raws]
        return sum(not call.is_over(None) for call in calls)

    def _write(self, community: str, pid: bytes, call: Call) -> None:
        name, index = self._keys.calls(community), self._keys.calling(shard_of(community))
        with self._redis.pipeline(transaction=True) as trip:
            trip.hset(name, pid.hex(), dumps(Call, call))
            trip.expire(name, CALLS_SECONDS)
            trip.sadd(index, community)
            trip.execute()
