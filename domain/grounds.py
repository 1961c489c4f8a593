"""Grounds: the recorded facts behind each clause that a verdict names. What an appeal is about, and who recorded it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain import reasons
from domain.facts import By, Cured, Declaration, Exposure, Fact, History, Report, day_of
from domain.ledger import (
    Ledger,
    cleared,
    facts_by_kind,
    is_abnormal,
    number_of,
    open_ledger,
    reports_in,
    taken_on,
    undone,
)
from domain.notice import Clause, Naming, Span
from domain.notices import in_force
from domain.verdict import NOWHERE, Colour, World, judge


@dataclass(frozen=True, slots=True)
class Ground:
    """A clause of the present colour and the facts behind it, oldest first; none behind green and grey."""

    clause: str
    facts: tuple[Fact, ...]


def grounds(history: History, at: datetime, world: World = NOWHERE) -> tuple[Ground, ...]:
    """The clauses of the verdict at the instant `at`, each with the facts that stand behind it. Pure."""
    verdict = judge(history, at, world)
    if verdict.colour in (Colour.NONE, Colour.GREEN):
        return tuple(Ground(clause, ()) for clause in verdict.clauses)
    notice = in_force(day_of(at))
    ledger = open_ledger(history, at, world, notice.limits)
    since = ledger.today if verdict.since is None else verdict.since.toordinal()
    # Whoever declared into a colour has had its reasons before.
    case = _Standing(history, at, ledger, 0 if since == ledger.declared else since)
    named = {clause.id: clause for clause in notice.clauses if clause.colour is verdict.colour}
    return tuple(Ground(each, _facts_of(named[each], case) if each in named else ()) for each in verdict.clauses)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A ledger with the facts that it was made of, and the first day of the present colour."""

    history: History
    at: datetime
    ledger: Ledger
    since: int

    def abnormal(self) -> list[Report | Declaration]:
        """The abnormal reports that stand."""
        kinds, limits = facts_by_kind(fact for fact in self.history.facts if fact.at <= self.at), self.ledger.limits
        fever = limits.fever.value
        gone = undone(kinds, limits)
        return [
            report
            for report in reports_in(kinds)
            if is_abnormal(report, fever)
            and report.id not in gone
            and report.id not in cleared(kinds, fever, report.by)
            and taken_on(report) <= self.ledger.today
        ]


def _facts_of(clause: Clause, case: _Standing) -> tuple[Fact, ...]:
    if clause.naming is Naming.STATED:
        return case.ledger.upstream[-1:]
    find = _BEHIND.get(clause.days) if clause.days else None
    return tuple(sorted(find(case), key=lambda fact: (fact.at, fact.id))) if find else ()


def _cases(case: _Standing) -> list[Fact]:
    """The cases that are not over, and their cures."""
    p = case.ledger
    going = [each for each, course in zip(p.cases, reasons.courses(p), strict=True) if course.over is None]
    first = min((each.since for each in going), default=None)
    cures = [f for f in case.history.facts if isinstance(f, Cured) and f.at <= case.at and first and f.on >= first]
    return [*going, *cures]


def _contacts(case: _Standing) -> list[Fact]:
    p = case.ledger
    return [
        contact
        for contact, (_, until) in zip(p.contacts, reasons.close_contact(p), strict=True)
        if until is None or p.today < until
    ]


def _gate(case: _Standing) -> list[Fact]:
    return [f for f in case.abnormal() if f.by is By.GATE and taken_on(f) == case.ledger.today]


def _unwell(case: _Standing) -> list[Fact]:
    return [f for f in case.abnormal() if f.by is not By.GATE and taken_on(f) == case.ledger.today]


def _told(names: Callable[[Declaration | Exposure], bool]) -> Callable[[_Standing], list[Fact]]:
    """What was told by somebody about themselves, since this colour began."""

    def find(case: _Standing) -> list[Fact]:
        return [f for f in case.ledger.told if names(f) and (f.stays or number_of(f.at) >= case.since)]

    return find


def _names_contact(fact: Declaration | Exposure) -> bool:
    return fact.contact_on is not None


def _names_place(fact: Declaration | Exposure) -> bool:
    return fact.risk_area_on is not None or bool(fact.stays)


def _names_isolation(fact: Declaration | Exposure) -> bool:
    return fact.isolation is not None


def _counted(case: _Standing) -> list[Fact]:
    """Every reason since this yellow began: what the count of days waits for."""
    p, since = case.ledger, case.since
    over = {each.id for each, course in zip(p.cases, reasons.courses(p), strict=True) if (course.over or 0) >= since}
    ill: list[Fact] = [each for each in p.cases if each.id in over]
    met: list[Fact] = [each for each in p.contacts if number_of(each.at) >= since]
    abnormal: list[Fact] = [each for each in case.abnormal() if taken_on(each) >= since]
    told = [f for find in (_names_contact, _names_place, _names_isolation) for f in _told(find)(case)]
    return list({fact.id: fact for fact in (*ill, *met, *abnormal, *told)}.values())


_BEHIND: Mapping[Callable[[Ledger], list[Span]], Callable[[_Standing], list[Fact]]] = {
    reasons.ill: _cases,
    reasons.recovering: _cases,
    reasons.close_contact: _contacts,
    reasons.feverish_at_gate: _gate,
    reasons.unwell: _unwell,
    reasons.met_a_case: _told(_names_contact),
    reasons.was_in_risk_area: _told(_names_place),
    reasons.isolates: _told(_names_isolation),
    reasons.counting: _counted,
}
