"""Reminders: at which hours somebody is reminded of today's report, and what a missed day would cost. Pure.

An hour is one of Beijing's clock; inside it everybody has a minute of their own, so that a province is not written to
at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.facts import SHANGHAI, History, day_of
from domain.ledger import OWN, open_ledger
from domain.missing import Risk, risk_of
from domain.notices import in_force
from domain.reasons import marks_of
from domain.verdict import Colour, Verdict, World

EARLIEST, LATEST = 8, 20
"""The hours that a resident may choose. Before the first and after the last one nobody is written to unasked."""
NOT_BEFORE, NOT_AFTER = time(EARLIEST), time(LATEST + 1)
"""Quiet hours lie outside of these. What is late, after a standstill, is still told before the second."""
BY_DEFAULT, OFF = 0, -1
"""What a resident may choose instead of an hour: the house's own, or no reminders."""

USUAL_HOURS = (10, 11)
"""Without a choice; the pid says which."""
YELLOW_HOUR = 8
"""Without a choice, before all others."""
LAST_CALL_HOUR = 20
WARNING_BY = 18
"""A last green day is announced by this hour, also to those who chose a later one: a day is left to act."""
GREY_DAYS = 2
"""On so many first days of grey; then it is the community's list that has them."""

SLOTS = 256
"""Of an hour; a slot is a byte of the pid."""


class Call(StrEnum):
    """What a reminder says. One of a day is the first; only somebody who loses a count of days gets a last call."""

    USUAL = "usual"
    GREY = "grey"
    YELLOW = "yellow"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Standing:
    """Of whom no report of today is on record: what it costs, and which day of a count today would be."""

    risk: Risk
    day: int = 0
    rounds: int = 0


def slot_of(pid: bytes) -> int:
    return pid[1] % SLOTS


def slots_of(first: int, last: int) -> range:
    """The slots whose minute is one of these, both included."""
    return range(-(-first * SLOTS // 60), -(-(last + 1) * SLOTS // 60))


def minute_of(pid: bytes) -> int:
    """The minute of an hour that is this person's."""
    return slot_of(pid) * 60 // SLOTS


def is_quiet(now: datetime) -> bool:
    """Whether nobody may be written to unasked."""
    return not NOT_BEFORE <= now.astimezone(SHANGHAI).time() < NOT_AFTER


def usual_hour(pid: bytes) -> int:
    return USUAL_HOURS[pid[2] % len(USUAL_HOURS)]


def warning_hour(pid: bytes, choice: int) -> int:
    """When the end of a colour is told, which nobody can switch off."""
    return min(choice, WARNING_BY) if choice >= EARLIEST else usual_hour(pid)


def calls_of(pid: bytes, choice: int, standing: Standing | None, since: date | None, today: date) -> dict[int, Call]:
    """Hour -> what is said then today, while no report comes. Nothing on a last green day: that has a warning."""
    if standing is None or standing.risk is Risk.LAST_DAY:
        return {}
    if standing.risk is Risk.GREY and since is not None and (today - since).days >= GREY_DAYS:
        return {}
    calls: dict[int, Call] = {}
    counts = standing.risk is Risk.YELLOW
    if choice != OFF:
        first = {Risk.YELLOW: Call.YELLOW, Risk.GREY: Call.GREY}.get(standing.risk, Call.USUAL)
        calls[choice if choice >= EARLIEST else YELLOW_HOUR if counts else usual_hour(pid)] = first
    if counts:
        calls[LAST_CALL_HOUR] = Call.LAST
    return calls


def standing(history: History, verdict: Verdict, at: datetime, world: World) -> Standing | None:
    """What it costs not to report today; None for whoever has, and where nobody waits for a report.

    A normal temperature at a gate is a check-in too, but a count of days is of own reports. On the day that begins a
    count, and once it is full, a missed day costs nothing of it.
    """
    today = day_of(at)
    risk = risk_of(verdict.colour, verdict.until, today, world)
    if risk is None:
        return None
    ledger = open_ledger(history, at, world, in_force(today).limits)
    wanted = OWN if risk is Risk.YELLOW else ~0
    if ledger.reports.get(ledger.today, 0) & wanted or ledger.today in ledger.outages:
        return None
    if verdict.colour is not Colour.YELLOW:
        return Standing(risk)
    done, rounds = verdict.progress or (0, 0)
    if done >= rounds or ledger.today in marks_of(ledger):
        return Standing(Risk.GREEN)
    return Standing(risk, done + 1, rounds)


def instant_of(pid: bytes, day: date, hour: int) -> datetime:
    """This person's minute of an hour."""
    return datetime.combine(day, time(hour), SHANGHAI) + timedelta(minutes=minute_of(pid))
