"""What was reported on which day: for a resident's 记录, for 撤销, and for the roster of a community."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from domain.facts import SHANGHAI, By, Declaration, History, Report, Symptom
from domain.ledger import (
    OWN,
    UNDOERS,
    Kinds,
    Ledger,
    attests,
    facts_by_kind,
    open_ledger,
    reports_in,
    taken_on,
    undone,
)
from domain.notice import Limits
from domain.notices import in_force
from domain.world import World

FOREVER = datetime.max.replace(tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class DayRecord:
    """One day of one person, of the reports that stand. A folded day knows only that it was normal."""

    day: date
    by: tuple[By, ...] = ()
    """Who reported, in the order of `By`; empty on a folded day."""
    temperature: Decimal | None = None
    """The highest one, in ℃."""
    symptoms: frozenset[Symptom] = frozenset()
    reported: bool = False
    folded: bool = False
    abnormal: bool = False
    undone: bool = False
    """A report of this day was taken back (not counted above)."""
    attested: bool = False


def recent_days(history: History, today: date, n: int) -> tuple[DayRecord, ...]:
    """The last `n` days up to and including `today`, oldest first."""
    at = datetime.combine(today, time.max, SHANGHAI)
    limits = in_force(today).limits
    kinds = facts_by_kind(fact for fact in history.facts if fact.at <= at)
    reports: dict[int, list[Report | Declaration]] = {}
    for report in reports_in(kinds):
        reports.setdefault(taken_on(report), []).append(report)
    attested = {fact.day for fact in attests(kinds, limits)}
    ledger, taken_back = open_ledger(history, at, World(), limits), undone(kinds, limits)
    days = (today - timedelta(back) for back in reversed(range(n)))
    return tuple(
        _day_record(day, reports.get(day.toordinal(), []), taken_back, ledger, day in attested) for day in days
    )


def last_own_report(history: History, at: datetime) -> Report | Declaration | None:
    """The latest report by the person or a carer that can still be undone at the instant `at`."""
    limits = in_force(at.astimezone(SHANGHAI).date()).limits
    within = timedelta(minutes=limits.undo_within.value)
    kinds = facts_by_kind(fact for fact in history.facts if fact.at <= at)
    taken_back = undone(kinds, limits)
    candidates = [fact for fact in _own(kinds) if fact.id not in taken_back and at - fact.at <= within]
    return max(candidates, key=lambda fact: (fact.at, fact.id), default=None)


def last_own_day(history: History) -> date | None:
    """The last day with a standing report by the person, a carer or a community worker, or with an attestation."""
    ledger = open_ledger(history, FOREVER, World(), _limits_of(history))
    return max((date.fromordinal(day) for day, bits in ledger.reports.items() if bits & OWN), default=None)


def _own(kinds: Kinds) -> list[Report | Declaration]:
    return [report for report in reports_in(kinds) if report.by in UNDOERS]


def _limits_of(history: History) -> Limits:
    latest = max((fact.at for fact in history.facts), default=None)
    return in_force(date.min if latest is None else latest.astimezone(SHANGHAI).date()).limits


def _day_record(
    day: date, made: list[Report | Declaration], taken_back: frozenset[str], ledger: Ledger, attested: bool
) -> DayRecord:
    number = day.toordinal()
    stand = [report for report in made if report.id not in taken_back]
    sources = {report.by for report in stand}
    reported = bool(ledger.reports.get(number))
    return DayRecord(
        day=day,
        by=tuple(by for by in By if by in sources),
        temperature=max((report.temperature for report in stand), default=None),
        symptoms=frozenset().union(*(report.symptoms for report in stand)),
        reported=reported and (bool(made) or not attested),
        folded=reported and not made and not attested,
        abnormal=number in ledger.fevers or number in ledger.illnesses,
        undone=len(stand) < len(made),
        attested=attested,
    )
