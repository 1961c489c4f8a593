"""`remind` by community, the hour of choice on its way to the person and back, and what a minute of the clock costs."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from click.testing import CliRunner, Result
from redis.connection import Connection

from domain.appointing import granted, new_staff
from domain.reminders import OFF, instant_of, slot_of, usual_hour
from domain.roles import Grant, Role
from domain.scopes import Communities
from flows.effects import Amend
from store.changes import Act
from store.due import Due, minutes
from store.keys import SHARDS, WORLD, account_tag
from store.known import known_of
from store.people import People
from store.reminded import Reminded
from tests.stage import BRIDGE, NOW, PHOENIX, FixedClock, commit, declare, identity, openid, pid_of, report, stage
from worker.clockwork import warn
from worker.clockwork.roll_call import missing_in
from worker.clockwork.warn import look_at, serve
from worker.context import Context
from worker.delivery import letters
from worker.jobs import settle_lane
from worker.operate.remind import remind

GREEN, FEVERISH, REPORTED, SILENT, ELSEWHERE = range(1, 6)


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Five residents a day after they declared: one feverish then, one who has reported, one who wants no reminders,
    one of another community."""
    made = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    for id, prefix in (("li.qiang", PHOENIX), ("sun.yu", "640106")):
        who = granted(new_staff(id, "李强", "社区"), Grant(Role.COMMUNITY_WORKER, Communities(prefix)))
        made.staff.add(who, Act("test", "staff add"))
    monkeypatch.setattr(sys.modules["worker.operate.remind"], "context", lambda: made)
    for number in range(GREEN, ELSEWHERE + 1):
        moved_in(made, number, "38.0" if number == FEVERISH else "36.5", BRIDGE if number == ELSEWHERE else PHOENIX)
    clock_at(made, 1, 9)
    pid = pid_of(made, identity(REPORTED))
    commit(made, openid(REPORTED), (pid, report(pid, "r", "36.4", made.clock.now())))
    commit(
        made, openid(SILENT), (pid_of(made, identity(SILENT)), Amend(pid=pid_of(made, identity(SILENT)), remind=OFF))
    )
    settle_lane(made, 0)
    return made


def moved_in(ctx: Context, number: int, temperature: str = "36.5", community: str = PHOENIX) -> bytes:
    who, pid = identity(number), pid_of(ctx, identity(number))
    commit(ctx, openid(number), (pid, declare(who, account_tag(openid(number)), temperature, community)))
    settle_lane(ctx, 0)
    return pid


def clock_at(ctx: Context, day: int, hour: int) -> None:
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.at = NOW.replace(hour=hour) + timedelta(days=day)


def reminders(ctx: Context) -> list[tuple[int, Any]]:
    """(number of the resident, what is said) of all reminders on all posts."""
    entries = ctx.streams.read("post", range(SHARDS), 10_000)
    found = [letters.unseal(ctx.vault, each.fields[b"b"]) for each in entries if each.fields[b"k"] == b"reminder"]
    return sorted((int(letter.openid.removeprefix("oStage")), letter.says[0].args["call"]) for letter in found)


def order(*words: str, staff: str = "sun.yu") -> Result:
    return CliRunner().invoke(remind, [*words, "--as", staff])


def acts(ctx: Context) -> list[str]:
    return [f"{by} {reason}" for _, (_, by, what, _, reason, _) in ctx.audit.acts(WORLD) if what == "remind"]


def test_a_community_is_reminded_once_and_it_is_on_record_who_did(ctx: Context) -> None:
    first = order(PHOENIX, staff="li.qiang")
    assert first.exit_code == 0, first.output
    assert "今天还没打卡 3 人" in first.output
    assert "2\t已提醒" in first.output
    assert "1\t本人不要提醒" in first.output
    assert reminders(ctx) == [(GREEN, "usual"), (FEVERISH, "yellow")]
    again = order(PHOENIX, staff="li.qiang")
    assert "2\t今天已提醒过" in again.output
    county = order("640106")
    assert "1\t已提醒" in county.output
    assert reminders(ctx) == [(GREEN, "usual"), (FEVERISH, "yellow"), (ELSEWHERE, "usual")]
    assert acts(ctx)[0] == f"li.qiang {PHOENIX}: yellow 1 green 2"
    assert acts(ctx)[2] == "sun.yu 640106: yellow 1 green 3"
    clock_at(ctx, 1, 13)
    assert serve(ctx) == 0, "whom the staff reminded the clock leaves alone"


def test_those_whom_it_costs_most_come_first(ctx: Context) -> None:
    found = missing_in(ctx, PHOENIX)
    assert [each.risk.name for each in found] == ["YELLOW", "GREEN", "GREEN"]
    assert found[0].pid == pid_of(ctx, identity(FEVERISH))


def test_only_one_colour_or_only_the_counts(ctx: Context) -> None:
    dry = order("640106", "--dry-run")
    assert "今天还没打卡 4 人" in dry.output
    assert reminders(ctx) == []
    assert acts(ctx) == []
    order("640106", "--colour", "yellow")
    assert reminders(ctx) == [(FEVERISH, "yellow")]


@pytest.mark.parametrize(
    ("division", "staff", "hour", "why"),
    [
        (PHOENIX, "li.qiang", 21, "21点到次日8点"),
        (PHOENIX, "li.qiang", 7, "21点到次日8点"),
        (BRIDGE, "li.qiang", 12, "不在您的负责范围内"),
        ("6401069", "sun.yu", 12, "没有这个行政区划代码"),
        (PHOENIX, "nobody", 12, "没有这位工作人员"),
    ],
)
def test_what_is_refused(ctx: Context, division: str, staff: str, hour: int, why: str) -> None:
    clock_at(ctx, 1, hour)
    result = order(division, staff=staff)
    assert result.exit_code == 1
    assert why in result.output
    assert reminders(ctx) == []


def test_on_the_last_green_day_an_order_tells_that_and_no_more(ctx: Context) -> None:
    clock_at(ctx, 3, 9)
    assert "2\t已告知" in order(PHOENIX, "--colour", "green").output, "also those who want no reminders"
    settle_lane(ctx, 0)
    told = [letters.unseal(ctx.vault, each.fields[b"b"]) for each in ctx.streams.read("post", range(SHARDS), 100)]
    mine = [say.template for letter in told if letter.openid == openid(GREEN) for say in letter.says]
    assert mine == ["grey_tomorrow"]
    clock_at(ctx, 3, 13)
    serve(ctx)
    settle_lane(ctx, 0)
    assert (GREEN, "usual") not in reminders(ctx)


def test_the_hour_of_choice_is_kept_with_the_person_and_shown_to_the_account(ctx: Context) -> None:
    pid, who = pid_of(ctx, identity(GREEN)), openid(GREEN)
    commit(ctx, who, (pid, Amend(pid=pid, remind=15)))
    settle_lane(ctx, 0)
    assert ctx.people.read([pid])[pid].remind == 15
    known = known_of(ctx.accounts.read(who), *ctx.views.read(who))
    assert known is not None
    assert known.remind == 15
    chosen = instant_of(pid, ctx.clock.now().date(), 15)
    assert isinstance(ctx.clock, FixedClock)
    for now, expected in ((chosen - timedelta(minutes=1), []), (chosen, [(GREEN, "usual")])):
        ctx.clock.at = now
        ctx.due.put_served(minutes(now) - 1)
        serve(ctx)
        assert [each for each in reminders(ctx) if each[0] == GREEN] == expected


# --- what it costs ---------------------------------------------------------------------------------------------------


class CountingConnection(Connection):
    """Counts trips; a pipeline is one."""

    trips = 0

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        CountingConnection.trips += 1
        super().send_packed_command(command, check_health)  # type: ignore[no-untyped-call]  # redis-py's has none


def counting(ctx: Context) -> Context:
    """The same clock on connections that count, once connected."""
    client = redis.Redis(
        connection_pool=redis.ConnectionPool.from_url(ctx.settings.redis_url, connection_class=CountingConnection)
    )
    client.ping()
    return replace(
        ctx,
        redis=client,
        due=Due(client, ctx.keys),
        reminded=Reminded(client, ctx.keys),
        people=People(client, ctx.keys, ctx.vault),
    )


def trips_of_a_minute(ctx: Context) -> int:
    CountingConnection.trips = 0
    serve(ctx)
    return CountingConnection.trips


def test_a_minute_costs_as_many_trips_as_there_are_batches_of_people_whose_minute_it_is(ctx: Context) -> None:
    """Whoever is not due in this minute costs nothing: the sets of this minute's slots alone are read."""
    who = next(
        n for n in range(10, 2_000) if slot_of(pid_of(ctx, identity(n))) == slot_of(pid_of(ctx, identity(GREEN)))
    )
    pid = moved_in(ctx, who)
    now = instant_of(pid, ctx.clock.now().date(), usual_hour(pid))
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.at = now
    ctx.due.put_served(minutes(now) - 1)
    counted = counting(ctx)
    busy = trips_of_a_minute(counted)
    assert trips_of_a_minute(counted) == 1, "served: one look at how far it is"
    assert (who, "usual") in reminders(ctx)
    ctx.clock.at = now + timedelta(minutes=1)
    assert trips_of_a_minute(counted) == 3, "a minute of nobody: how far, the sets, put down"
    assert busy == 3 + 3, "and a batch: the persons, their posts, their next hours"


def test_a_minute_of_many_is_worked_off_in_several_ticks(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warn, "OF_A_SHARD", 1)
    pids = [moved_in(ctx, number) for number in range(20, 60)]
    assert max(sum(pid[0] == shard for pid in pids) for shard in range(SHARDS)) > 1, "no shard has two of them"
    clock_at(ctx, 1, 13)
    for _ in range(8):
        serve(ctx)
    reminded = {number for number, _ in reminders(ctx)}
    assert {*range(20, 60)} <= reminded
    assert ctx.due.served() == minutes(ctx.clock.now())


def test_a_person_who_cannot_be_read_stops_nobody_else(ctx: Context) -> None:
    bad, good = pid_of(ctx, identity(GREEN)), pid_of(ctx, identity(FEVERISH))
    ctx.redis.setrange(ctx.keys.person(bad), 12, b"\xff" * 8)
    look_at(ctx, [bad, good], by_order=True)
    assert reminders(ctx) == [(FEVERISH, "yellow")]
