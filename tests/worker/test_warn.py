"""The day before green turns grey, and a yellow that runs out: told once, at a sensible hour, whoever dies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import redis

from domain.facts import SHANGHAI, Contact, History, Isolation, IsolationMode, Stay
from domain.people import Level
from domain.person import Person
from domain.reminders import instant_of, usual_hour
from domain.verdict import Colour, RiskArea, World
from flows.core import Say
from flows.effects import Amend
from store.changes import Act
from store.due import PUT, Due, hour_arguments, minutes
from store.keys import account_tag, shard_of
from store.reminded import Reminded
from tests.stage import NOW, FixedClock, commit, declare, identity, openid, pid_of, report, stage
from tests.worker.test_kill_drill import Fuse, Killed, fused
from worker.clockwork.warn import serve, stretch_of
from worker.context import Context
from worker.decisions.foreseen import due_day
from worker.decisions.moment import Moment
from worker.decisions.recording import record
from worker.delivery import letters
from worker.jobs import settle_lane
from worker.settling.rebuild import rebuild_rosters

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


def ticks(ctx: Context) -> int:
    """The ticks of the clock that serve the last hour, of which a standstill may have lost up to now; how many people
    were written to."""
    written = serve(ctx) + serve(ctx)
    settle_lane(ctx, 0)
    return written


def said(ctx: Context, number: int = 1) -> list[Say]:
    entries = ctx.streams.read("post", [shard_of(openid(number))], 100)
    mine = [letters.unseal(ctx.vault, entry.fields[b"b"]) for entry in entries]
    return [say for letter in mine if letter.openid == openid(number) for say in letter.says]


def told(ctx: Context, number: int = 1) -> list[str]:
    return [say.template for say in said(ctx, number) if say.template != "reminder"]


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
    ticks(ctx)
    assert told(ctx) == ["grey_tomorrow"] * expected


def test_it_is_told_once_for_one_deadline_and_again_for_the_next(ctx: Context) -> None:
    declared(ctx)
    at(ctx, 3, 13)
    assert (ticks(ctx), ticks(ctx)) == (1, 0)
    ctx.due.put_served(0)
    assert ticks(ctx) == 0
    checked_in(ctx, "a")
    assert ticks(ctx) == 0
    at(ctx, 6, 13)
    assert ticks(ctx) == 1
    assert told(ctx) == ["grey_tomorrow"] * 2


def test_whoever_has_checked_in_meanwhile_is_left_alone(ctx: Context) -> None:
    declared(ctx)
    at(ctx, 3, 8)
    checked_in(ctx, "a")
    at(ctx, 3, 13)
    assert ticks(ctx) == 0


def test_below_phone_verified_no_colour_is_spoken_of(ctx: Context) -> None:
    declared(ctx, level=Level.UNVERIFIED)
    at(ctx, 3, 13)
    ticks(ctx)
    assert told(ctx) == []
    assert [each.args["call"] for each in said(ctx)] == ["usual"]


def test_a_day_on_which_the_service_was_down_moves_the_warning(ctx: Context) -> None:
    declared(ctx)
    outages = frozenset({date(2020, 3, 3)})
    ctx.worlds.change(lambda world: replace(world, outages=outages), Act("admin", "outage"))
    ctx.watch.current = ctx.worlds.read()
    at(ctx, 3, 13)
    ticks(ctx)
    assert told(ctx) == []
    at(ctx, 4, 13)
    ticks(ctx)
    assert told(ctx) == ["grey_tomorrow"]


def test_an_index_that_was_lost_is_made_anew(ctx: Context, redis_client: redis.Redis) -> None:
    pid = declared(ctx)
    redis_client.delete(ctx.keys.due(pid[0], pid[1]))
    rebuild_rosters(ctx)
    at(ctx, 3, 13)
    assert ticks(ctx) == 1


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
        assert ticks(ctx) == 0
    at(ctx, 16, 13)
    assert ticks(ctx) == 1
    assert told(ctx) == ["told_colour", "told_colour"]
    assert person(ctx).noticed == date(2020, 3, 17)
    ctx.due.move([(pid, person(ctx).version, ctx.clock.now())])
    ctx.due.put_served(0)
    assert ticks(ctx) == 0


def test_what_is_told_late_in_the_day_is_the_only_message_of_that_day(ctx: Context) -> None:
    """Whoever chose eight in the evening reads of the end of yellow by six, and is not reminded two hours later."""
    pid = declared(ctx)
    isolation = Isolation(IsolationMode.CENTRAL, date(2020, 3, 4))
    contact = Contact(id="c", at=NOW, exposed_on=date(2020, 3, 1), isolation=isolation)
    ctx.people.write([record(person(ctx), contact, Act("list", "record"), ctx.moment())])
    settle_lane(ctx, 0)
    commit(ctx, WHO, (pid, Amend(pid=pid, remind=20)))
    for day in range(1, 16):
        at(ctx, day, 8)
        checked_in(ctx, f"d{day}")
    for hour in (11, 19, 20):
        at(ctx, 16, hour, 59)
        ticks(ctx)
    assert "told_colour" in told(ctx)
    assert "reminder" not in [say.template for say in said(ctx)]
    at(ctx, 17, 20, 59)
    ticks(ctx)
    assert [say.template for say in said(ctx)][-1] == "reminder"


def test_yellow_is_reminded_in_the_morning_and_called_once_more_in_the_evening(ctx: Context) -> None:
    pid = declared(ctx)
    commit(ctx, WHO, (pid, report(pid, f"{TAG}-f", "38.0", NOW)))
    settle_lane(ctx, 0)
    for day in (1, 2):
        for hour in (8, 13, 20, 21):
            at(ctx, day, hour, 59)
            ticks(ctx)
            ticks(ctx)
    calls = [say.args["call"] for say in said(ctx) if say.template == "reminder"]
    assert calls == ["yellow", "last", "yellow", "last"]
    at(ctx, 3, 8)
    checked_in(ctx, "a")
    for hour in (8, 20):
        at(ctx, 3, hour, 59)
        assert ticks(ctx) == 0


@pytest.mark.parametrize("after_sending", [False, True], ids=["before sending", "before the answer"])
@pytest.mark.parametrize(
    ("day", "expected"), [(1, ["reminder"]), (3, ["grey_tomorrow"])], ids=["a reminder", "the last green day"]
)
def test_the_clock_may_die_at_every_step(ctx: Context, day: int, expected: list[str], after_sending: bool) -> None:
    """The next leader goes on: nobody is forgotten, nobody is written to twice, and the index has moved on."""
    Fuse.after_sending = after_sending
    for step in range(1, 60):
        at(ctx, 0, 8)
        ctx.redis.flushall()
        Fuse.left = -1
        pid = declared(ctx)
        assert isinstance(ctx.clock, FixedClock)
        ctx.clock.at = instant_of(pid, date(2020, 3, 2) + timedelta(days=day), usual_hour(pid))
        ctx.due.put_served(minutes(ctx.clock.at) - 1)
        dying = fused(ctx)
        dying = replace(dying, due=Due(dying.redis, dying.keys), reminded=Reminded(dying.redis, dying.keys))
        Fuse.left = step
        died = False
        try:
            serve(dying)
        except Killed:
            died = True
        Fuse.left = -1
        serve(ctx)
        settle_lane(ctx, 0)
        serve(ctx)
        assert [each.template for each in said(ctx)] == expected, f"killed at step {step}"
        assert ctx.due.at(range(256), minutes(ctx.clock.at) // 60, 8) == ([], False), f"killed at step {step}"
        assert ctx.due.served() == minutes(ctx.clock.at)
        if not died:
            assert step > 6, "the drill ended before it reached the steps"
            return
    pytest.fail("it never finished")


@pytest.mark.parametrize(
    ("served", "now", "expected"),
    [
        ("09:59", "10:00", (10, 0, 0)),
        ("10:00", "10:00", None),
        ("09:57", "10:02", (9, 58, 59)),
        ("09:59", "10:02", (10, 0, 2)),
        ("08:10", "10:02", (9, 3, 59)),
        ("07:10", "08:02", (8, 0, 2)),
        ("10:09", "10:05", (9, 6, 59)),
        ("20:58", "20:59", (20, 59, 59)),
        ("20:58", "21:00", None),
        ("06:00", "07:59", None),
    ],
)
def test_every_minute_of_the_day_is_served_once_and_none_of_the_night(
    served: str, now: str, expected: tuple[int, int, int] | None
) -> None:
    day = datetime(2020, 3, 2, tzinfo=SHANGHAI)
    done, at = (datetime.combine(day, time.fromisoformat(each), SHANGHAI) for each in (served, now))
    found = stretch_of(minutes(done), at)
    assert (found and (found.hour - minutes(day) // 60, found.first, found.last)) == expected


def test_a_newer_version_wins_and_what_is_due_stays_due_until_it_is_looked_at(ctx: Context) -> None:
    pid, ten = bytes(range(12)), datetime(2020, 3, 5, 10, tzinfo=SHANGHAI)
    hour = minutes(ten) // 60

    def put(version: int, at: datetime | None, now: datetime) -> None:
        ctx.redis.eval(PUT, 1, *(part for parts in hour_arguments(ctx.keys, pid, version, at, now) for part in parts))

    def due(hour: int) -> bool:
        return ctx.due.at([1], hour, 8)[0] == [pid]

    put(5, None, ten)
    put(4, ten, ten)
    assert not due(hour)
    put(6, ten, ten - timedelta(hours=1))
    assert not due(hour - 1)
    assert due(hour + 1)
    put(7, ten + timedelta(days=1), ten)  # recorded in the hour itself, by whoever did not look
    assert due(hour)
    assert ctx.due.move([(pid, 6, None)]) == [pid]
    assert due(hour)
    assert ctx.due.move([(pid, 7, ten + timedelta(hours=1))]) == []
    assert not due(hour)
    put(8, ten + timedelta(hours=5), ten)
    assert not due(hour + 4)


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
