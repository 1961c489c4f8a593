"""A list is killed at each of its steps, between any two commands and with a command done but unanswered: what a second
run leaves is the same, to the counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis

from domain.lists.rows import ListKind
from domain.proposals import Proposal, ProposalState
from domain.verdict import Colour
from tests.lists.conftest import LI, ZHAO, csv_file, declare_some, row
from tests.stage import NOW, FixedClock, identity, pid_of
from tests.worker.test_kill_drill import Fuse, FusedConnection, Killed
from worker.context import Context
from worker.lists import applying, stage
from worker.lists.deciding import approve, submit_file
from worker.lists.jobs import advance_list
from worker.wiring import build

PEOPLE = 6


def fused(ctx: Context) -> Context:
    """The same house in a process that will die."""
    made = build(ctx.settings)
    pool = redis.ConnectionPool.from_url(ctx.settings.redis_url, connection_class=FusedConnection)
    client = redis.Redis(connection_pool=pool)
    rewired = {
        name: type(getattr(made, name))(client, made.keys, made.vault)
        for name in ("people", "proposals", "lists", "staff")
    }
    return replace(made, redis=client, clock=ctx.clock, **rewired)


def submitted(ctx: Context, tmp_path: Path) -> Proposal:
    path = csv_file(tmp_path, *(row(number) for number in range(PEOPLE)), row(0, "NX-2"))
    return submit_file(ctx, ZHAO, ListKind.CASES, path, lambda _: None)


def fresh(ctx: Context) -> None:
    """Everything but the staff and two residents is forgotten; the clock stands at the beginning."""
    staff: Any = ctx.redis.hgetall(ctx.keys.staff())
    ctx.redis.flushall()
    ctx.redis.hset(ctx.keys.staff(), mapping=staff)
    clock = ctx.clock
    assert isinstance(clock, FixedClock)
    clock.at = NOW
    declare_some(ctx, (0, 1))


def assert_applied_once(ctx: Context, name: str) -> None:
    people = ctx.people.read(pid_of(ctx, identity(number)) for number in range(PEOPLE))
    assert [len(person.history.facts) for person in people.values()] == [3, 2, 1, 1, 1, 1]
    assert [ctx.moment().judge(people[pid_of(ctx, identity(n))]).colour for n in (0, 1)] == [Colour.RED] * 2
    progress, proposal = ctx.lists.progress(name), ctx.proposals.read(name)
    assert (progress.chunks, progress.recorded, progress.known) == (3, PEOPLE + 1, 0)
    assert proposal is not None
    assert proposal.state is ProposalState.APPLIED
    assert [ctx.lists.rows(name, chunk) for chunk in range(3)] == [None] * 3


@pytest.mark.parametrize("after_sending", [False, True], ids=["before sending", "before the answer"])
def test_applying_may_die_at_every_step(
    ctx: Context, tmp_path: Path, after_sending: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "CHUNK", 3)
    monkeypatch.setattr(applying, "lease", _unleased)
    Fuse.after_sending = after_sending
    for step in range(1, 200):
        fresh(ctx)
        name = submitted(ctx, tmp_path).id
        approve(ctx, LI, name)
        Fuse.left = step
        try:
            advance_list(fused(ctx), name)
        except Killed:
            clock = ctx.clock
            assert isinstance(clock, FixedClock)
            clock.advance(minutes=7)
            advance_list(ctx, name)
            advance_list(ctx, name)
            assert_applied_once(ctx, name)
        else:
            assert_applied_once(ctx, name)
            assert step > 12, "the drill ended before it reached the steps"
            return
    pytest.fail("the list was never applied")


@pytest.mark.parametrize("after_sending", [False, True], ids=["before sending", "before the answer"])
def test_submitting_may_die_at_every_step(ctx: Context, tmp_path: Path, after_sending: bool) -> None:
    """Typed again, the command leaves one proposal with all its rows."""
    Fuse.after_sending = after_sending
    for step in range(1, 200):
        fresh(ctx)
        Fuse.left = step
        died = False
        try:
            submitted(fused(ctx), tmp_path)
        except Killed:
            died = True
        proposal = submitted(ctx, tmp_path)
        assert ctx.proposals.all() == [proposal]
        approve(ctx, LI, proposal.id)
        advance_list(ctx, proposal.id)
        assert ctx.lists.progress(proposal.id).recorded == PEOPLE + 1
        if not died:
            assert step > 6, "the drill ended before it reached the steps"
            return
    pytest.fail("the list was never submitted")


class _Held:
    lost = threading.Event()


@contextmanager
def _unleased(*_: object) -> Iterator[_Held]:
    """A lease whose holder died is free again after seconds, which the drill does not wait for."""
    yield _Held()
