"""What is kept of a list: its rows, head, report and progress; alarms, the standing approval, what polling heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.lists.rows import Entry, ListKind


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row that was understood: its number in the file, whom it concerns, what it says."""

    number: int
    pid: bytes
    entry: Entry


@dataclass(frozen=True, slots=True)
class ListHead:
    """What a list is. `organisation` is what a resident may be told of whoever submitted it."""

    id: str
    kind: ListKind
    origin: str
    """The name of the file, or where else it came from."""
    submitted_by: str
    organisation: str
    rows: int
    """Understood and kept."""
    refused: int
    """Rows with a fault, duplicates not counted."""
    duplicates: int
    chunks: int
    ignored: tuple[str, ...] = ()
    """Titles of columns that nothing was read from."""
    as_of: datetime | None = None
    """How old an upstream authority said that its data are."""
    birthplace_unknown: int = 0
    """Rows whose resident ID begins with no county in force."""


@dataclass(frozen=True, slots=True)
class ListReport:
    """What a list would do, as judged at `at` without writing: rows by what they meet, persons by change of colour."""

    at: datetime
    matched: int = 0
    waiting: int = 0
    """Not declared yet: the row makes an unclaimed person."""
    known: int = 0
    other_name: int = 0
    """Of the matched: the person declared under another name."""
    changes: Mapping[str, int] = field(default_factory=dict)
    """`green red` -> how many persons; one whose rows lie in two chunks may count twice."""


@dataclass(frozen=True, slots=True)
class ListProgress:
    """How far a list is applied: chunks done, facts recorded, facts that were there already."""

    chunks: int = 0
    recorded: int = 0
    known: int = 0
    damaged: int = 0
    """Rows of persons whose record cannot be read; nothing was recorded for them."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A list so large that everybody concerned sees it, until it is rejected or some days after it was applied."""

    list: str
    text: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """An officer's approval in advance of what an upstream authority submits, up to so many rows a day."""

    staff: str
    rows_a_day: int
    reason: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Polled:
    """What polling an upstream authority heard last: where it got to, how old the data are, how it failed since."""

    cursor: str = ""
    as_of: datetime | None = None
    heard_at: datetime | None = None
    failures: int = 0
    failed_at: datetime | None = None
    error: str = ""
