"""Colour, Clause, Notice, Verdict and `judge`, the one function that turns facts into a colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.facts import History


class Colour(StrEnum):
    """Ordered from the least grave; `none` means that there is no code at all."""

    NONE = "none"
    GREEN = "green"
    GREY = "grey"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class RiskArea:
    """A listed area: `name` as officials write it, in force from `since` to `until` (inclusive, or open)."""

    name: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What is true for everybody: days on which the service was down, listed risk areas, an end of the notice."""

    outages: frozenset[date] = frozenset()
    risk_areas: tuple[RiskArea, ...] = ()
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A colour and its reasons. `until` is the last day on which it holds if nothing more is recorded."""

    colour: Colour
    clauses: tuple[str, ...]
    since: date | None
    until: date | None
    progress: tuple[int, int] | None
    notice: str


def judge(history: History, at: datetime, world: World = World()) -> Verdict:  # noqa: B008
    raise NotImplementedError
