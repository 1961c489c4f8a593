"""The rolling count says of every county what summing its rosters cell by cell would say, and keeps yesterday."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from domain.notice import Colour
from domain.verdict import World
from store import rosters
from store.keys import Keys
from store.rosters import RosterCell
from store.samples import COLOURS, FIRST_COLOUR, PEOPLE, REPORTED
from store.scripts import queue_script
from tests.stage import BRIDGE, NOW, PHOENIX, FixedClock, stage
from worker.context import Context
from worker.overview.counting import RollingCount, numbers_of

TODAY = NOW.date()
DAYS = st.one_of(st.none(), st.integers(-20, 20).map(lambda n: TODAY + timedelta(n)))
CELLS = st.builds(RosterCell, st.integers(1, 2**40), st.booleans(), st.sampled_from(Colour), DAYS, DAYS)
WORLDS = st.sampled_from((World(), World(ends_on=TODAY), World(ends_on=TODAY - timedelta(1))))


@given(st.lists(CELLS, max_size=30), WORLDS)
def test_cells_counted_packed_are_counted_as_each_is_read(cells: list[RosterCell], world: World) -> None:
    packed = b"".join(rosters.put_arguments(Keys(), PHOENIX, bytes(12), cell)[1][1] for cell in cells)
    there = [cell for cell in cells if cell.present]
    numbers = numbers_of(packed, TODAY, world)
    by_colour = Counter(cell.colour_on(TODAY, world) for cell in there)
    assert numbers[PEOPLE] == len(there)
    assert numbers[REPORTED] == sum(cell.last_own_day is not None and cell.last_own_day >= TODAY for cell in there)
    assert numbers[FIRST_COLOUR:] == [by_colour[colour] for colour in COLOURS]


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path)


def put(ctx: Context, community: str, *cells: RosterCell) -> None:
    with ctx.redis.pipeline(transaction=False) as trip:
        for number, cell in enumerate(cells):
            queue_script(trip, rosters.PUT, *rosters.put_arguments(ctx.keys, community, number.to_bytes(12), cell))
        trip.execute()


def test_a_sample_a_minute_and_yesterday_beside_today(ctx: Context) -> None:
    clock = ctx.clock
    assert isinstance(clock, FixedClock)
    green = RosterCell(1, True, Colour.GREEN, TODAY, TODAY)
    put(ctx, PHOENIX, green, green, RosterCell(1, True, Colour.RED))
    put(ctx, BRIDGE, green)
    count = RollingCount(ctx, (PHOENIX, BRIDGE))
    for _ in range(3):
        count.tick()
    assert list(ctx.samples.of_day(TODAY)) == [8 * 60]
    first = ctx.samples.latest()
    assert first is not None
    assert first.total("640106")[:2] == [4, 3]
    clock.advance(days=1)
    put(ctx, BRIDGE, replace(green, version=2, last_own_day=TODAY + timedelta(1), until=TODAY + timedelta(2)))
    for _ in range(3):
        count.tick()
    second = ctx.samples.latest()
    assert second is not None
    assert second.total()[:2] == [4, 1]
    assert [sample.at for sample in ctx.samples.days(day_after(), 9)] == [first.at, second.at]
    assert second.total()[FIRST_COLOUR + COLOURS.index(Colour.GREY)] == 2, "green that ran out is grey"


def test_a_house_without_anybody_says_so_and_a_slice_of_no_time_waits_for_its_turn(ctx: Context) -> None:
    count = RollingCount(ctx, (PHOENIX,))
    count.tick()
    empty = ctx.samples.latest()
    assert empty is not None
    assert (empty.counties, empty.communities) == ({}, 0)
    put(ctx, PHOENIX, RosterCell(1, True, Colour.GREEN, TODAY, TODAY))
    fresh = RollingCount(ctx, (PHOENIX, BRIDGE))
    ctx.samples.drop_days(day_after())
    fresh.tick(seconds=0)
    assert ctx.samples.latest() is None, "a sample was written before everybody was counted"


def day_after() -> date:
    return TODAY + timedelta(1)
