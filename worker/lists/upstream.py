"""What an upstream authority sends: batches of rows, pushed by it or fetched from it, become lists that wait like any.

docs/upstream.md is the contract. The authority is a member of staff of the id `upstream`, who may submit and never
approve; an officer approves each list, or a standing approval does up to so many rows a day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from domain.facts import SHANGHAI
from domain.lists.cells import BadCell, Cell, instant_of_cell
from domain.lists.columns import Column
from domain.lists.reading import row_from_json
from domain.lists.rows import Fault, ListKind, Row
from domain.proposals import Proposal, ProposalState
from domain.roles import Action, require
from store.list_values import ListHead
from worker.lists.deciding import Desk, propose
from worker.lists.stage import Submission, stage

STAFF = "upstream"
ROWS = 1_000
"""Of one batch."""
FAULTS_TOLD = 100
WAITING = 200
"""Lists that wait at once; beyond that the authority is asked to come later."""


class BadBatch(Exception):
    """A batch that is not taken at all: an HTTP status and why, in words without any value of it."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Taken:
    """A batch that became a list, now or when it came for the first time."""

    proposal: Proposal
    head: ListHead | None
    """None when the list is long gone."""
    faults: tuple[Fault, ...]
    recorded: int


def take(desk: Desk, pid_key: bytes, kind: ListKind, key: str, given: object) -> Taken:
    """Take one batch: `{"as_of": …, "rows": […]}`. The same key again is the same batch.

    Raises BadBatch, Refused when nobody registered the authority, RedisError.
    """
    staff = desk.staff.read(STAFF)
    require(staff, Action.STATE_COLOUR if kind is ListKind.COLOURS else Action.SUBMIT_LIST)
    as_of, rows = _opened(given, desk.clock.now())
    name = hashlib.sha256(f"upstream\0{kind.value}\0{key}".encode()).hexdigest()[:12]
    origin = f"上级 {_digest(rows)}"
    there = desk.proposals.read(name)
    if there is not None:
        return _again(desk, there, origin)
    if len(desk.lists.unfinished()) >= WAITING:
        raise BadBatch(429, "too many lists wait for a decision; come again later")
    now = desk.clock.now()
    read = [_row(kind, number, row, as_of, now) for number, row in enumerate(rows, 1)]
    head = stage(desk.lists, pid_key, Submission(name, kind, origin, staff, now, as_of), read)
    return _taken(desk, propose(desk, staff, head))


def look_up(desk: Desk, name: str) -> Taken:
    """What became of a batch. Raises BadBatch when there is none."""
    proposal = desk.proposals.read(name)
    if proposal is None or proposal.submitted_by != STAFF:
        raise BadBatch(404, "no such list")
    return _taken(desk, proposal)


def answer(taken: Taken) -> Mapping[str, Any]:
    """What the authority is told of a list."""
    head = taken.head
    told: dict[str, Any] = {"list": taken.proposal.id, "state": taken.proposal.state.value}
    if head is not None:
        told |= {"rows": head.rows, "refused": head.refused, "duplicates": head.duplicates, "recorded": taken.recorded}
        told["faults"] = [{"row": each.row, "field": each.column, "reason": each.reason} for each in taken.faults]
    if taken.proposal.state is ProposalState.REJECTED:
        told["reason"] = taken.proposal.reason
    return told


def _opened(given: object, now: datetime) -> tuple[datetime, list[Any]]:
    if not isinstance(given, dict) or not isinstance(given.get("rows"), list):
        raise BadBatch(400, 'an object {"as_of": instant, "rows": [...]} is expected')
    if unknown := sorted(set(given) - {"as_of", "rows"}):
        raise BadBatch(400, f"{len(unknown)} unknown fields beside as_of and rows")
    if not 1 <= len(given["rows"]) <= ROWS:
        raise BadBatch(400, f"rows: 1 to {ROWS} of them")
    try:
        as_of = datetime.fromisoformat(str(given.get("as_of")))
        instant_of_cell(Cell(as_of.astimezone(SHANGHAI).isoformat()), now)
    except (ValueError, BadCell):
        raise BadBatch(400, "as_of: an ISO 8601 instant with its offset, not one to come") from None
    if as_of.tzinfo is None:
        raise BadBatch(400, "as_of: an ISO 8601 instant with its offset, not one to come")
    return as_of, given["rows"]


def _row(kind: ListKind, number: int, given: Any, as_of: datetime, now: datetime) -> Row | tuple[Fault, ...]:
    """A statement of a colour is as old as its batch unless it says otherwise."""
    if kind is ListKind.COLOURS and isinstance(given, dict):
        given = {Column.AS_OF.value: as_of.isoformat(), **given}
    return row_from_json(kind, number, given, now)


def _again(desk: Desk, there: Proposal, origin: str) -> Taken:
    taken = _taken(desk, there)
    if taken.head is not None and taken.head.origin != origin:
        raise BadBatch(409, "this Idempotency-Key came with other rows before")
    desk.lists.look_after(there.id)
    return taken


def _taken(desk: Desk, proposal: Proposal) -> Taken:
    faults = tuple(islice(desk.lists.faults(proposal.id), FAULTS_TOLD))
    return Taken(proposal, desk.lists.head(proposal.id), faults, desk.lists.progress(proposal.id).recorded)


def _digest(rows: list[Any]) -> str:
    """Of the rows alone: a batch that is fetched again comes with newer data around it."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()[:12]
