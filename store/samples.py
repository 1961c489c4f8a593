"""Samples: how many people of each county have which colour and have reported, minute by minute and day by day.

Numbers only, and nobody's. A minute's stays for eight days, so that today lies beside yesterday.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from redis import Redis

from domain.facts import SHANGHAI
from domain.notice import Colour
from store.codec import dumps, loads
from store.keys import SAMPLES_SECONDS, Keys

COLOURS = tuple(Colour)
PEOPLE, REPORTED, FIRST_COLOUR = 0, 1, 2
WIDTH = FIRST_COLOUR + len(COLOURS)
"""Numbers of a county: people, of these who reported today, then one for each colour in the order of `Colour`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """All counties at an instant. `age`: seconds since the community that was counted longest ago was counted."""

    at: datetime
    counties: Mapping[str, list[int]]
    age: int = 0
    communities: int = 0
    """How many have somebody on their roster."""

    def total(self, county: str = "") -> list[int]:
        """The numbers of a county, or of all that begin with `county`."""
        sums = [0] * WIDTH
        for code, numbers in self.counties.items():
            if code.startswith(county):
                sums = [a + b for a, b in zip(sums, numbers, strict=True)]
        return sums


class Samples:
    """The repository of samples, by minute and by day."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def put(self, sample: Sample) -> None:
        """The later one of a minute stays; so does the later one of a day."""
        local, packed = sample.at.astimezone(SHANGHAI), dumps(Sample, sample)
        name = self._keys.samples(local.date().isoformat())
        with self._redis.pipeline(transaction=False) as trip:
            trip.hset(name, str(local.hour * 60 + local.minute), packed)
            trip.expire(name, SAMPLES_SECONDS)
            trip.hset(self._keys.sampled_days(), local.date().isoformat(), packed)
            trip.execute()

    def latest(self) -> Sample | None:
        """The last one of all."""
        days = self._days()
        return days[max(days)] if days else None

    def of_day(self, day: date) -> dict[int, Sample]:
        """By minute of the day."""
        raw = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.samples(day.isoformat())))
        return {int(minute): loads(Sample, raw[minute]) for minute in sorted(raw, key=int)}

    def days(self, until: date, count: int) -> list[Sample]:
        """The last one of each of the last days on which there was one, the earliest first."""
        found = sorted((day, sample) for day, sample in self._days().items() if day <= until.isoformat())
        return [sample for _, sample in found[-count:]]

    def drop_days(self, before: date) -> None:
        """Forget the days before this one."""
        old = [day for day in self._days() if day < before.isoformat()]
        if old:
            self._redis.hdel(self._keys.sampled_days(), *old)

    def _days(self) -> dict[str, Sample]:
        raw = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.sampled_days()))
        return {day.decode(): loads(Sample, packed) for day, packed in raw.items()}
