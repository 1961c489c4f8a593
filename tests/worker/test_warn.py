"""The day before green turns grey, and a yellow that runs out: told once, at a sensible hour, whoever dies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import redis

from domain.facts import SHANGHAI, Contact, History, Isolation, IsolationMode, Stay
from domain.people import Level
from domain.person import Person
from domain.verdict import Colour, RiskArea, World
from flows.core import Say
from store.changes import Act
from store.due import Due
from store.keys import SLOTS, account_tag, shard_of
from tests.stage import NOW, FixedClock, commit, declare, identity, openid, pid_of, report, stage
from tests.worker.test_kill_drill import Fuse, Killed, fused
from worker import letters
from worker.apply import Moment, record
from worker.context import Context
from worker.foreseen import due_day
from worker.jobs import settle_lane
from worker.rebuild import rebuild_rosters
from worker.warn import FROM, OVER, SLOTS_AT_ONCE, UNTIL, serve, slots_by

WHO = openid(1)
TAG = account_tag(WHO)
PID = b""


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path, SETTLE_LANES="1")


def at(ctx: Context, day: int, hour: int, minute: int = 0) -> None:
    """Move the clock to an hour of day D+n."""
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.at = NOW.replace(hour=hour, minute=minute) + timedelta(days=day)


def declared(ctx: Context, number: int = 1, level: Level = Level.PHONE) -> bytes:
    pid = pid_of(ctx, identity(number))
    claim = replace(declare(identity(number), account_tag(openid(number))), level=level)
    commit(ctx, openid(number), (pid, claim))
    settle_lane(ctx, 0)
    return pid


def checked_in(ctx: Context, name: str) -> None:
    pid = pid_of(ctx, identity(1))
    commit(ctx, WHO, (pid, report(pid, f"{TAG}-{name}", "36.5", ctx.clock.now())))
    settle_lane(ctx, 0)


def morning(ctx: Context) -> int:
    """All ticks of the clock that a morning has; how many were told."""
    told = sum(serve(ctx) for _ in range(SLOTS // SLOTS_AT_ONCE + 1))
    settle_lane(ctx, 0)
    return told


def told(ctx: Context, number: int = 1) -> list[str]:
    entries = ctx.streams.read("post", [shard_of(openid(number))], 100)
    mine = [letters.unseal(ctx.vault, entry.fields[b"b"]) for entry in entries]
    return [say.template for letter in mine if letter.openid == openid(number) for say in letter.says]


def person(ctx: Context) -> Person:
    return ctx.people.read([pid_of(ctx, identity(1))])[pid_of(ctx, identity(1))]


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [(2, 13, 0), (3, 9, 0), (3, 13, 1), (3, 20, 1), (3, 21, 0), (4, 13, 0)],
    ids=["a day early", "before ten", "on the last day", "after a standstill", "at night", "grey already"],
)
def test_the_last_green_day_is_announced_by_day(ctx: Context, day: int, hour: int, expected: int) -> None:
    declared(ctx)
    at(ctx, day, hour)
    assert morning(ctx) == expected
    assert told(ctx) == ["grey_tomorrow"] * expected


def test_it_is_told_once_for_one_deadline_and_again_for_the_next(ctx: Context) -> None:
    declared(ctx)
    at(ctx, 3, 13)
    assert (morning(ctx), morning(ctx)) == (1, 0)
    ctx.due.put_slots_served(ctx.clock.now().date(), 0)
    assert morning(ctx) == 0
    checked_in(ctx, "a")
    assert morning(ctx) == 0
    at(ctx, 6, 13)
    assert morning(ctx) == 1
    assert told(ctx) == ["grey_tomorrow"] * 2


def test_whoever_has_checked_in_meanwhile_is_left_alone(ctx: Context) -> None:
    declared(ctx)
    at(ctx, 3, 8)
    checked_in(ctx, "a")
    at(ctx, 3, 13)
    assert morning(ctx) == 0


def test_below_phone_verified_no_colour_is_spoken_of(ctx: Context) -> None:
    declared(ctx, level=Level.UNVERIFIED)
    at(ctx, 3, 13)
    assert morning(ctx) == 0


def test_a_day_on_which_the_service_was_down_moves_the_warning(ctx: Context) -> None:
    declared(ctx)
    outages = frozenset({date(2020, 3, 3)})
    ctx.worlds.change(lambda world: replace(world, outages=outages), Act("admin", "outage"))
    ctx.watch.current = ctx.worlds.read()
    at(ctx, 3, 13)
    assert morning(ctx) == 0
    at(ctx, 4, 13)
    assert morning(ctx) == 1


def test_an_index_that_was_lost_is_made_anew(ctx: Context, redis_client: redis.Redis) -> None:
    pid = declared(ctx)
    redis_client.delete(ctx.keys.due(pid[0], pid[1]))
    rebuild_rosters(ctx)
    at(ctx, 3, 13)
    assert morning(ctx) == 1


def test_a_yellow_that_runs_out_by_itself_is_announced(ctx: Context) -> None:
    """The own fourteen days are complete before the isolation has lasted: a midnight makes it green."""
    pid = declared(ctx)
    isolation = Isolation(IsolationMode.CENTRAL, date(2020, 3, 4))
    contact = Contact(id="c", at=NOW, exposed_on=date(2020, 3, 1), isolation=isolation)
    ctx.people.write([record(person(ctx), contact, Act("list", "record"), ctx.moment())])
    settle_lane(ctx, 0)
    for day in range(1, 16):
        at(ctx, day, 8)
        checked_in(ctx, f"d{day}")
        at(ctx, day, 13)
        assert morning(ctx) == 0
    at(ctx, 16, 13)
    assert morning(ctx) == 1
    assert told(ctx) == ["told_colour", "told_colour"]
    assert person(ctx).noticed == date(2020, 3, 17)
    ctx.due.put_day(pid, person(ctx).version, date(2020, 3, 18))
    ctx.due.put_slots_served(date(2020, 3, 18), 0)
    assert morning(ctx) == 0


@pytest.mark.parametrize("after_sending", [False, True], ids=["before sending", "before the answer"])
def test_the_clock_may_die_at_every_step(ctx: Context, after_sending: bool) -> None:
    pid = pid_of(ctx, identity(1))
    Fuse.after_sending = after_sending
    for step in range(1, 60):
        at(ctx, 0, 8)
        ctx.redis.flushall()
        Fuse.left = -1
        declared(ctx)
        assert isinstance(ctx.clock, FixedClock)
        ctx.clock.at = datetime.combine(date(2020, 3, 5), FROM, SHANGHAI) + pid[1] * OVER / SLOTS
        ctx.due.put_slots_served(date(2020, 3, 5), pid[1])
        dying = fused(ctx)
        dying = replace(dying, due=Due(dying.redis, dying.keys))
        Fuse.left = step
        try:
            _one_slot(dying, pid[1])
        except Killed:
            Fuse.left = -1
            _one_slot(ctx, pid[1])
            assert told(ctx) == ["grey_tomorrow"], f"killed at step {step}"
        else:
            assert told(ctx) == ["grey_tomorrow"]
            assert step > 5, "the drill ended before it reached the steps"
            return
    pytest.fail("it never finished")


def _one_slot(ctx: Context, slot: int) -> None:
    served = ctx.due.slots_served(ctx.clock.now().date())
    if served <= slot:
        serve(ctx)
    settle_lane(ctx, 0)


def test_everybody_has_a_minute_of_their_own_in_two_hours() -> None:
    ten = datetime.combine(date(2020, 3, 5), FROM, SHANGHAI)
    assert slots_by(ten - timedelta(seconds=1)) == 0
    assert slots_by(ten) == 1
    assert slots_by(ten + OVER / 2) == SLOTS // 2 + 1
    assert slots_by(ten + OVER) == SLOTS
    assert slots_by(datetime.combine(date(2020, 3, 5), UNTIL, SHANGHAI)) == 0


def test_a_newer_version_wins(ctx: Context) -> None:
    pid, today = bytes(range(12)), date(2020, 3, 5)
    ctx.due.put_day(pid, 5, None)
    ctx.due.put_day(pid, 4, today)
    assert ctx.due.on([pid[1]], today) == []
    ctx.due.put_day(pid, 6, today)
    assert ctx.due.on([pid[1]], today - timedelta(1)) == []
    assert ctx.due.on([pid[1]], today + timedelta(1)) == [pid]


def test_the_words_of_the_warning() -> None:
    from channel.render import render

    text = render((Say("grey_tomorrow", {"left": "13 小时"}),))
    assert "今天24时到期" in text
    assert "附件四(一)2" in text


@pytest.mark.parametrize(("listed", "warned"), [((), True), ((RiskArea("武汉", date(2020, 3, 3)),), False)])
def test_a_green_that_a_listing_ends_tomorrow_is_not_said_to_be_saved_by_a_check_in(
    listed: tuple[RiskArea, ...], warned: bool
) -> None:
    fact = declare(identity(1), TAG).fact
    stayed = replace(fact, stays=(Stay("武汉", date(2020, 3, 1)),))
    who = Person(bytes(12), account=WHO, level=Level.PHONE, history=History((stayed,)))
    moment = Moment(NOW, World(risk_areas=listed))
    verdict = moment.judge(who)
    assert verdict.colour is Colour.GREEN
    assert (due_day(who, verdict, moment) is not None) is warned
