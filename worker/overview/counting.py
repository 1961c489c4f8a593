"""The rolling count: the clock's leader counts communities one after another, a part of each second, and writes down
once a minute what the counties come to.

Rosters are summed on reading, and a province has 7.2 million cells in 2,912 communities: read cell by cell as other
pages do, that is a minute of a processor. Counted packed it is seven seconds (docs/measurements.md), so that a round
fits into a minute and the sweeps wait `SLICE_SECONDS` for it; were it slower, samples would come less often.
No sum is kept anywhere but in samples: a new leader counts anew.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from domain.facts import day_of
from domain.notice import Colour
from domain.places import communities_in
from domain.verdict import World
from store.rosters import CELL
from store.samples import COLOURS, FIRST_COLOUR, PEOPLE, REPORTED, WIDTH, Sample
from worker.context import Context

SLICE_SECONDS = 0.15
AT_ONCE = 4
LOOKED_AT_ONCE = 100
KEPT_DAYS = 400
COUNTY = 6
_EPOCH = date(1970, 1, 1)
_NONE, _GREEN, _GREY = (COLOURS.index(each) for each in (Colour.NONE, Colour.GREEN, Colour.GREY))


@dataclass(slots=True)
class _Counted:
    numbers: list[int]
    at: float


class RollingCount:
    """One leader's; called every second."""

    def __init__(self, ctx: Context, communities: Sequence[str] = ()) -> None:
        self._ctx = ctx
        self._all = tuple(communities) or communities_in("")
        self._counted: dict[str, _Counted] = {}
        self._round: list[str] = []
        self._begun: datetime | None = None
        self._written: datetime | None = None

    def tick(self, seconds: float = SLICE_SECONDS) -> None:
        """Count on for so long, and write a sample when everybody is counted. Raises RedisError."""
        now = self._ctx.clock.now()
        minute = now.replace(second=0, microsecond=0)
        end = time.monotonic() + seconds
        if not self._round and self._begun != minute:
            self._begun = minute
            self._round = self._inhabited()
        while self._round and time.monotonic() < end:
            self._count(self._round[:AT_ONCE], now)
            del self._round[:AT_ONCE]
        if not self._round and self._written != self._begun:
            self._written = self._begun
            self._ctx.samples.put(self._sample(now))
            self._ctx.samples.drop_days(day_of(now) - timedelta(KEPT_DAYS))

    def whole(self) -> Sample:
        """Everybody counted now, however long it takes; nothing is written."""
        left, now = self._inhabited(), self._ctx.clock.now()
        for first in range(0, len(left), AT_ONCE):
            self._count(left[first : first + AT_ONCE], now)
        return self._sample(now)

    def _inhabited(self) -> list[str]:
        found: list[str] = []
        for first in range(0, len(self._all), LOOKED_AT_ONCE):
            part = self._all[first : first + LOOKED_AT_ONCE]
            there = self._ctx.rosters.inhabited(part)
            found += [community for community, lives in zip(part, there, strict=True) if lives]
        self._counted = {community: self._counted[community] for community in found if community in self._counted}
        return found

    def _count(self, communities: Sequence[str], now: datetime) -> None:
        today, world, at = day_of(now), self._ctx.watch.current, time.monotonic()
        for community, packed in zip(communities, self._ctx.rosters.packed(communities), strict=True):
            self._counted[community] = _Counted(numbers_of(packed, today, world), at)

    def _sample(self, now: datetime) -> Sample:
        counties: dict[str, NDArray[np.int64]] = {}
        for community, counted in self._counted.items():
            county = community[:COUNTY]
            counties[county] = counties.get(county, np.zeros(WIDTH, np.int64)) + np.array(counted.numbers)
        oldest = min((each.at for each in self._counted.values()), default=time.monotonic())
        told = {county: [int(number) for number in numbers] for county, numbers in sorted(counties.items())}
        return Sample(now, told, int(time.monotonic() - oldest), len(self._counted))


def numbers_of(packed: bytes, today: date, world: World) -> list[int]:
    """The numbers of a `Sample` for the cells of one community, as each reader of a cell would judge it today."""
    cells = np.frombuffer(packed, dtype=np.dtype(CELL))
    cells = cells[cells["there"]]
    days = (today - _EPOCH).days
    colours = cells["colour"].astype(np.int64)
    if world.has_ended(today):
        colours[:] = _NONE
    else:
        colours[(colours == _GREEN) & (cells["until"] > 0) & (cells["until"] < days)] = _GREY
    numbers = [0] * WIDTH
    numbers[PEOPLE] = len(cells)
    numbers[REPORTED] = int(np.count_nonzero(cells["own"] >= days))
    numbers[FIRST_COLOUR:] = [int(each) for each in np.bincount(colours, minlength=len(COLOURS))]
    return numbers
