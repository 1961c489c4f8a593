"""What a notice is made of: colours, thresholds that cite their clause, and clauses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from domain.ledger import Ledger

T = TypeVar("T", int, Decimal)

Span = tuple[int, int | None]
"""Days as ordinals (`date.toordinal`): the first one on which a clause applies, the first one after or None if open."""


class Colour(StrEnum):
    """Ordered from the least grave; `none` means that there is no code at all."""

    NONE = "none"
    GREEN = "green"
    GREY = "grey"
    YELLOW = "yellow"
    RED = "red"

    @property
    def gravity(self) -> int:
        """The greater one wins when several clauses apply."""
        return GRAVITY[self]


GRAVITY = {colour: gravity for gravity, colour in enumerate(Colour)}


class Naming(IntEnum):
    """When a verdict names a clause that applies: the smallest of those that make its colour, and no other."""

    REASON = 0
    """As long as it applies: what makes the colour now."""
    WAITING = 1
    """Only when nothing but the count of days is left."""
    STATED = 2
    """Only when the colour is not our own."""


@dataclass(frozen=True, slots=True)
class Threshold(Generic[T]):
    """A number of the notice: what it limits, in an official's words, and the clause or decision it comes from."""

    value: T
    unit: str
    meaning: str
    cites: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Every number a notice sets. Days unless the unit says otherwise."""

    fever: Threshold[Decimal]
    grey_after: Threshold[int]
    institution_round: Threshold[int]
    own_round: Threshold[int]
    isolation: Threshold[int]
    own_isolation: Threshold[int]
    exposure: Threshold[int]
    attest_within: Threshold[int]
    undo_within: Threshold[int]

    def all(self) -> tuple[Threshold[Decimal] | Threshold[int], ...]:
        """Every threshold, in the order of the fields."""
        return tuple(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence of the notice. `days` gives the spans on which it applies; None where it colours nobody itself."""

    id: str
    words: str
    """The notice's own, or of a local clause the service's."""
    colour: Colour | None = None
    days: Callable[[Ledger], list[Span]] | None = None
    naming: Naming = Naming.REASON
    local: bool = False
    """Marked 综合研判: this service's reading of 附件四(一)1, not the notice's own words."""
    note: str = ""
    """What the service does with it, for the official who signs."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One dated law: append-only, never edited once in force."""

    number: str
    title: str
    effective: date
    limits: Limits
    clauses: tuple[Clause, ...]
    undeclared: str
    """Id of the clause behind having no code, before a declaration."""
    ended: str
    """Id of the clause behind having no code, after the end of the notice."""
    decisions: tuple[str, ...] = ()
    """What the notice leaves open and this service decided, in Chinese, in order."""

    def clause(self, id: str) -> Clause:
        """The (first) clause of that id. Raises KeyError."""
        for clause in self.clauses:
            if clause.id == id:
                return clause
        raise KeyError(id)
