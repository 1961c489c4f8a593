"""Stories: what may have happened to somebody by today, for every colour and every way of coming to it.

A story comes in several phases; how many of a thousand people live it is its share. Facts lie so many days back.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

from domain.facts import (
    By,
    Case,
    CaseKind,
    Contact,
    Cured,
    Declaration,
    Fact,
    History,
    Isolation,
    IsolationMode,
    Recheck,
    Report,
    Stay,
    Symptom,
    Upstream,
    day_of,
)
from domain.fold import fold

SPREAD = 2_654_435_761
"""Of the golden ratio: neighbouring numbers live different stories, in the right shares from the first hundred on."""


@dataclass(frozen=True, slots=True)
class Past:
    """Facts at `now` less so many days; early in the morning, so that all of today's lie before it."""

    now: datetime

    def at(self, back: int) -> datetime:
        return self.now - timedelta(days=back)

    def declared(self, back: int, degrees: str = "36.5", **told: Any) -> Declaration:
        return Declaration(id="d", at=self.at(back), by=By.SELF, temperature=Decimal(degrees), **told)

    def report(self, back: int, degrees: str = "36.5", by: By = By.SELF, *symptoms: Symptom) -> Report:
        return Report(
            id=f"r{back}{by}", at=self.at(back), by=by, temperature=Decimal(degrees), symptoms=frozenset(symptoms)
        )

    def daily(self, first: int, last: int, by: By = By.SELF, step: int = 1) -> tuple[Report, ...]:
        """From `first` to `last` days ago, both included."""
        return tuple(self.report(back, by=by) for back in range(first, last - 1, -step))

    def contact(self, back: int, mode: IsolationMode) -> Contact:
        day = day_of(self.at(back))
        return Contact(id="x", at=self.at(back), exposed_on=day - timedelta(1), isolation=Isolation(mode, day))

    def case(self, back: int, kind: CaseKind) -> Case:
        return Case(id="c", at=self.at(back), case=kind, since=day_of(self.at(back)))

    def cured(self, back: int) -> Cured:
        return Cured(id="h", at=self.at(back), on=day_of(self.at(back)))


Story = Callable[[Past, int], tuple[Fact, ...]]


def faithful(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(20 + phase), *p.daily(19 + phase, phase % 2))


def now_and_then(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(30), *p.daily(27 + phase % 3, phase % 3, step=3))


def newcomer(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(phase % 4),)


def cared_for(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(25), *p.daily(24, phase % 3, By.CARER))


def silent(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(24 + phase), *p.daily(23 + phase, 4 + phase))


def never_again(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(4 + phase * 3),)


def contact_at_home(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(phase + 9), *p.daily(phase + 8, 0), p.contact(phase, IsolationMode.HOME))


def contact_unchecked(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(40), *p.daily(39, 0), p.contact(15 + phase, IsolationMode.HOME))


def contact_over(p: Past, phase: int) -> tuple[Fact, ...]:
    released = Recheck(id="k", at=p.at(phase + 1))
    return (p.declared(40), *p.daily(39, 0), p.contact(15 + phase, IsolationMode.CENTRAL), released)


def feverish(p: Past, phase: int) -> tuple[Fact, ...]:
    ill = p.report(phase, "37.8", By.SELF, Symptom.DRY_COUGH)
    return (p.declared(phase + 6), *p.daily(phase + 5, phase + 1), ill, *p.daily(phase - 1, 0))


def stopped_at_gate(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(phase + 6), p.report(phase, "37.6", By.GATE), *p.daily(phase - 1, 1))


def back_from_a_trip(p: Past, phase: int) -> tuple[Fact, ...]:
    last = day_of(p.at(phase + 2))
    return (p.declared(phase, stays=(Stay("湖北省武汉市", last),), risk_area_on=last), *p.daily(phase - 1, 0))


def met_a_case(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(phase, contact_on=day_of(p.at(phase + 3))), *p.daily(phase - 1, 0))


def isolates(p: Past, phase: int) -> tuple[Fact, ...]:
    begun = Isolation(IsolationMode.HOME, day_of(p.at(phase)))
    return (p.declared(phase, isolation=begun), *p.daily(phase - 1, 0))


def ill(p: Past, phase: int) -> tuple[Fact, ...]:
    kinds = tuple(CaseKind)
    return (p.declared(phase + 8), *p.daily(phase + 7, phase + 1), p.case(phase, kinds[phase % len(kinds)]))


def recovering(p: Past, phase: int) -> tuple[Fact, ...]:
    case, cured = p.case(phase + 20, CaseKind.CONFIRMED), p.cured(phase + 1)
    return (p.declared(phase + 30), case, cured, *p.daily(phase, 0, By.INSTITUTION))


def after_red(p: Past, phase: int) -> tuple[Fact, ...]:
    institution = p.daily(phase + 14, phase + 1, By.INSTITUTION)
    return (p.declared(60), p.case(50, CaseKind.CLINICAL), p.cured(phase + 15), *institution, *p.daily(phase, 0))


def recovered(p: Past, phase: int) -> tuple[Fact, ...]:
    institution = p.daily(phase + 30, phase + 17, By.INSTITUTION)
    return (p.declared(80), p.case(70, CaseKind.SUSPECTED), p.cured(phase + 31), *institution, *p.daily(phase + 16, 0))


def stated_from_above(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.declared(20), *p.daily(19, 0), Upstream(id="p", at=p.at(phase), colour=("yellow", "red")[phase % 2]))


def listed_only(p: Past, phase: int) -> tuple[Fact, ...]:
    return (p.contact(phase, IsolationMode.HOME),)


SHARES: tuple[tuple[int, Story, int], ...] = (
    (560, faithful, 14),
    (90, now_and_then, 3),
    (60, newcomer, 4),
    (40, cared_for, 3),
    (110, silent, 10),
    (20, never_again, 8),
    (25, contact_at_home, 14),
    (5, contact_unchecked, 5),
    (15, contact_over, 5),
    (20, feverish, 13),
    (5, stopped_at_gate, 10),
    (10, back_from_a_trip, 13),
    (8, met_a_case, 13),
    (5, isolates, 13),
    (7, ill, 12),
    (4, recovering, 13),
    (4, after_red, 13),
    (5, recovered, 10),
    (2, stated_from_above, 6),
    (5, listed_only, 10),
)
"""Of a thousand people, how many live a story; the story; its phases."""


@dataclass(frozen=True, slots=True)
class Stories:
    """Every phase of every story as of a day, folded; shared by all who live it."""

    histories: tuple[History, ...]
    bounds: tuple[float, ...]

    def of(self, number: int) -> History:
        """What happened to the person of this number."""
        return self.histories[bisect(self.bounds, number * SPREAD % 2**32 / 2**32 * self.bounds[-1])]


def stories(now: datetime) -> Stories:
    """As of the instant `now` (aware)."""
    told = list(_told(Past(now)))
    folded = tuple(fold(History(facts), day_of(now)) for _, facts in told)
    return Stories(folded, tuple(accumulate(share for share, _ in told)))


def _told(past: Past) -> Iterator[tuple[float, tuple[Fact, ...]]]:
    for share, story, phases in SHARES:
        for phase in range(phases):
            yield share / phases, story(past, phase)
