"""What time alone brings, and on which day: the last day of a green code, a yellow or red that ran out. Pure.

That it was told stands on the person, written together with the letter, so nobody is told twice and nobody forgotten.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from domain.facts import SHANGHAI, Declaration, Exposure, Report, Undo, day_of
from domain.people import Level
from domain.person import Person
from domain.verdict import Colour, Verdict, colour_of, judge
from flows.core import Say
from flows.standing import verdict_args
from store.changes import Change, Letter
from worker.decisions import telling
from worker.decisions.moment import Moment
from worker.decisions.recording import beside

LATE = timedelta(days=3)
"""How long after it a colour's end is still news."""

ENDS_BY_ITSELF = (Colour.YELLOW, Colour.RED)


def due_day(person: Person, verdict: Verdict, moment: Moment) -> date | None:
    """On which day the clock has to look at this person; None: not before something is recorded."""
    if not _may_be_told(person):
        return None
    if _ended(person, verdict, moment) is not None:
        return day_of(moment.now)
    if verdict.until is None or verdict.until == moment.world.ends_on:
        return None
    if verdict.colour is Colour.GREEN:
        told = person.noticed == verdict.until
        return verdict.until if not told and turns_grey(person, verdict.until, moment) else None
    return verdict.until + timedelta(days=1) if verdict.colour in ENDS_BY_ITSELF else None


def notice(person: Person, moment: Moment) -> Change | None:
    """The letter that is due today, and that it was written; None if nothing is due, or no more."""
    verdict, today = moment.judge(person), day_of(moment.now)
    if due_day(person, verdict, moment) != today:
        return None
    ended = _ended(person, verdict, moment)
    if ended is not None:
        letters = telling.about_verdict(ended, person, moment.now, moment.world)
        last = verdict.since - timedelta(days=1) if verdict.since else today
    else:
        args = verdict_args(verdict, moment.now, moment.world)
        letter = Letter(person.account, "text", (Say("grey_tomorrow", {"left": args["left"]}),))
        letters = telling.to_everybody(person, (letter,))
        last = today
    return beside(person, replace(person, noticed=last), moment, letters=letters)


def _may_be_told(person: Person) -> bool:
    told = bool(person.listeners) and person.proof >= Level.PHONE
    return told and not person.erasing and not person.alias_of


def turns_grey(person: Person, until: date, moment: Moment) -> bool:
    """A green also ends because a place is listed from the next day on: then it does not turn grey, and no check-in
    keeps it. Without any listing that need not be judged.
    """
    after = datetime.combine(until + timedelta(days=1), time(), SHANGHAI)
    return not moment.world.risk_areas or colour_of(person.history, after, moment.world) is Colour.GREY


def _ended(person: Person, verdict: Verdict, moment: Moment) -> Colour | None:
    """The yellow or red that ended by itself in these days, of which the account does not know yet.

    Whoever has said something since has read the new colour in the answer.
    """
    if verdict.since is None or not timedelta(0) <= day_of(moment.now) - verdict.since <= LATE:
        return None
    begun = datetime.combine(verdict.since, time(), SHANGHAI)
    last = verdict.since - timedelta(days=1)
    own = (Declaration, Exposure, Report, Undo)
    if person.noticed is not None and person.noticed >= last:
        return None
    if any(fact.at >= begun for fact in person.history.facts if isinstance(fact, own)):
        return None
    if colour_of(person.history, begun, moment.world) is not verdict.colour:
        return None  # something was recorded since that changed it, and told
    before = judge(person.history, begun - timedelta(microseconds=1), moment.world)
    return before.colour if before.colour in ENDS_BY_ITSELF and before.until == last else None
