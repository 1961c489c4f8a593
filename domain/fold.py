"""Fold: the same person in less room. Older normal reports become a byte a day, and days that decide nothing go.

`judge` gives the same verdict on `fold(F)` and on `F`, also with later facts, as long as these come in time:

- an undo and an attestation within what the notice allows;
- a report recorded within 3 days of being taken (a gate may be off the net that long);
- an outage day, as a fact or in the world, recorded within 14 days;
- a case with any first day, a cure within 30 days of its day (any, for a case on file by then);
- reviews, withdrawals and listings of risk areas at any time: what they concern is never folded.

It does not answer for instants before `today`. Beside facts it keeps the days of the last 18 (14, 3 for what comes
late, today), every day on which a reason for yellow or red stands or stood and the day that ended it, all days of an
institution, and the ends of the last stretch of reports without a grey day in it.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

from domain.facts import SHANGHAI, Attest, Declaration, Fact, History, Report, Undo
from domain.ledger import (
    INSTITUTION,
    OWN,
    SOURCE,
    STEADY,
    Kinds,
    Ledger,
    attests,
    facts_by_kind,
    is_abnormal,
    number_of,
    of_kind,
    open_ledger,
    taken_on,
    undone,
)
from domain.notice import Limits, Span
from domain.notices import in_force
from domain.reasons import (
    close_contact,
    counted_from,
    courses,
    courses_from,
    is_steady,
    isolates,
    marks_of,
)
from domain.verdict import NOWHERE, Colour, World

KEPT_DAYS = 18
UNFOLDED_DAYS = 3


def fold(history: History, today: date, world: World = NOWHERE) -> History:
    """`history` in less room, as of the end of `today`; facts recorded later stay as they are.

    `world` is the one to judge by; without its outage days nothing is lost but the first day of a long green.
    """
    at = datetime.combine(today, time.max, SHANGHAI)
    known = {fact.id: fact for fact in history.facts}
    kinds = facts_by_kind(fact for fact in known.values() if fact.at <= at)
    folding = Folding.of(kinds, in_force(today).limits, today.toordinal())
    bits = {fact.id: folding.bits(fact) for fact in known.values() if fact.at <= at}
    stay = {fact.id for fact in known.values() if bits.get(fact.id) is None}
    facts = [fact for fact in known.values() if fact.id in stay and not folding.is_idle(fact, stay)]
    ledger = open_ledger(history, at, world, folding.limits)
    normal = {day.toordinal(): byte for day, byte in history.normal}
    for fact in known.values():
        if byte := bits.get(fact.id):
            day = counts_on(fact)
            normal[day] = normal.get(day, 0) | byte
    thin = _thinned(normal, ledger)
    return History(
        tuple(sorted(facts, key=lambda fact: (fact.at, fact.id))),
        tuple((date.fromordinal(day), thin[day]) for day in sorted(thin)),
    )


@dataclass(frozen=True, slots=True)
class Folding:
    """What tells which facts say no more than their day, or nothing at all."""

    today: int
    limits: Limits
    first: str
    """Id of the declaration that says "declared"; it stays."""
    undone: frozenset[str]
    attests: frozenset[str]
    """Ids of the attestations that hold."""

    @staticmethod
    def of(kinds: Kinds, limits: Limits, today: int) -> Folding:
        first = min(((fact.at, fact.id) for fact in of_kind(kinds, Declaration)), default=None)
        holding = frozenset(fact.id for fact in attests(kinds, limits))
        return Folding(today, limits, first[1] if first else "", undone(kinds, limits), holding)

    def bits(self, fact: Fact) -> int | None:
        """The bits that say all that the fact still says; 0 if that is nothing; None if it stays a fact."""
        match fact:
            case Report() if fact.id in self.undone:
                return 0 if self._is_past(fact.at, KEPT_DAYS) else None
            case Report():
                return SOURCE[fact.by] if self._is_plain(fact) else None
            case Declaration() if fact.id != self.first and _names_nothing(fact):
                return SOURCE[fact.by] if self._is_plain(fact) else None
            case Attest() if self._is_past(fact.at, KEPT_DAYS):
                return OWN if fact.id in self.attests else 0
            case _:
                return None

    def is_idle(self, fact: Fact, stay: Set[str]) -> bool:
        """Whether it is an undo, too old to take anything back that is still to come, of something that is gone."""
        return isinstance(fact, Undo) and fact.of not in stay and self._is_past(fact.at, KEPT_DAYS)

    def _is_plain(self, fact: Report | Declaration) -> bool:
        if self.today - taken_on(fact) <= UNFOLDED_DAYS:
            return False
        return fact.id in self.undone or not is_abnormal(fact, self.limits.fever.value)

    def _is_past(self, at: datetime, days: int) -> bool:
        return self.today - number_of(at) > days


def counts_on(fact: Fact) -> int:
    """The ordinal of the day whose bits a folded fact becomes."""
    match fact:
        case Attest():
            return fact.day.toordinal()
        case Report() | Declaration():
            return taken_on(fact)
        case _:
            return number_of(fact.at)


def _names_nothing(fact: Declaration) -> bool:
    return fact.contact_on is None and fact.risk_area_on is None and fact.isolation is None and not fact.stays


def _thinned(normal: dict[int, int], ledger: Ledger) -> dict[int, int]:
    """The days to keep; where days of the last steady stretch are dropped, the one before them says so."""
    stated = (number_of(statement.at) for statement in ledger.upstream if statement.colour == Colour.GREY)
    kept_from = min([ledger.today - KEPT_DAYS, *stated])  # a grey that is not ours may begin in one of ours
    old = sorted(day for day in ledger.reports if day < kept_from)
    if not old:
        return normal
    first, last = _steady_from(ledger, old), old[-1]
    reasons = _reasons(ledger)
    ends = {day: ledger.reports[day] | normal.get(day, 0) for day in (first, last)}
    thin: dict[int, int] = {}
    before = first
    for day, bits in sorted((normal | ends).items()):
        if day >= kept_from or day in ends or bits & INSTITUTION or _matters(day, reasons):
            thin[day], before = bits, day
        elif before in thin:
            thin[before] = thin[before] | STEADY if day > first else thin[before] & ~STEADY
    return thin


def _steady_from(ledger: Ledger, days: list[int]) -> int:
    """The first day of the stretch without a grey day that ends with the last of `days`."""
    for last, following in reversed(list(pairwise(days))):
        if not is_steady(ledger, last, following):
            return following
    return days[0]


def _matters(day: int, reasons: list[Span]) -> bool:
    return any(first <= day and (end is None or day <= end) for first, end in reasons)


def _reasons(p: Ledger) -> list[Span]:
    """When a reason for yellow or red stood, or may turn out to have stood.

    A cure is taken for one of a case not on file yet, a named place for one listed on any day on which that matters.
    """
    to_come = (course.over for course in courses_from(p, p.cures))
    marks = {*marks_of(p), *(day for day in to_come if day is not None)}
    for fact in p.told:
        told = number_of(fact.at)
        last = max((stay.last_on.toordinal() for stay in fact.stays), default=told) + p.limits.exposure.value
        if fact.stays:
            marks.update(range(told, min(last, p.today) + 1))
    red = [(course.since, course.over) for course in courses(p)]
    return [*red, *close_contact(p), *isolates(p), *counted_from(p, sorted(marks))]
