"""Long works: what takes longer than a page may take, who asked for it, how far it is and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class WorkKind(StrEnum):
    EXPORT = "export"
    ROSTER_IMPORT = "roster_import"
    REMINDERS = "reminders"
    CARD_TABLE = "card_table"
    """Cards for everybody of a table, and their sheets."""
    CARD_SHEETS = "card_sheets"
    """The valid cards of a community, printed again."""
    LIST_CHECK = "list_check"
    """A case or contact list read, checked and submitted; it is applied by its own job after approval."""


class WorkState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({WorkState.DONE, WorkState.FAILED, WorkState.CANCELLED})

Args = Mapping[str, str | int | bool | list[str]]
"""What a work was asked for. No personal data: a table that was handed in is a file beside it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a work has made, or one that it was given: its name, media type, bytes, and in how many pieces and by
    which run it is kept."""

    name: str
    media_type: str
    size: int
    pieces: int
    run: int = 0
    until: datetime | None = None
    """When it is gone."""


@dataclass(frozen=True, slots=True)
class Work:
    """One long work as it stands."""

    id: str
    kind: WorkKind
    staff: str
    """Id of whoever asked for it; only they get the file."""
    title: str
    asked_at: datetime
    args: Args = field(default_factory=dict)
    given: Made | None = None
    state: WorkState = WorkState.WAITING
    done: int = 0
    total: int = 0
    """0: not known yet."""
    ended_at: datetime | None = None
    result: Made | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    """What came of it, by what is counted."""
    reason: str = ""
    """Why it failed: a code as of `Refused`."""
    detail: str = ""
    cancelling: bool = False

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def percent(self) -> int:
        """0 to 100; never 100 before it is done."""
        if self.state is WorkState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    def has_file(self, now: datetime) -> bool:
        """Whether its file can still be fetched."""
        result = self.result
        return self.state is WorkState.DONE and result is not None and (result.until is None or now < result.until)
