"""Putting people on their community's roster, many at once: what `worker.residents.registering` decides, written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from domain.person import Person
from domain.roles import Refused, Staff
from store.sealing import person_id
from worker.context import Context
from worker.decisions.moment import Moment
from worker.queues import SETTLE
from worker.residents.registering import Entry, enrol

BATCH = 200
TRIES = 5


class Fate(StrEnum):
    """What becomes of a row, or would."""

    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"
    SPEAKS = "speaks"
    """Has an account: what they say of themselves stays."""
    ELSEWHERE = "elsewhere"
    """Lives outside the scope, as far as is on record."""


def fates(ctx: Context, staff: Staff, entries: Sequence[Entry], reason: str) -> list[Fate]:
    """What enrolling would do to each; nothing is written. A trip a batch."""
    found: list[Fate] = []
    for first in range(0, len(entries), BATCH):
        batch = {pid_of(ctx, entry): entry for entry in entries[first : first + BATCH]}
        people, moment = ctx.people.read(batch), ctx.moment()
        found += [_fate(people[pid], entry, staff, reason, moment) for pid, entry in batch.items()]
    return found


def enrol_batch(ctx: Context, staff: Staff, entries: Sequence[Entry], reason: str) -> Counter[Fate]:
    """Put up to `BATCH` people down. Raises Refused, also (`keeps_changing`)."""
    of_pid = {pid_of(ctx, entry): entry for entry in entries}
    done, left = Counter[Fate](), dict(of_pid)
    for _ in range(TRIES):
        people, moment = ctx.people.read(left), ctx.moment()
        would = {pid: _fate(people[pid], entry, staff, reason, moment) for pid, entry in left.items()}
        changes = [
            change
            for pid, entry in left.items()
            if would[pid] is not Fate.ELSEWHERE
            and (change := enrol(people[pid], entry, staff, reason, moment)) is not None
        ]
        written = ctx.people.write(changes)
        lost = {change.after.pid for change, ok in zip(changes, written, strict=True) if not ok}
        done.update(fate for pid, fate in would.items() if pid not in lost)
        left = {pid: of_pid[pid] for pid in lost}
        if not left:
            break
    ctx.waker.wake_all(SETTLE, range(ctx.lanes))
    if left:
        raise Refused("keeps_changing")
    return done


def pid_of(ctx: Context, entry: Entry) -> bytes:
    document = entry.identity.document
    return person_id(ctx.settings.pid_key, document.kind.value, document.number)


def _fate(person: Person, entry: Entry, staff: Staff, reason: str, moment: Moment) -> Fate:
    try:
        change = enrol(person, entry, staff, reason, moment)
    except Refused as refused:
        if refused.reason == "scope":
            return Fate.ELSEWHERE
        raise
    if change is not None:
        return Fate.NEW if person.identity is None else Fate.CHANGED
    return Fate.SPEAKS if person.account else Fate.KNOWN
