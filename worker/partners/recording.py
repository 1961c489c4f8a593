"""What a client records: facts by the ways that everybody's go, with the client on record as who said so.

An entry has an id of its own, made from the client, its key and its number: the same again is the same fact.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from domain.facts import Fact, Undo, day_of
from domain.ledger import facts_by_kind, undone
from domain.notices import in_force
from domain.partners.client import Client
from domain.person import Person
from domain.roles import Refused
from store.changes import Act, Change
from store.keys import lane_of, shard_of_pid
from worker.changing import change_person
from worker.context import Context
from worker.decisions.moment import Moment
from worker.decisions.recording import record_all
from worker.queues import SETTLE

TRIES = 5
BATCH = 100
"""Persons written in one trip."""
LATEST = timedelta(days=3)
"""How old an entry may be: so long normal reports are kept one by one."""
AHEAD = timedelta(minutes=5)
CORRECTED_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of an upload: the record it is about, and the fact to put on it, given its id and instant."""

    pid: bytes
    fact: Fact


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an entry. `reason` is empty for one that is on record now, whoever asked first."""

    receipt: str
    reason: str = ""


def receipt(client: str, key: str, row: int | str) -> str:
    """The id of a fact of a client; a receipt of one client is nobody else's."""
    name = "\0".join((client, key, str(row))).encode()
    return f"{mark_of(client)}{urlsafe_b64encode(blake2b(name, digest_size=12).digest()).decode()}"


def mark_of(client: str) -> str:
    """What the receipts of a client begin with."""
    return "p" + urlsafe_b64encode(blake2b(client.encode(), digest_size=3).digest()).decode() + "-"


def record(ctx: Context, client: Client, pid: bytes, fact: Fact, what: str) -> None:
    """One fact, committed when this returns. Raises Refused (`keeps_changing`)."""
    (written,) = record_rows(ctx, client, [Entry(pid, fact)], what)
    if written.reason:
        raise Refused(written.reason)


def record_rows(ctx: Context, client: Client, entries: Sequence[Entry], what: str) -> list[Written]:
    """Many facts; each is on record or refused (`keeps_changing`) when this returns, in the order given."""
    of_person: dict[bytes, list[Entry]] = {}
    for entry in entries:
        of_person.setdefault(entry.pid, []).append(entry)
    pids, failed = list(of_person), set[bytes]()
    for start in range(0, len(pids), BATCH):
        failed |= _write(ctx, client, {pid: of_person[pid] for pid in pids[start : start + BATCH]}, what)
    for lane in {lane_of(shard_of_pid(pid), ctx.lanes) for pid in pids}:
        ctx.waker.wake(SETTLE, lane)
    return [Written(each.fact.id, "keeps_changing" if each.pid in failed else "") for each in entries]


def _write(ctx: Context, client: Client, wanted: dict[bytes, list[Entry]], what: str) -> set[bytes]:
    """Those that changed at every try."""
    left = dict(wanted)
    for _ in range(TRIES):
        people, moment = ctx.people.read(left), ctx.moment()
        new = {pid: _new(people[pid], entries) for pid, entries in left.items()}
        changes = [_change(client, people[pid], facts, what, moment) for pid, facts in new.items() if facts]
        overtaken = {c.after.pid for c, ok in zip(changes, ctx.people.write(changes), strict=True) if not ok}
        left = {pid: left[pid] for pid in overtaken}
        if not left:
            break
    return set(left)


def _new(person: Person, entries: Sequence[Entry]) -> tuple[Fact, ...]:
    """Those that are not on record: what is handed in again changes nothing."""
    known = {fact.id for fact in person.history.facts}
    return tuple({entry.fact.id: entry.fact for entry in entries if entry.fact.id not in known}.values())


def _change(client: Client, person: Person, facts: tuple[Fact, ...], what: str, moment: Moment) -> Change:
    names = " ".join(fact.id for fact in facts)
    act = Act(f"client {client.id}", what, names, f"API of {client.id}", client.organisation)
    return record_all(person, person, facts, act, moment)


def correct(ctx: Context, client: Client, pid: bytes, of: str, fact: Callable[[datetime], Fact] | None) -> Change:
    """Take back what this client said for somebody, and record what it should have been, in one step.

    Raises Refused: `not_yours` for a receipt of somebody else, `no_such_record`, `too_late` where it counts already.
    """
    if not of.startswith(mark_of(client.id)):
        raise Refused("not_yours")

    def decide(person: Person) -> Change:
        moment = ctx.moment()
        meant = next((each for each in person.history.facts if each.id == of), None)
        if meant is None:
            raise Refused("no_such_record")
        undo = Undo(id=f"u{of}", at=moment.now, of=of)
        facts = (undo,) if fact is None else (undo, fact(moment.now))
        change = _change(client, person, facts, "api correct", moment)
        _require_undone(change.after, of, moment)
        return change

    return change_person(ctx, pid, decide)


def _require_undone(person: Person, of: str, moment: Moment) -> None:
    """An undo counts only in time and only of what was said for oneself: else nothing is written, and said so."""
    limits = in_force(day_of(moment.now)).limits
    if of not in undone(facts_by_kind(person.history.facts), limits):
        raise Refused("too_late")


def fits(at: datetime, now: datetime) -> str:
    """Why an instant cannot be that of an entry: `too_late`, `to_come`, or empty."""
    if at > now + AHEAD:
        return "to_come"
    return "too_late" if at < now - LATEST else ""
