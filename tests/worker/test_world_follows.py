"""What becomes true for everybody reaches rosters and residents: once each, and nobody whom it does not concern."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis

from domain.facts import SHANGHAI, By, Exposure, Stay
from domain.places import is_community
from domain.verdict import Colour, RiskArea, World
from flows.effects import Record
from store.changes import Act
from store.heartbeat import Beat, Heartbeat
from store.keys import account_tag, shard_of
from store.world import Concerned, Refresh
from tests.stage import NOW, PHOENIX, FixedClock, commit, declare, identity, openid, pid_of, stage
from worker.clockwork.upkeep import Upkeep, beat, listings_turned
from worker.context import Context
from worker.delivery import letters
from worker.jobs import settle_lane
from worker.settling.refresh import communities, mend, refresh, step

ACT = Act("zhou.wei", "risk area", reason="省指挥部通告")
AREA = RiskArea("武汉市", date(2020, 3, 1))


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    """王芳 has told of a stay in 武汉, the second resident of one in 西安."""
    made = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    for number, place in ((1, "武汉市江汉区"), (2, "西安市")):
        who = identity(number)
        stay = Exposure(id=f"e{number}", at=NOW, by=By.SELF, stays=(Stay(place, date(2020, 2, 28)),))
        pid = pid_of(made, who)
        commit(
            made, openid(number), (pid, declare(who, account_tag(openid(number)))), (pid, Record(pid=pid, fact=stay))
        )
    settle_lane(made, 0)
    return made


def change(ctx: Context, **parts: Any) -> None:
    """The world changes, long enough ago that every process knows."""
    ctx.worlds.change(lambda world: replace(world, **parts), ACT)
    ctx.watch.current = ctx.worlds.read()


def follow(ctx: Context) -> None:
    """Everything that follows, without waiting for other processes, and past the communities without people."""
    while works := ctx.worlds.refreshes():
        work = works[0]
        if work.concerned is Concerned.EVERYBODY and work.done != communities().index(PHOENIX):
            last = len(communities()) - 1 if work.done else communities().index(PHOENIX)
            ctx.worlds.advance(work, replace(work, done=last))
        assert step(ctx, ctx.worlds.refreshes()[0])
    settle_lane(ctx, 0)


def told(ctx: Context, number: int) -> int:
    posted = ctx.streams.read("post", [shard_of(openid(number))], 100)
    opened = [letters.unseal(ctx.vault, each.fields[b"b"]) for each in posted]
    return sum(say.template == "told_colour" for each in opened for say in each.says)


def colours(ctx: Context) -> Counter[Colour]:
    return ctx.rosters.counts(PHOENIX, ctx.clock.now().date())


def test_a_listing_reaches_whoever_was_there_and_nobody_else(ctx: Context) -> None:
    change(ctx, risk_areas=(AREA,))
    follow(ctx)
    assert colours(ctx) == {Colour.YELLOW: 1, Colour.GREEN: 1}
    assert (told(ctx, 1), told(ctx, 2)) == (1, 0)
    pid = pid_of(ctx, identity(2))
    assert ctx.people.read([pid])[pid].version == 2


def test_a_listing_that_is_taken_back_is_told_as_well(ctx: Context) -> None:
    change(ctx, risk_areas=(AREA,))
    follow(ctx)
    change(ctx, risk_areas=())
    follow(ctx)
    assert colours(ctx) == {Colour.GREEN: 2}
    assert told(ctx, 1) == 2


def test_a_listing_of_tomorrow_is_told_tomorrow(ctx: Context) -> None:
    assert isinstance(ctx.clock, FixedClock)
    change(ctx, risk_areas=(replace(AREA, since=date(2020, 3, 3)),))
    follow(ctx)
    assert (told(ctx, 1), colours(ctx)) == (0, {Colour.GREEN: 2})
    ctx.clock.advance(days=1)
    assert ctx.worlds.refreshes() == []
    Upkeep(ctx).tick()
    assert [work.concerned for work in ctx.worlds.refreshes()] == [Concerned.TRAVELLERS]
    follow(ctx)
    assert (told(ctx, 1), told(ctx, 2), colours(ctx)[Colour.YELLOW]) == (1, 0, 1)


@pytest.mark.parametrize(
    ("area", "turned"),
    [
        (RiskArea("武汉市", date(2020, 3, 2)), True),
        (RiskArea("武汉市", date(2020, 3, 3)), False),
        (RiskArea("武汉市", date(2020, 2, 1)), False),
        (RiskArea("武汉市", date(2020, 2, 1), date(2020, 3, 1)), True),
        (RiskArea("武汉市", date(2020, 2, 1), date(2020, 3, 2)), False),
    ],
)
def test_a_listing_turns_on_the_days_of_its_beginning_and_after_its_end(area: RiskArea, turned: bool) -> None:
    assert listings_turned(World(risk_areas=(area,)), NOW.date()) is turned


def test_a_second_walk_tells_nobody_again(ctx: Context) -> None:
    """Also one that begins between the first one's writing and what follows from it."""
    change(ctx, risk_areas=(AREA,))
    pids = [pid_of(ctx, identity(number)) for number in (1, 2)]
    assert mend(ctx, pids) == 0
    assert mend(ctx, pids) == 1
    settle_lane(ctx, 0)
    assert mend(ctx, pids) == 0
    follow(ctx)
    assert (told(ctx, 1), colours(ctx)[Colour.YELLOW]) == (1, 1)


def test_an_outage_moves_the_grey_deadline_in_the_roster_without_a_word_to_anybody(ctx: Context) -> None:
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.advance(days=2)
    change(ctx, outages=frozenset({date(2020, 3, 3)}))
    follow(ctx)
    cells = dict(ctx.rosters.read(PHOENIX))
    assert {cell.until for cell in cells.values()} == {date(2020, 3, 6)}
    assert {cell.version for cell in cells.values()} == {2}
    assert (told(ctx, 1), told(ctx, 2)) == (0, 0)


def test_work_is_done_in_steps_and_begins_anew_when_the_world_changes_again(ctx: Context) -> None:
    change(ctx, outages=frozenset({date(2020, 3, 4)}))
    (work,) = ctx.worlds.refreshes()
    assert work.concerned is Concerned.EVERYBODY
    assert step(ctx, work)
    (going,) = ctx.worlds.refreshes()
    assert going.done == 1
    ctx.worlds.change(lambda world: replace(world, outages=frozenset()), ACT)
    assert not ctx.worlds.advance(going, None)
    assert [each.done for each in ctx.worlds.refreshes()] == [0]


def test_nothing_follows_before_every_process_judges_by_the_new_world(ctx: Context) -> None:
    change(ctx, risk_areas=(AREA,))
    refresh(ctx)
    (work,) = ctx.worlds.refreshes()
    assert (work.done, work.tries) == (0, 0)
    long_ago = Refresh(work.concerned, int(time.time()) - 60)
    ctx.worlds.advance(work, long_ago)
    refresh(ctx)
    assert ctx.worlds.refreshes()[0:1] != [long_ago]


def test_every_community_is_walked() -> None:
    assert len(set(communities())) == 2_912
    assert all(is_community(code) for code in communities())


# --- the heartbeat ---------------------------------------------------------------------------------------------------


def at(day: int, hour: int) -> datetime:
    return datetime(2020, 3, day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("hours", "wall_hours", "days"),
    [(0.1, 0.1, set()), (3.9, 3.9, set()), (5, 5, {2}), (24, 24, {2}), (24, 0.01, set()), (24, 5, {2})],
    ids=["alive", "a nap", "down", "down a day", "the sandbox's clock was moved", "moved while it was down"],
)
def test_a_silence_is_credited_to_everybody_and_stands_in_the_audit(
    ctx: Context, hours: float, wall_hours: float, days: set[int]
) -> None:
    heartbeat = Heartbeat(ctx.redis, ctx.keys)
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.at = at(2, 16)
    heartbeat.write(Beat(ctx.clock.at - timedelta(hours=hours) if hours < 24 else at(2, 8), 1_000.0))
    if hours >= 24:
        ctx.clock.at = at(2, 8) + timedelta(hours=hours) if wall_hours == 24 else at(2, 8) + timedelta(hours=8)
    credited = beat(ctx, heartbeat, 1_000.0 + wall_hours * 3600)
    assert {day.day for day in credited} == days
    assert {day.day for day in ctx.worlds.read().outages} == days
    acts = [act[2] for _, act in ctx.audit.acts(256)]
    assert acts == (["credit outage"] if days else [])
    assert beat(ctx, heartbeat, 1_000.0 + wall_hours * 3600 + 10) == ()


def test_the_first_beat_of_all_credits_nothing(ctx: Context) -> None:
    assert beat(ctx, Heartbeat(ctx.redis, ctx.keys), 1_000.0) == ()
    assert ctx.worlds.read() == World()
