"""Missing: who of a roster has not reported today, those first whom it costs the most. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Protocol

from domain.verdict import NOWHERE, Colour, World


class Risk(IntEnum):
    """What a day without a report costs, the gravest first."""

    YELLOW = 0
    """The count of fourteen days begins anew."""
    LAST_DAY = 1
    """Green turns grey at midnight."""
    GREY = 2
    GREEN = 3


class Cell(Protocol):
    """What a roster knows of one person."""

    @property
    def last_own_day(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...
    def colour_on(self, today: date, world: World = ...) -> Colour: ...


@dataclass(frozen=True, slots=True)
class Missing:
    """One person without an own report today. `until` is the last day of the colour as it is, None: not in sight."""

    pid: bytes
    risk: Risk
    last_own_day: date | None
    until: date | None
    colour: Colour


def missing(cells: Iterable[tuple[bytes, Cell]], today: date, world: World = NOWHERE) -> list[Missing]:
    """Who has not reported `today`: yellow, then on the last green day, then grey, then green; the longest silent
    first. Nobody without a code, nobody red (institutions report), and on a day credited to everybody nobody at all.
    """
    if today in world.outages:
        return []
    found = [each for pid, cell in cells if (each := _missing(pid, cell, today, world)) is not None]
    return sorted(found, key=lambda each: (each.risk, each.last_own_day or date.min, each.pid))


def risk_of(colour: Colour, until: date | None, today: date, world: World = NOWHERE) -> Risk | None:
    """What it costs somebody of this colour not to report today; None where nobody waits for an own report."""
    match colour:
        case Colour.YELLOW:
            return Risk.YELLOW
        case Colour.GREY:
            return Risk.GREY
        case Colour.GREEN:
            return Risk.LAST_DAY if until == today != world.ends_on else Risk.GREEN
        case _:
            return None


def _missing(pid: bytes, cell: Cell, today: date, world: World) -> Missing | None:
    if cell.last_own_day is not None and cell.last_own_day >= today:
        return None
    colour = cell.colour_on(today, world)
    risk = risk_of(colour, cell.until, today, world)
    return None if risk is None else Missing(pid, risk, cell.last_own_day, cell.until, colour)
