"""Rows of a list, the facts they stand for, and what is wrong with those that are refused."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.facts import Case, CaseKind, Contact, Fact, History, Isolation, Upstream, Withdraw
from domain.notice import Colour
from domain.people import Document

ALARM_ROWS = 500
"""A list that is larger raises an alarm: no day of this epidemic brought so many to a province this size."""
HEADING = 0
"""The row number of what is wrong with the file itself."""


class ListKind(StrEnum):
    CASES = "cases"
    CONTACTS = "contacts"
    COLOURS = "colours"
    """Statements of an upstream authority; they come by HTTP only."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    case: CaseKind
    since: date


@dataclass(frozen=True, slots=True)
class ContactRow:
    exposed_on: date
    isolation: Isolation | None


@dataclass(frozen=True, slots=True)
class ColourRow:
    colour: Colour
    as_of: datetime


Says = CaseRow | ContactRow | ColourRow


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row says of somebody, on whose word and by what evidence."""

    says: Says
    source: str
    evidence: str
    name: str = ""
    """Empty where the list has none."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, understood. `number` is that of the file, from 1, the heading counted."""

    number: int
    document: Document
    entry: Entry


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is refused: its number, the column's title and a reason, which never repeats what stood there."""

    row: int
    column: str
    reason: str


def about(row: Row) -> str:
    """Rows about the same must say the same: of one document one case, one colour, one contact a day of exposure."""
    subject, says = f"{row.document.kind}\0{row.document.number}", row.entry.says
    return f"{subject}\0{says.exposed_on}" if isinstance(says, ContactRow) else subject


def statement(says: Says) -> str:
    """What a row says, in one form; two of a list that are about the same and differ here contradict each other."""
    match says:
        case CaseRow(case, since):
            return f"{case.value}\0{since}"
        case ContactRow(exposed_on, isolation):
            where = f"{isolation.mode.value}\0{isolation.begun}" if isolation else ""
            return f"{exposed_on}\0{where}"
        case ColourRow(colour, as_of):
            return f"{colour.value}\0{as_of.isoformat()}"


def fact_id(entry: Entry) -> str:
    """The id of a row's fact, 14 characters, from its content alone: the same row again is the same fact."""
    content = f"{type(entry.says).__name__}\0{statement(entry.says)}\0{entry.source}\0{entry.evidence}"
    digest = hashlib.blake2b(content.encode(), digest_size=9, person=b"yima list row").digest()
    return "l-" + base64.urlsafe_b64encode(digest).decode()


def fact_of(entry: Entry, at: datetime) -> Fact:
    """The fact that a row stands for, recorded at the instant `at`."""
    match entry.says:
        case CaseRow(case, since):
            return Case(id=fact_id(entry), at=at, case=case, since=since)
        case ContactRow(exposed_on, isolation):
            return Contact(id=fact_id(entry), at=at, exposed_on=exposed_on, isolation=isolation)
        case ColourRow(colour, as_of):
            return Upstream(id=fact_id(entry), at=at, colour=colour.value, as_of=as_of)


def is_known(history: History, entry: Entry) -> bool:
    """Whether a row says nothing new: its fact is there, withdrawn or not; or the same authority's colour is."""
    name = fact_id(entry)
    if any(fact.id == name for fact in history.facts):
        return True
    return isinstance(entry.says, ColourRow) and _is_stated(history, entry.says)


def _is_stated(history: History, says: ColourRow) -> bool:
    """A colour that was stated as late or later, or that stands already: a feed may repeat itself every day."""
    statements = [(fact.as_of or fact.at, fact) for fact in history.facts if isinstance(fact, Upstream)]
    if any(as_of >= says.as_of for as_of, _ in statements):
        return True
    withdrawn = {fact.of for fact in history.facts if isinstance(fact, Withdraw)}
    standing = [(as_of, fact.colour) for as_of, fact in statements if fact.id not in withdrawn]
    return max(standing)[1] == says.colour.value if standing else says.colour is Colour.NONE
