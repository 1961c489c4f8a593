"""How somebody stands now, as pieces of a reply: the colour with its deadline, or why no colour may be shown."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from domain.facts import SHANGHAI, By, Declaration, Fact, History, Report, Undo, day_of
from domain.people import Claim, Level
from domain.verdict import Colour, Verdict, World, judge
from flows.core import Desk, Known, Say
from flows.plain import Json
from flows.told import told_day, told_left


def verdict_of(known: Known, desk: Desk, *more: Fact) -> Verdict:
    """What the person's facts give now, with facts of this very turn."""
    return judge(known.history.plus(*more), desk.now, desk.world)


def colour_may_show(known: Known) -> bool:
    """Below phone-verified no colour is shown: it could tell a stranger what the lists say of somebody.

    Nor before the claim is settled: the lists have not been asked yet, and green would be a guess.
    """
    return known.claim is Claim.BOUND and known.level >= Level.PHONE


def drawn_colour(known: Known, verdict: Verdict) -> Colour:
    """The colour that the picture carries; a code that waits for verification carries none."""
    return verdict.colour if colour_may_show(known) else Colour.NONE


def colour_say(known: Known, desk: Desk, *more: Fact) -> Say:
    """One line or two: the colour and its deadline, or 待核实 and where to go."""
    if not colour_may_show(known):
        return Say("colour_checking" if known.claim is Claim.CHECKING else "colour_unverified")
    verdict = verdict_of(known, desk, *more)
    return Say("colour", verdict_args(verdict, desk.now, desk.world))


def verdict_args(verdict: Verdict, now: datetime, world: World) -> dict[str, Json]:
    """The arguments of every template that tells a colour: colour, until, left, done, rounds.

    `left` is the time before grey; empty when it is the notice that ends after `until`.
    """
    args: dict[str, Json] = {"colour": verdict.colour.value, "until": "", "left": "", "done": None, "rounds": None}
    if verdict.until is not None:
        left = "" if verdict.until == world.ends_on else told_left(deadline(verdict.until) - now)
        args |= {"until": told_day(verdict.until), "left": left}
    if verdict.progress is not None:
        args |= {"done": verdict.progress[0], "rounds": verdict.progress[1]}
    return args


def deadline(until: date) -> datetime:
    """The instant at which a colour that holds through a day ends."""
    return datetime.combine(until + timedelta(days=1), time(), SHANGHAI)


def own_reports(history: History, day: date) -> list[tuple[str, str]]:
    """(id, temperature) of the own reports of a day that stand, oldest first."""
    undone = {fact.of for fact in history.facts if isinstance(fact, Undo)}
    mine = [
        fact
        for fact in history.facts
        if isinstance(fact, Declaration | Report)
        and fact.by in (By.SELF, By.CARER, By.WORKER)
        and day_of(fact.at) == day
        and fact.id not in undone
    ]
    return [(fact.id, str(fact.temperature)) for fact in sorted(mine, key=lambda fact: fact.at)]
