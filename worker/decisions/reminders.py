"""What is said to whoever has not reported today, and when the clock has to look at a person next. Pure.

A reminder writes nothing on the person: it stands on the account's post, once a day. Where time alone brings something
(`foreseen`), that is told in its stead, so that nobody is written to twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain import reminders
from domain.facts import day_of
from domain.missing import Risk
from domain.people import Level
from domain.person import Person
from domain.reminders import (
    EARLIEST,
    GREY_DAYS,
    LAST_CALL_HOUR,
    LATEST,
    OFF,
    YELLOW_HOUR,
    Call,
    Standing,
    calls_of,
    instant_of,
    usual_hour,
    warning_hour,
)
from domain.verdict import Colour, Verdict
from flows.core import Say
from flows.standing import deadline
from flows.told import told_left
from store.changes import Letter
from worker.decisions.foreseen import due_day, turns_grey
from worker.decisions.moment import Moment, as_of

REMINDED = (Colour.GREEN, Colour.GREY, Colour.YELLOW)


@dataclass(frozen=True, slots=True)
class Day:
    """One person, who can be written to, today."""

    person: Person
    moment: Moment
    verdict: Verdict
    """As the account may know it."""
    standing: Standing | None
    """What it costs not to report today; None: nothing."""
    told: date | None
    """On which day, from today on, what time brings is to be told."""

    @property
    def today(self) -> date:
        return day_of(self.moment.now)

    @property
    def proved(self) -> bool:
        return self.person.proof >= Level.PHONE

    def at(self, hour: int) -> datetime:
        """This person's minute of an hour of today."""
        return instant_of(self.person.pid, self.today, hour)

    def calls(self) -> dict[int, Call]:
        """Today's reminders by hour. None is earlier than what time brings, which is told in the first one's stead."""
        return calls_of(self.person.pid, self.person.remind, self.standing, self.verdict.since, self.today)


def day_of_person(person: Person, verdict: Verdict, moment: Moment) -> Day | None:
    """None for whoever cannot be written to. An unproved claim is judged by its own reports, and no colour comes of it:
    what stands on a list may not show, not even in when somebody is reminded.
    """
    if not person.listeners or person.erasing or person.alias_of:
        return None
    proved = person.proof >= Level.PHONE
    seen = person if proved else replace(person, history=person.history_for_claimant())
    verdict = verdict if proved else moment.judge(seen)
    standing = reminders.standing(seen.history, verdict, as_of(seen.history, moment.now), moment.world)
    if standing is not None and standing.risk is not Risk.GREY and not (proved and _costs(standing, person, moment)):
        standing = Standing(Risk.GREEN)
    return Day(person, moment, verdict, standing, due_day(person, verdict, moment))


def notice_is_due(day: Day) -> bool:
    """Whether what time brings is to be told at this instant."""
    return day.told == day.today and day.at(_warned_at(day)) <= day.moment.now


def call_now(day: Day) -> Call | None:
    """What the clock has to say at this instant: the latest of today's calls whose minute has come."""
    come = {hour: call for hour, call in day.calls().items() if day.at(hour) <= day.moment.now}
    return come[max(come)] if come else None


def call_by_order(day: Day) -> Call | None:
    """What is said at an order of the staff, at whichever hour, to everybody who waits and wants to be reminded."""
    standing = day.standing
    if standing is None or standing.risk is Risk.LAST_DAY or day.person.remind == OFF:
        return None
    return {Risk.YELLOW: Call.YELLOW, Risk.GREY: Call.GREY}.get(standing.risk, Call.USUAL)


def reminder_letters(day: Day, call: Call) -> tuple[Letter, ...]:
    """The reminder, to the person or to the carers of one without an account. A last call comes beside the one a day,
    as if asked for: what it saves is two weeks."""
    standing = day.standing or Standing(Risk.GREEN)
    shown = call if day.proved else Call.USUAL
    args = {"call": shown.value, "day": standing.day, "rounds": standing.rounds}
    args |= {"asked": call is Call.LAST}
    told = ((day.person.account, ""),) if day.person.account else day.person.listeners
    return tuple(Letter(openid, "reminder", (Say("reminder", {**args}, who),)) for openid, who in told)


def with_time_left(says: Sequence[Say], now: datetime) -> tuple[Say, ...]:
    """A reminder as it is sent: how long there is still time to report."""
    left = told_left(deadline(day_of(now)) - now)
    return tuple(replace(say, args={**say.args, "left": left}) for say in says)


def next_look(person: Person, verdict: Verdict, moment: Moment) -> datetime | None:
    """The instant, later than now, at which the clock has to look at this person if nothing more is recorded; None if
    there is none. It may be too early, for what is due is judged when looked at; it is never too late.
    """
    day = day_of_person(person, verdict, moment)
    return None if day is None else next_look_of(day)


def next_look_of(day: Day) -> datetime | None:
    pid, tomorrow = day.person.pid, day.today + timedelta(days=1)
    hours = set(day.calls())
    if day.told == day.today:  # from its hour on, as long as it is not told
        hours.update(range(_warned_at(day), LATEST + 1))
    looks = [at for hour in hours if (at := day.at(hour)) > day.moment.now]
    if looks:
        return min(looks)
    if day.told is not None:
        looks.append(instant_of(pid, max(day.told, tomorrow), _warned_at(day)))
    hour = _first_hour_of(day, tomorrow)
    if hour is not None:
        looks.append(instant_of(pid, tomorrow, hour))
    return min(looks, default=None)


def _first_hour_of(day: Day, tomorrow: date) -> int | None:
    """The first hour of the next day at which a reminder may be due, whatever that day's colour; None: at none."""
    verdict, choice, pid = day.verdict, day.person.remind, day.person.pid
    if verdict.colour not in REMINDED or day.moment.world.has_ended(tomorrow):
        return None
    if verdict.colour is Colour.GREY and verdict.since is not None and (tomorrow - verdict.since).days >= GREY_DAYS:
        return None
    counts = verdict.colour is Colour.YELLOW and day.proved
    if choice == OFF:
        return LAST_CALL_HOUR if counts else None
    return choice if choice >= EARLIEST else YELLOW_HOUR if counts else usual_hour(pid)


def _warned_at(day: Day) -> int:
    return warning_hour(day.person.pid, day.person.remind)


def _costs(standing: Standing, person: Person, moment: Moment) -> bool:
    """Whether a missed day costs what it seems to: a green that a listing ends tomorrow is not kept by a check-in."""
    return standing.risk is not Risk.LAST_DAY or turns_grey(person, day_of(moment.now), moment)
