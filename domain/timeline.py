"""A person's record as a time line and as a series of temperatures: what, when, by whom. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain.facts import Declaration, Fact, History, Report, Review, Undo, Withdraw, day_of
from domain.ledger import GATE, INSTITUTION, OWN, is_abnormal
from domain.notices import in_force
from domain.person import Person


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact. `organisation` recorded it, empty: the resident or a carer; `gone`: undone, withdrawn, reviewed since.
    `abnormal`: a reading or symptoms that the notice calls so."""

    fact: Fact
    organisation: str
    gone: bool
    abnormal: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One temperature that was measured; `day` is the one it counts for."""

    at: datetime
    day: date
    temperature: Decimal
    by: str


def timeline(person: Person) -> list[Entry]:
    """Every fact that is kept, the newest first."""
    facts = person.history.facts
    gone = {fact.of for fact in facts if isinstance(fact, Undo | Withdraw | Review)}
    return [
        Entry(fact, person.recorded_by.get(fact.id, ""), fact.id in gone, _is_abnormal(fact))
        for fact in sorted(facts, key=lambda fact: (fact.at, fact.id), reverse=True)
    ]


def readings(history: History) -> list[Reading]:
    """Every temperature that is kept, the oldest first. Normal ones older than three days are no numbers any more."""
    found = [
        Reading(at, day_of(at), fact.temperature, fact.by.value)
        for fact in history.facts
        if isinstance(fact, Report | Declaration)
        for at in ((fact.taken if isinstance(fact, Report) else None) or fact.at,)
    ]
    return sorted(found, key=lambda each: each.at)


def normal_days(history: History) -> Mapping[date, tuple[str, ...]]:
    """Days of which only that they were normal is kept -> by whom: own, institution, gate."""
    names = ((OWN, "own"), (INSTITUTION, "institution"), (GATE, "gate"))
    days = {day: tuple(name for bit, name in names if bits & bit) for day, bits in history.normal}
    return {day: sources for day, sources in days.items() if sources}


def _is_abnormal(fact: Fact) -> bool:
    fever = in_force(day_of(fact.at)).limits.fever.value
    return isinstance(fact, Report | Declaration) and is_abnormal(fact, fever)
