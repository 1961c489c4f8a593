"""Tasks on a real server: a deadline each, the county after it, closed everywhere by the fact that settles them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import redis

from domain.facts import Undo
from domain.tasks import ABNORMAL
from flows.effects import Amend, Record
from store.tasks import OpenTask
from tests.stage import BRIDGE, NOW, PHOENIX, FixedClock, commit, declare, identity, openid, pid_of, report, stage
from worker.clockwork.overdue import escalate_tasks
from worker.context import Context
from worker.jobs import settle_lane

COUNTY = PHOENIX[:6]
PERSON = identity(1)


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    """王芳 has declared and then reported a fever."""
    made = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    pid = pid_of(made, PERSON)
    commit(made, openid(1), (pid, declare(PERSON, "w")), (pid, report(pid, "w-2", "38.0")))
    settle_lane(made, 0)
    return made


def go_on(ctx: Context, **parts: float) -> int:
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.advance(**parts)
    return escalate_tasks(ctx)


def take_back(ctx: Context) -> None:
    pid = pid_of(ctx, PERSON)
    undo = Undo(id="w-3", at=NOW, of="w-2")
    commit(ctx, openid(1), (pid, Record(pid=pid, fact=undo)))
    settle_lane(ctx, 0)


def test_a_fever_is_to_be_looked_after_within_two_hours_then_the_county_has_it(ctx: Context) -> None:
    (task,) = ctx.tasks.open(PHOENIX)
    assert (task.about, task.due, task.escalated) == (ABNORMAL, NOW + timedelta(hours=2), False)
    assert go_on(ctx, hours=1, minutes=59) == 0
    assert go_on(ctx, minutes=1) == 1
    assert go_on(ctx, minutes=1) == 0
    assert [(each.about, each.due) for each in ctx.tasks.open(COUNTY)] == [(ABNORMAL, task.due)]
    assert ctx.tasks.open(PHOENIX)[0].escalated


def test_the_fact_that_settles_it_closes_it_at_the_county_too(ctx: Context) -> None:
    go_on(ctx, hours=3)
    take_back(ctx)
    assert ctx.tasks.open(PHOENIX) == ctx.tasks.open(COUNTY) == []


def test_what_is_closed_in_time_never_reaches_the_county(ctx: Context) -> None:
    take_back(ctx)
    assert go_on(ctx, hours=3) == 0
    assert ctx.tasks.open(COUNTY) == []
    assert ctx.redis.hlen(ctx.keys.tasks(COUNTY)) == 0


def test_closed_while_the_clock_was_at_it_the_county_does_not_keep_it(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    (late,) = ctx.tasks.open(PHOENIX)
    monkeypatch.setattr(type(ctx.tasks), "overdue", lambda *_: [late])
    take_back(ctx)
    assert go_on(ctx, hours=3) == 0
    assert ctx.tasks.open(COUNTY) == []


def test_another_fever_does_not_put_the_deadline_off(ctx: Context) -> None:
    ctx.tasks.put(OpenTask(pid_of(ctx, PERSON), ABNORMAL, 99, PHOENIX, NOW + timedelta(hours=9)))
    (task,) = ctx.tasks.open(PHOENIX)
    assert task.due == NOW + timedelta(hours=2)
    go_on(ctx, hours=2)
    assert [each.version for each in ctx.tasks.open(COUNTY)] == [99]


def test_whoever_moves_takes_their_tasks_along(ctx: Context) -> None:
    go_on(ctx, hours=3)
    pid = pid_of(ctx, PERSON)
    commit(ctx, openid(1), (pid, Amend(pid=pid, community=BRIDGE)))
    settle_lane(ctx, 0)
    assert ctx.tasks.open(PHOENIX) == []
    assert [each.about for each in ctx.tasks.open(BRIDGE)] == [ABNORMAL]


def test_a_task_closed_by_hand_is_closed_once(ctx: Context) -> None:
    (task,) = ctx.tasks.open(PHOENIX)
    assert ctx.tasks.close(task)
    assert not ctx.tasks.close(task)
    assert go_on(ctx, hours=3) == 0
