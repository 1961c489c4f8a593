"""`judge`, the one function that turns facts into a colour, and the verdict that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.facts import Declaration, History, day_of
from domain.ledger import Ledger, open_ledger
from domain.notice import Clause, Colour, Naming, Notice
from domain.notices import in_force
from domain.reasons import progress
from domain.world import RiskArea, World

__all__ = [
    "Clause",
    "Colour",
    "Notice",
    "RiskArea",
    "Verdict",
    "World",
    "colour_of",
    "colour_under",
    "judge",
    "judge_under",
]

NOWHERE = World()
FAR = date.max.toordinal()
COLOURS = tuple(Colour)

Applies = tuple[int, int, int, Clause]
"""Gravity, first day, first day after, clause."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A colour and its reasons. `until` is the last day on which it holds if nothing more is recorded."""

    colour: Colour
    clauses: tuple[str, ...]
    since: date | None
    """The first day of the present run of this colour; None without a code. A day has the colour that all that is known
    of it now gives it: whoever reports on the first grey day has never been grey for a day."""
    until: date | None
    progress: tuple[int, int] | None
    """Days done and days needed, where a count runs."""
    notice: str


def judge(history: History, at: datetime, world: World = NOWHERE) -> Verdict:
    """The verdict on a person at the instant `at` (aware), by the notice in force on that day. Pure."""
    return judge_under(in_force(day_of(at)), history, at, world)


def judge_under(notice: Notice, history: History, at: datetime, world: World = NOWHERE) -> Verdict:
    """The verdict by this notice, whichever is in force: what a draft would make of somebody. Pure.

    No declaration, no colour. Else every clause says on which days it applies, and the gravest colour of today wins.
    """
    if world.ends_on is not None and world.has_ended(day_of(at)):
        return Verdict(Colour.NONE, (notice.ended,), world.ends_on + timedelta(1), None, None, notice.number)
    never = Verdict(Colour.NONE, (notice.undeclared,), None, None, None, notice.number)
    if not _declares(history):
        return never
    p = open_ledger(history, at, world, notice.limits)
    if p.declared is None:
        return never
    found = _applying(notice, p)
    colour, named = _colour(found, p.today)
    since, until = _run_of(found, p.declared, p.today)
    return Verdict(
        colour,
        tuple(dict.fromkeys(clause.id for clause in named)),
        date.fromordinal(since),
        _earlier(None if until is None else date.fromordinal(until), world.ends_on),
        progress(p, colour) if named[0].naming is not Naming.STATED else None,
        notice.number,
    )


def colour_of(history: History, at: datetime, world: World = NOWHERE) -> Colour:
    """The colour of `judge` without its reasons, in less time. Pure."""
    return colour_under(in_force(day_of(at)), history, at, world)


def colour_under(notice: Notice, history: History, at: datetime, world: World = NOWHERE) -> Colour:
    """The colour of `judge_under` without its reasons, in less time."""
    if world.has_ended(day_of(at)) or not _declares(history):
        return Colour.NONE
    p = open_ledger(history, at, world, notice.limits)
    return Colour.NONE if p.declared is None else COLOURS[_gravity(_applying(notice, p), p.today)]


def _declares(history: History) -> bool:
    """Not who is only on a list: a million of them at once, and nothing to look at."""
    return any(isinstance(fact, Declaration) for fact in history.facts)


def _applying(notice: Notice, p: Ledger) -> list[Applies]:
    return [
        (clause.colour.gravity, first, FAR if after is None else after, clause)
        for clause in notice.clauses
        if clause.days is not None and clause.colour is not None
        for first, after in clause.days(p)
    ]


def _colour(found: list[Applies], today: int) -> tuple[Colour, list[Clause]]:
    """The gravest colour of `today` and the clauses that are named for it, in the order of the notice."""
    gravest = _gravity(found, today)
    clauses = [clause for gravity, first, after, clause in found if gravity == gravest and first <= today < after]
    naming = min(clause.naming for clause in clauses)
    named = [clause for clause in clauses if clause.naming is naming]
    return COLOURS[gravest], named


def _run_of(found: list[Applies], declared: int, today: int) -> tuple[int, int | None]:
    """The first and the last day of the run of today's colour; None for a last day that is not in sight.

    Colours change only where a span begins or ends, so only those days are looked at, outwards from today.
    """
    cuts = sorted({cut for _, first, after, _ in found for cut in (first, after) if declared < cut < FAR})
    colour = _gravity(found, today)
    past = (cut for cut in reversed(cuts) if cut <= today)
    ahead = (cut for cut in cuts if cut > today)
    since = next((cut for cut in past if _gravity(found, cut - 1) != colour), declared)
    return since, next((cut - 1 for cut in ahead if _gravity(found, cut) != colour), None)


def _gravity(found: list[Applies], day: int) -> int:
    return max(gravity for gravity, first, after, _ in found if first <= day < after)


def _earlier(until: date | None, end: date | None) -> date | None:
    return min((day for day in (until, end) if day is not None), default=None)
