"""Applying: an approved list becomes facts, a thousand rows at a time, with a mark after each thousand.

It may run twice, overlap another run or be killed anywhere: a row's fact has its id from its content and its instant
from the approval, so a second time there is nothing to record, and the counts come out alike.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.lists.rows import fact_id, fact_of, is_known
from domain.person import Person
from domain.proposals import Proposal, ProposalState, applied
from store.changes import Act, Change
from store.keys import SHARDS
from store.lease import lease
from store.list_values import ListHead, ListProgress, ListRow
from worker.context import Context
from worker.decisions.recording import record
from worker.lists.checking import RowsGone
from worker.queues import SETTLE

log = logging.getLogger(__name__)

RUN_SECONDS = 30.0
CROWD = 4_000
"""While more changes than this wait to be followed, a list waits too: residents' own come first."""
PAUSE_SECONDS = 0.05
TRIES = 20


@dataclass(frozen=True, slots=True)
class Approved:
    """A list that may be applied: what it is, who approved it and when."""

    head: ListHead
    by: str
    at: datetime


def apply_list(ctx: Context, proposal: Proposal, seconds: float = RUN_SECONDS) -> bool:
    """Apply for so long; whether more is to be done by whoever called. Raises RowsGone."""
    head = ctx.lists.head(proposal.id)
    if head is None:
        raise RowsGone(proposal.id)
    with lease(ctx.redis, ctx.keys.list_lease(head.id)) as held:
        if held is None or (now := ctx.proposals.read(head.id)) is None or now.state is not ProposalState.APPROVED:
            return False  # another run is at it, or was
        approved = Approved(head, now.decided_by, now.decided_at or ctx.clock.now())
        if not _apply_chunks(ctx, approved, time.monotonic() + seconds, held.lost):
            return not held.lost.is_set()
        act = Act(now.decided_by, "apply list", head.id, head.origin, head.organisation)
        if ctx.proposals.move(now, applied(now), act):
            ctx.lists.finish(head.id)
    return False


def _apply_chunks(ctx: Context, approved: Approved, end: float, lost: threading.Event) -> bool:
    head = approved.head
    progress = ctx.lists.progress(head.id)
    while progress.chunks < head.chunks:
        if time.monotonic() > end or lost.is_set() or not _has_room(ctx, end):
            return False
        rows = ctx.lists.rows(head.id, progress.chunks)
        if rows is None:
            raise RowsGone(head.id)
        counts = _apply_rows(ctx, approved, rows)
        progress = ListProgress(
            progress.chunks + 1,
            progress.recorded + counts.recorded,
            progress.known + counts.known,
            progress.damaged + counts.damaged,
        )
        ctx.lists.put_progress(head.id, progress)
        for lane in range(ctx.lanes):
            ctx.waker.wake(SETTLE, lane)
    return True


def _apply_rows(ctx: Context, approved: Approved, rows: Sequence[ListRow]) -> ListProgress:
    """Every row of a chunk, again for those whose person changed meanwhile."""
    counts, left = ListProgress(), rows
    for _ in range(TRIES):
        people, moment = ctx.people.read_sound(row.pid for row in left), ctx.moment()
        changes: list[Change] = []
        behind: list[ListRow] = []
        for row in left:
            person = people.get(row.pid)
            if person is None:
                counts = replace(counts, damaged=counts.damaged + 1)
            elif is_known(person.history, row.entry):
                counts = _seen(counts, person, row, approved.at)
            else:
                fact = fact_of(row.entry, approved.at)
                changes.append(record(person, fact, _act(approved, row, fact.id), moment))
                people[row.pid] = changes[-1].after
                behind.append(row)
        written = ctx.people.write(changes)
        counts = replace(counts, recorded=counts.recorded + sum(written))
        left = [row for row, done in zip(behind, written, strict=True) if not done]
        if not left:
            return counts
    raise RuntimeError("persons of a list keep changing")


def _seen(counts: ListProgress, person: Person, row: ListRow, at: datetime) -> ListProgress:
    """A fact of this very instant was recorded by this list before the run was killed."""
    name = fact_id(row.entry)
    if any(fact.id == name and fact.at == at for fact in person.history.facts):
        return replace(counts, recorded=counts.recorded + 1)
    return replace(counts, known=counts.known + 1)


def _act(approved: Approved, row: ListRow, fact: str) -> Act:
    head, entry = approved.head, row.entry
    why = f"名单 {head.id} 第 {row.number} 行；来源 {entry.source}；证据 {entry.evidence}；批准 {approved.by}"
    return Act(head.submitted_by, f"list {head.kind.value}", fact, why, head.organisation)


def _has_room(ctx: Context, end: float) -> bool:
    """Wait until little waits to be followed; False when the time is over."""
    while True:
        with ctx.redis.pipeline(transaction=False) as trip:
            for shard in range(SHARDS):
                trip.xlen(ctx.keys.follow(shard))
            if sum(trip.execute()) <= CROWD:
                return True
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE_SECONDS)
