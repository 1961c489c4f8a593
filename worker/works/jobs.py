"""The job behind every long work: a run under a lease, its end written down, whatever it ends by."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from domain.lists.columns import BadList
from domain.roles import Refused
from domain.works import Work, WorkState
from store.lease import lease
from store.works import Begun, Cancelled, Ending, Overtaken
from worker.context import Context
from worker.queues import WORKS
from worker.wiring import context
from worker.works.kinds import KINDS
from worker.works.running import Done, Kind, Run

log = logging.getLogger(__name__)

TRIES = 3
"""So often may a run die (killed, out of memory) before the work has failed."""
FORGOTTEN_AFTER = timedelta(minutes=10)
"""A name without a work behind it: whoever put it down was killed before it was there."""


def advance(name: str) -> None:
    """Do a work, or the next part of it."""
    advance_work(context(), name)


def advance_work(ctx: Context, name: str) -> None:
    """As `advance`; what is not done in one run is woken again."""
    ctx.waker.started(WORKS, name)
    try:
        work = ctx.works.read(name)
    except Refused:
        return
    kind = KINDS[work.kind]
    with lease(ctx.redis, ctx.keys.work_lease(name)) as held, _turn(ctx, kind) as turn:
        if held is None or not turn:
            return
        begun = ctx.works.begin(name)
        if begun is not None and _run(ctx, work, kind, begun, held.lost):
            ctx.waker.start(WORKS, name)


@contextmanager
def _turn(ctx: Context, kind: Kind) -> Iterator[bool]:
    """Whether it is this one's turn; a work that can be parted does not wait for any."""
    if kind.parted:
        yield True
        return
    with lease(ctx.redis, ctx.keys.works_turn()) as held:
        yield held is not None


def _run(ctx: Context, work: Work, kind: Kind, begun: Begun, lost: threading.Event) -> bool:
    """Whether more is to be done."""
    if begun.tries > TRIES:
        _end(ctx, work, begun, Ending(WorkState.FAILED, reason="work_died"))
        return False
    try:
        staff = ctx.staff.read(work.staff)
        with _folder(ctx, work.id) as folder:
            run = Run(ctx, work, staff, begun.run, begun.mark, folder, lost)
            done = kind.do(run)
            if done is None:
                ctx.works.pause(work.id, begun.run)
                return True
            _end(ctx, work, begun, _ended(run, done))
    except Overtaken:
        log.info("work %s goes on elsewhere", work.id)
    except Cancelled:
        _end(ctx, work, begun, Ending(WorkState.CANCELLED))
    except Refused as refused:
        _end(ctx, work, begun, Ending(WorkState.FAILED, reason=refused.reason, detail=refused.detail))
    except BadList as bad:
        _end(ctx, work, begun, Ending(WorkState.FAILED, reason="bad_table", detail=str(bad)))
    return False


def _ended(run: Run, done: Done) -> Ending:
    made = run.keep(done.file) if done.file else None
    return Ending(WorkState.DONE, made, done.counts)


def _end(ctx: Context, work: Work, begun: Begun, ending: Ending) -> None:
    """What was handed in is of no more use; a file whose end does not count is dropped at once."""
    ended = ctx.works.end(work.id, begun.run, ending)
    if ended and work.given is not None:
        ctx.works.drop_file(work.id, work.given)
    if not ended and ending.result is not None:
        ctx.works.drop_file(work.id, ending.result)


@contextmanager
def _folder(ctx: Context, name: str) -> Iterator[Path]:
    """A private one; what a killed run of this work left on this machine goes first."""
    above = ctx.settings.data_dir / "works"
    above.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in above.glob(f"{name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-{os.getpid()}-", dir=above))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_works(ctx: Context) -> None:
    """Wake every work that is not over and that nobody is at: what a crash or a lost wake left behind, and those that
    wait for their turn."""
    for name, asked_at in ctx.works.unfinished():
        try:
            over = ctx.works.read(name).is_over
        except Refused:
            over = ctx.clock.now() - asked_at > FORGOTTEN_AFTER
            if not over:
                continue
        if over:
            ctx.works.look_away(name)
        elif not ctx.redis.exists(ctx.keys.work_lease(name)):
            ctx.waker.start(WORKS, name, WOKEN_SECONDS)


WOKEN_SECONDS = 10
