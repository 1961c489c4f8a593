"""Rosters: per community, who is there and how they stand. A projection in chunked cells, never the truth.

A cell is 16 bytes: version (8), last own day (2), until (2), colour (1), level (1), present (1), grid cell of the
community (1, 0 for none); a day is the number of days since 1970. A newer version wins; no cell holds a delta, so
counts are summed on reading.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from redis import Redis

from domain.people import Level
from domain.verdict import NOWHERE, Colour, World
from store.keys import ROSTER_CHUNKS, Keys

PUT = """
local now = redis.call('HGET', KEYS[1], ARGV[1])
if now and string.sub(now, 1, 8) >= string.sub(ARGV[2], 1, 8) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""

MEND = """
local now = redis.call('HGET', KEYS[1], ARGV[1])
if not now or string.sub(now, 1, 8) ~= string.sub(ARGV[2], 1, 8) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""
"""The same version judged anew, because something is true for everybody that was not."""

_CELL = struct.Struct(">QHHBB?B")
CELL = [("version", ">u8"), ("own", ">u2"), ("until", ">u2"), ("colour", "u1"), ("level", "u1"), ("there", "?")]
CELL += [("grid", "u1")]
"""The same as numpy reads it: days since 1970, 0 for none; the place of the colour in `Colour`."""
_EPOCH_DAY = date(1970, 1, 1)
_COLOURS = tuple(Colour)


@dataclass(frozen=True, slots=True)
class RosterCell:
    """How one person of a community stands. `present` False: moved away or erased; it stays for its version only."""

    version: int
    present: bool
    colour: Colour = Colour.NONE
    last_own_day: date | None = None
    until: date | None = None
    level: Level = Level.UNVERIFIED
    grid: int = 0

    def colour_on(self, today: date, world: World = NOWHERE) -> Colour:
        """Time alone turns green into grey, and every colour into none: the reader applies `until` and the end."""
        if world.has_ended(today):
            return Colour.NONE
        if self.colour is Colour.GREEN and self.until is not None and today > self.until:
            return Colour.GREY
        return self.colour


def put_arguments(keys: Keys, community: str, pid: bytes, cell: RosterCell) -> tuple[list[str], list[bytes]]:
    days = (_days(cell.last_own_day), _days(cell.until))
    packed = _CELL.pack(cell.version, *days, _COLOURS.index(cell.colour), cell.level, cell.present, cell.grid)
    return [keys.roster(community, pid[1] % ROSTER_CHUNKS)], [pid, packed]


class Rosters:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def read(self, community: str) -> Iterator[tuple[bytes, RosterCell]]:
        """Everybody of a community, in one trip."""
        for pid, _, cell in self.read_all((community,)):
            yield pid, cell

    def read_all(self, communities: Iterable[str]) -> Iterator[tuple[bytes, str, RosterCell]]:
        """Everybody of several communities, with whose roster it is; one trip."""
        wanted = list(communities)
        with self._redis.pipeline(transaction=False) as trip:
            for community in wanted:
                for chunk in range(ROSTER_CHUNKS):
                    trip.hgetall(self._keys.roster(community, chunk))
            answers = trip.execute() if wanted else []
        for place, cells in enumerate(answers):
            for pid, packed in cells.items():
                cell = _load(packed)
                if cell.present:
                    yield pid, wanted[place // ROSTER_CHUNKS], cell

    def size(self, communities: Sequence[str]) -> int:
        """How many cells these communities have, of those who moved away too; one trip each."""
        return sum(self._size(community) for community in communities)

    def _size(self, community: str) -> int:
        with self._redis.pipeline(transaction=False) as trip:
            for chunk in range(ROSTER_CHUNKS):
                trip.hlen(self._keys.roster(community, chunk))
            return sum(trip.execute())

    def cells(self, where: Mapping[bytes, str]) -> dict[bytes, RosterCell]:
        """Of these persons (pid -> community), the cells that there are; one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for pid, community in where.items():
                trip.hget(self._keys.roster(community, pid[1] % ROSTER_CHUNKS), pid)
            answers = trip.execute()
        return {pid: _load(packed) for pid, packed in zip(where, answers, strict=True) if packed is not None}

    def packed(self, communities: Sequence[str]) -> list[bytes]:
        """Of each community, all cells end to end as `CELL` has them: for counting, 25 times cheaper than cells one by
        one. One trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for community in communities:
                for chunk in range(ROSTER_CHUNKS):
                    trip.hvals(self._keys.roster(community, chunk))
            answers = trip.execute()
        rows = range(0, len(answers), ROSTER_CHUNKS)
        return [b"".join(cell for cells in answers[at : at + ROSTER_CHUNKS] for cell in cells) for at in rows]

    def inhabited(self, communities: Sequence[str]) -> list[bool]:
        """Whether each has any cell; one command a community."""
        with self._redis.pipeline(transaction=False) as trip:
            for community in communities:
                trip.exists(*(self._keys.roster(community, chunk) for chunk in range(ROSTER_CHUNKS)))
            return [bool(found) for found in trip.execute()]

    def counts(self, community: str, today: date, world: World = NOWHERE) -> Counter[Colour]:
        return Counter(cell.colour_on(today, world) for _, cell in self.read(community))


def _load(packed: bytes) -> RosterCell:
    version, own, until, colour, level, present, grid = _CELL.unpack(packed)
    return RosterCell(version, present, _COLOURS[colour], _day(own), _day(until), Level(level), grid)


def _days(day: date | None) -> int:
    return (day - _EPOCH_DAY).days if day else 0


def _day(days: int) -> date | None:
    return _EPOCH_DAY + timedelta(days=days) if days else None
