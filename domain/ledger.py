"""Ledger: a history as it stands at an instant. What was undone, withdrawn, reviewed or is still to come is left out.

Days are ordinals (`date.toordinal`), because clauses count days. A past day is seen with what is known now: a report
counts on the day it was taken and a case from its first day, whenever they were recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from domain.facts import (
    Attest,
    By,
    Case,
    Contact,
    Cured,
    Declaration,
    Exposure,
    Fact,
    History,
    Outage,
    Recheck,
    Report,
    Review,
    Undo,
    Upstream,
    Withdraw,
    day_of,
)
from domain.notice import Limits
from domain.world import World

F = TypeVar("F")
Kinds = Mapping[type, list[Fact]]

OWN, INSTITUTION, GATE, STEADY = 1, 2, 4, 8
"""Bits of a day, as in `History.normal`."""

SOURCE = {By.SELF: OWN, By.CARER: OWN, By.WORKER: OWN, By.INSTITUTION: INSTITUTION, By.GATE: GATE}
VOUCHERS = frozenset({By.WORKER, By.INSTITUTION})
"""Whose attestations and reviews count: nobody clears or attests for themselves."""
UNDOERS = frozenset({By.SELF, By.CARER})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ledger:
    """One person on one day. Everything in it stands, was recorded by then, and lies on or before `today`."""

    today: int
    limits: Limits
    world: World
    declared: int | None
    reports: Mapping[int, int]
    """Day -> bits of its sources, of reports normal or not; an attested day counts as an own report."""
    steady: tuple[tuple[int, int], ...]
    """Pairs of days between which folded reports were dropped that came often enough."""
    fevers: frozenset[int]
    """Days with an abnormal reading at a gate."""
    illnesses: frozenset[int]
    """Days with any other abnormal report."""
    outages: frozenset[int]
    cases: tuple[Case, ...]
    cures: tuple[int, ...]
    contacts: tuple[Contact, ...]
    rechecks: tuple[int, ...]
    told: tuple[Declaration | Exposure, ...]
    upstream: tuple[Upstream, ...]
    """In the order of recording."""

    def days(self, source: int) -> set[int]:
        """Days that count for a row of `source`: reported, attested or an outage, and nothing abnormal by anybody."""
        reported = {day for day, bits in self.reports.items() if bits & source}
        return (reported | self.outages) - self.fevers - self.illnesses


def number_of(at: datetime) -> int:
    """The ordinal of the calendar day of an instant."""
    return day_of(at).toordinal()


def taken_on(report: Report | Declaration) -> int:
    """The ordinal of the day on which a report counts."""
    return number_of((report.taken if isinstance(report, Report) else None) or report.at)


def open_ledger(history: History, at: datetime, world: World, limits: Limits) -> Ledger:
    """The ledger of `history` at the instant `at` (aware). Facts recorded later and days after it do not count."""
    kinds = facts_by_kind(fact for fact in history.facts if fact.at <= at)
    today = number_of(at)
    reports, steady = _folded(history, today)
    fevers, illnesses = _enter_reports(kinds, limits, today, reports)
    _enter_attests(kinds, limits, today, reports)
    withdrawn = {fact.of for fact in of_kind(kinds, Withdraw)}
    outages = {day.toordinal() for day in world.outages} | {fact.day.toordinal() for fact in of_kind(kinds, Outage)}
    declarations = of_kind(kinds, Declaration)
    return Ledger(
        today=today,
        limits=limits,
        world=world,
        declared=min((number_of(fact.at) for fact in declarations), default=None),
        reports=reports,
        steady=steady,
        fevers=frozenset(fevers),
        illnesses=frozenset(illnesses),
        outages=frozenset(day for day in outages if day <= today),
        cases=tuple(f for f in of_kind(kinds, Case) if f.id not in withdrawn and f.since.toordinal() <= today),
        cures=tuple(sorted(day for f in of_kind(kinds, Cured) if (day := f.on.toordinal()) <= today)),
        contacts=tuple(f for f in of_kind(kinds, Contact) if f.id not in withdrawn),
        rechecks=tuple(sorted(number_of(fact.at) for fact in of_kind(kinds, Recheck))),
        told=(*declarations, *of_kind(kinds, Exposure)),
        upstream=tuple(sorted((f for f in of_kind(kinds, Upstream) if f.id not in withdrawn), key=_recorded)),
    )


def facts_by_kind(facts: Iterable[Fact]) -> Kinds:
    kinds: dict[type, list[Fact]] = {}
    for fact in facts:
        kinds.setdefault(type(fact), []).append(fact)
    return kinds


def of_kind(kinds: Kinds, kind: type[F]) -> list[F]:
    return kinds.get(kind, [])  # type: ignore[return-value]  # `facts_by_kind` files by type


def reports_in(kinds: Kinds) -> list[Report | Declaration]:
    """Every report: a declaration is one too."""
    return [*of_kind(kinds, Report), *of_kind(kinds, Declaration)]


def is_abnormal(report: Report | Declaration, fever: Decimal) -> bool:
    return bool(report.symptoms) or report.temperature >= fever


def undone(kinds: Kinds, limits: Limits) -> frozenset[str]:
    """Ids of the reports and declarations whose report is undone. A gate reading cannot be."""
    undos = of_kind(kinds, Undo)
    if not undos:
        return NOBODY
    made = {f.id: f.at for f in of_kind(kinds, Report) if f.by in UNDOERS}
    made |= {f.id: f.at for f in of_kind(kinds, Declaration) if f.by is not By.GATE}
    within = timedelta(minutes=limits.undo_within.value)
    return frozenset(u.of for u in undos if u.of in made and timedelta(0) <= u.at - made[u.of] <= within)


def cleared(kinds: Kinds, fever: Decimal, by: By) -> frozenset[str]:
    """Ids that a review clears, if the abnormal report is `by` them. A review that measured a fever clears nothing."""
    reviews = of_kind(kinds, Review)
    if not reviews:
        return NOBODY
    return frozenset(
        review.of
        for review in reviews
        if review.by in VOUCHERS and (by is not By.GATE if review.temperature is None else review.temperature < fever)
    )


def attests(kinds: Kinds, limits: Limits) -> list[Attest]:
    """The attestations that hold: of a day not to come, recorded soon enough after it."""
    within = limits.attest_within.value
    return [
        fact
        for fact in of_kind(kinds, Attest)
        if fact.by in VOUCHERS and 0 <= number_of(fact.at) - fact.day.toordinal() <= within
    ]


def _folded(history: History, today: int) -> tuple[dict[int, int], tuple[tuple[int, int], ...]]:
    reports: dict[int, int] = {}
    steady: list[tuple[int, int]] = []
    opened: int | None = None
    for each, bits in sorted(history.normal):
        day = each.toordinal()
        if opened is not None:
            steady.append((opened, day))
        opened = day if bits & STEADY else None
        if bits & ~STEADY and day <= today:
            reports[day] = bits & ~STEADY
    return reports, tuple(steady)


def _enter_reports(kinds: Kinds, limits: Limits, today: int, into: dict[int, int]) -> tuple[set[int], set[int]]:
    """Enter every standing report; the days of abnormal ones at a gate, and of other abnormal ones."""
    fever, taken_back = limits.fever.value, undone(kinds, limits)
    good, good_at_gate = cleared(kinds, fever, By.SELF), cleared(kinds, fever, By.GATE)
    fevers: set[int] = set()
    illnesses: set[int] = set()
    for report in reports_in(kinds):
        undoes = report.id in taken_back
        day = taken_on(report)
        if day > today or (undoes and isinstance(report, Report)):
            continue
        into[day] = into.get(day, 0) | SOURCE[report.by]
        if undoes or not is_abnormal(report, fever):
            continue  # an undone declaration stands, and its day counts as one with a normal report
        if report.by is By.GATE and report.id not in good_at_gate:
            fevers.add(day)
        elif report.by is not By.GATE and report.id not in good:
            illnesses.add(day)
    return fevers, illnesses


def _enter_attests(kinds: Kinds, limits: Limits, today: int, into: dict[int, int]) -> None:
    for fact in attests(kinds, limits):
        day = fact.day.toordinal()
        if day <= today:
            into[day] = into.get(day, 0) | OWN


def _recorded(fact: Upstream) -> tuple[datetime, str]:
    return fact.at, fact.id
