"""Reasons: from when until when a clause applies to somebody. Each function is a clause's `days`.

Spans are (first day, first day after) as ordinals; None is open: it ends only with something more on record. A span
may reach beyond today, so that the last day of a colour can be told in advance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from domain.facts import Contact, Declaration, Exposure, IsolationMode, day_of
from domain.ledger import INSTITUTION, OWN, Ledger, number_of
from domain.notice import Colour, Span
from domain.runs import days_reached, round_done, runs_of


@dataclass(frozen=True, slots=True)
class Course:
    """A case from its first day: the cure, and the day on which the institution's row after it is complete."""

    since: int
    cured: int | None
    over: int | None


def declared(p: Ledger) -> list[Span]:
    return [] if p.declared is None else [(p.declared, None)]


def courses(p: Ledger) -> list[Course]:
    """Red, case by case: the first cure on or after its first day, then the institution's days in a row."""
    return courses_from(p, [case.since.toordinal() for case in p.cases])


def courses_from(p: Ledger, firsts: Sequence[int]) -> list[Course]:
    """The courses of cases with these first days."""
    if not firsts:
        return []
    rows, found = runs_of(p.days(INSTITUTION)), []
    for since in firsts:
        cured = next((day for day in p.cures if day >= since), None)
        over = None if cured is None else round_done(rows, cured, p.limits.institution_round.value)
        found.append(Course(since, cured, over))
    return found


def ill(p: Ledger) -> list[Span]:
    """A case on record without a cure."""
    return [(course.since, course.cured) for course in courses(p)]


def recovering(p: Ledger) -> list[Span]:
    """Cured, while the institution's row is not complete."""
    return [(course.cured, course.over) for course in courses(p) if course.cured is not None]


def close_contact(p: Ledger) -> list[Span]:
    """Listed as a contact, until isolation has lasted and, at home, the symptoms are checked again."""
    return [(number_of(contact.at), _isolated_until(p, contact)) for contact in p.contacts]


def counting(p: Ledger) -> list[Span]:
    """From each reason for yellow to the end of the own days in a row after the last of them."""
    return counted_from(p, marks_of(p))


def counted_from(p: Ledger, marks: list[int]) -> list[Span]:
    """The spans of counting after these days, which are in order."""
    if not marks:
        return []
    rows = runs_of(p.days(OWN))
    spans: list[Span] = []
    begun = marks[0]
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        done = round_done(rows, mark, p.limits.own_round.value)
        if following is None:
            spans.append((begun, done))
        elif done is not None and done < following:
            spans.append((begun, done))
            begun = following
    return spans


def marks_of(p: Ledger) -> list[int]:
    """The days after which the own days of yellow have to lie, in order."""
    marks = set(p.fevers | p.illnesses)
    marks.update(course.over for course in courses(p) if course.over is not None)
    marks.update(number_of(contact.at) for contact in p.contacts)
    marks.update(_met(p), _visits(p), (first for first, _ in isolates(p)))
    return sorted(marks)


def feverish_at_gate(p: Ledger) -> list[Span]:
    return _today(p, p.today in p.fevers)


def unwell(p: Ledger) -> list[Span]:
    return _today(p, p.today in p.illnesses)


def met_a_case(p: Ledger) -> list[Span]:
    return _today(p, p.today in _met(p))


def was_in_risk_area(p: Ledger) -> list[Span]:
    return _today(p, p.today in _visits(p))


def isolates(p: Ledger) -> list[Span]:
    """Own isolation, told while it had lasted less than its days, until it has."""
    lasts = p.limits.own_isolation.value
    return [
        (day, begun + lasts)
        for fact in p.told
        if fact.isolation is not None
        and 0 <= (day := number_of(fact.at)) - (begun := fact.isolation.begun.toordinal()) < lasts
    ]


def overdue(p: Ledger) -> list[Span]:
    """Too many days without a report by anybody. The last span may lie ahead: it is the deadline."""
    days, grey_after = sorted(p.reports), p.limits.grey_after.value
    spans: list[Span] = []
    for last, following in pairwise(days):
        if following - last > grey_after + 1 and not is_steady(p, last, following):
            spans.append((_grey_from(p, last), following))
    if days:
        spans.append((_grey_from(p, days[-1]), None))
    return spans


def is_steady(p: Ledger, last: int, following: int) -> bool:
    """Whether nobody would turn grey between two days with a report and none between them that is still on file."""
    return any(first <= last and following <= end for first, end in p.steady) or _grey_from(p, last) >= following


def stated(colour: Colour) -> Callable[[Ledger], list[Span]]:
    """Spans on which an upstream authority's latest statement is `colour`."""

    def days(p: Ledger) -> list[Span]:
        return [
            (number_of(statement.at), None if following is None else number_of(following.at))
            for statement, following in zip(p.upstream, [*p.upstream[1:], None], strict=False)
            if statement.colour == colour
        ]

    return days


def progress(p: Ledger, colour: Colour) -> tuple[int, int] | None:
    """(days done, days needed) of the row that ends `colour`, where one runs: red after the cures, yellow always."""
    if colour is Colour.RED:
        return _institution_progress(p)
    marks = [day for day in marks_of(p) if day <= p.today] if colour is Colour.YELLOW else []
    if not marks:
        return None
    rows, length = runs_of(p.days(OWN)), p.limits.own_round.value
    if round_done(rows, marks[-1], length) is not None:
        return length, length
    return days_reached(rows, marks[-1], p.today), length


def _institution_progress(p: Ledger) -> tuple[int, int] | None:
    going = [course for course in courses(p) if course.over is None]
    cured = [course.cured for course in going if course.cured is not None]
    if not going or len(cured) < len(going):
        return None
    broken = p.today in p.fevers or p.today in p.illnesses
    done = 0 if broken else days_reached(runs_of(p.days(INSTITUTION)), max(cured), p.today)
    return done, p.limits.institution_round.value


def _isolated_until(p: Ledger, contact: Contact) -> int | None:
    recorded, isolation = number_of(contact.at), contact.isolation
    begun = recorded if isolation is None else isolation.begun.toordinal()
    lasted = begun + p.limits.isolation.value
    if isolation is not None and isolation.mode is not IsolationMode.HOME:
        return lasted
    checked = next((day for day in p.rechecks if day >= begun), None)
    return None if checked is None else max(lasted, checked)


def _met(p: Ledger) -> set[int]:
    """Days on which somebody told of a contact not too long before."""
    within = p.limits.exposure.value
    return {
        day
        for fact in p.told
        if fact.contact_on is not None and 0 <= (day := number_of(fact.at)) - fact.contact_on.toordinal() <= within
    }


def _visits(p: Ledger) -> set[int]:
    """Days on which it was told, or became known by a listing, that somebody was in a risk area not too long before.

    A day to come is among them when the listing that begins on it is announced already.
    """
    return {day for fact in p.told for day in _visits_of(p, fact)}


def _visits_of(p: Ledger, fact: Declaration | Exposure) -> list[int]:
    if fact.risk_area_on is None and not fact.stays:
        return []
    within, told = p.limits.exposure.value, number_of(fact.at)
    days = [told] if fact.risk_area_on is not None and 0 <= told - fact.risk_area_on.toordinal() <= within else []
    for area in p.world.risk_areas:
        met = (area.met_on(stay, day_of(fact.at), within) for stay in fact.stays)
        days += [day.toordinal() for day in met if day is not None]
    return days


def _grey_from(p: Ledger, last: int) -> int:
    """The first day that is more than the allowed number of days after `last`, outage days not counted."""
    day, missed = last, 0
    while missed <= p.limits.grey_after.value:
        day += 1
        missed += day not in p.outages
    return day


def _today(p: Ledger, applies: bool) -> list[Span]:
    """A momentary reason, named on its own day; the count of days that begins with it makes the colour afterwards."""
    return [(p.today, p.today + 1)] if applies else []
