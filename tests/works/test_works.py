"""Long works survive whatever is closed or killed, and no half of a file is ever offered."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
import redis

from domain.exports import READY, FileKind
from domain.roles import Refused, Staff
from domain.works import Work, WorkKind, WorkState
from store.keys import WORK_FILE_SECONDS
from tests.stage import PHOENIX, FixedClock
from tests.worker.test_kill_drill import Fuse, FusedConnection, Killed
from tests.works.conftest import LI, PEOPLE, ZHAO, declare_all, seized
from worker.context import Context
from worker.exports.exporting import Wanted
from worker.wiring import build
from worker.works import jobs
from worker.works.jobs import advance_work, sweep_works
from worker.works.starting import cancel, fetch, seen, start

WANTED = Wanted(PHOENIX, READY[0].name, READY[0].columns, FileKind.CSV_UTF8, reason="上报县指挥部")


def started(ctx: Context, wanted: Wanted = WANTED, staff: Staff = LI, name: str = "") -> str:
    return start(ctx, staff, WorkKind.EXPORT, wanted.args(), wanted.name, name=name)


def done(ctx: Context, wanted: Wanted = WANTED, staff: Staff = LI) -> Work:
    name = started(ctx, wanted, staff)
    advance_work(ctx, name)
    return ctx.works.read(name)


def table(ctx: Context, work: Work, staff: Staff = LI) -> list[list[str]]:
    """The file as a reader of CSV sees it."""
    made, pieces = fetch(ctx, staff, work.id)
    content = b"".join(pieces)
    assert len(content) == made.size
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("after_sending", [False, True], ids=["before sending", "before the answer"])
def test_a_work_may_die_at_every_step(ctx: Context, after_sending: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "lease", seized)
    declare_all(ctx)
    Fuse.after_sending = after_sending
    for step in range(1, 300):
        name = started(ctx)
        Fuse.left = step
        try:
            advance_work(_fused(ctx), name)
        except Killed:
            work = ctx.works.read(name)
            if not work.is_over:
                assert work.result is None, "a file that may be half of one was offered"
                advance_work(ctx, name)
            assert len(table(ctx, ctx.works.read(name))) == 1 + PEOPLE
        else:
            assert len(table(ctx, ctx.works.read(name))) == 1 + PEOPLE
            assert step > 12, "the drill ended before it reached the steps"
            return
    pytest.fail("the work was never done")


def test_a_work_that_kills_its_worker_fails_and_says_so(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "lease", seized)
    name = started(ctx)
    for _ in range(jobs.TRIES):
        ctx.works.begin(name)  # and nothing more: killed, out of memory
    advance_work(ctx, name)
    work = ctx.works.read(name)
    assert (work.state, work.reason) == (WorkState.FAILED, "work_died")
    assert ctx.works.unfinished() == []


def test_what_an_overtaken_run_ends_with_counts_for_nothing(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "lease", seized)
    declare_all(ctx)
    name = started(ctx)
    once = ctx.works.keep_file

    def overtaken(*given: Any) -> Any:
        monkeypatch.setattr(ctx.works, "keep_file", once)
        made = once(*given)
        advance_work(ctx, name)  # another worker took this one for dead
        return made

    monkeypatch.setattr(ctx.works, "keep_file", overtaken)
    advance_work(ctx, name)
    work = ctx.works.read(name)
    assert work.result is not None
    assert work.result.run == 2
    assert len(table(ctx, work)) == 1 + PEOPLE
    assert not ctx.redis.exists(ctx.keys.work_piece(name, 1, 0)), "the other run's file lies there for a day"


def test_the_sweep_finds_what_a_lost_wake_left_behind(ctx: Context) -> None:
    declare_all(ctx)
    name = started(ctx)
    ctx.redis.delete(ctx.keys.woken("works", name))
    ctx.redis.delete("rq:queue:bulk")
    sweep_works(ctx)
    assert ctx.waker.waiting()["bulk"] == 1
    advance_work(ctx, name)
    sweep_works(ctx)
    assert ctx.works.unfinished() == []


def test_a_form_that_is_sent_twice_is_one_work(ctx: Context) -> None:
    name = ctx.works.new_name()
    assert started(ctx, name=name) == started(ctx, name=name) == name
    assert [work.id for work in ctx.works.of(LI.id)] == [name]


def test_cancelled_while_it_waits_it_never_runs_and_while_it_runs_it_stops(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.works.running.TOLD_SECONDS", 0)
    declare_all(ctx)
    waiting, running = started(ctx), started(ctx)
    cancel(ctx, LI, waiting)
    ctx.works.begin(running)
    cancel(ctx, LI, running)
    for name in (waiting, running):
        advance_work(ctx, name)
        work = ctx.works.read(name)
        assert (work.state, work.result) == (WorkState.CANCELLED, None)
    with pytest.raises(Refused, match="over"):
        cancel(ctx, LI, waiting)


def test_the_file_is_for_whoever_asked_and_goes_after_a_day(ctx: Context) -> None:
    declare_all(ctx)
    work = done(ctx)
    with pytest.raises(Refused, match="unknown_work"):
        fetch(ctx, ZHAO, work.id)
    with pytest.raises(Refused, match="unknown_work"):
        seen(ctx, ZHAO, work.id)
    clock = ctx.clock
    assert isinstance(clock, FixedClock)
    clock.advance(seconds=WORK_FILE_SECONDS)
    with pytest.raises(Refused, match="file_gone"):
        fetch(ctx, LI, work.id)


def test_whoever_lost_the_role_meanwhile_gets_nothing(ctx: Context) -> None:
    name = started(ctx)
    ctx.staff.change(LI.id, lambda staff: replace(staff, grants=()), _act())
    advance_work(ctx, name)
    assert ctx.works.read(name).reason == "unknown_staff"


def _act() -> Any:
    from store.changes import Act

    return Act("test", "revoke")


def _fused(ctx: Context) -> Context:
    """The same house in a process that will die."""
    made = build(ctx.settings)
    pool = redis.ConnectionPool.from_url(ctx.settings.redis_url, connection_class=FusedConnection)
    client = redis.Redis(connection_pool=pool)
    rewired = {name: type(getattr(made, name))(client, made.keys, made.vault) for name in ("people", "staff")}
    return replace(made, redis=client, rosters=type(made.rosters)(client, made.keys), clock=ctx.clock, **rewired)
