"""Changes: the colours somebody has had, newest knowledge apart: each as it was known, and told, at the time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from domain.facts import SHANGHAI, History, day_of
from domain.fold import KEPT_DAYS
from domain.verdict import NOWHERE, Colour, Verdict, World, judge

LOOK_BACK = timedelta(days=90)
MOST = 12
"""Changes told at most, the newest."""

_INSTANT = timedelta(microseconds=1)
_EVER = datetime.min.replace(tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Change:
    """From this day on the colour was another; the clauses are those named at that moment."""

    day: date
    colour: Colour
    clauses: tuple[str, ...]


def changes(history: History, at: datetime, world: World = NOWHERE) -> tuple[Change, ...]:
    """The last changes of colour up to the instant `at`, oldest first. Pure.

    What was recorded late, withdrawn or undone shows as it was at the time: a case of the 2nd recorded on the 5th made
    somebody red on the 5th. Several changes of one day stand one after another. A grey that was over
    more than 18 days ago is not on file any more, and counts as green.
    """
    found: list[Change] = []
    moment, now = at, judge(history, at, world)
    while len(found) < MOST and now.since is not None and moment > at - LOOK_BACK:
        begun = _begun(history, now, moment)
        moment = begun - _INSTANT
        earlier = judge(history, moment, world)
        if earlier.colour is Colour.GREY and now.colour is not Colour.GREY and _is_folded(moment, at):
            earlier = replace(earlier, colour=Colour.GREEN)
        if earlier.colour is not now.colour:
            found.append(Change(day_of(begun), now.colour, judge(history, begun, world).clauses))
        now = earlier
    return tuple(reversed(found))


def _begun(history: History, verdict: Verdict, moment: datetime) -> datetime:
    """Since when the colour at `moment` is as it is, at the least: the last recording before, or its first midnight.

    Between two recordings the same is known, so a verdict's own `since` tells the midnight.
    """
    last = max((fact.at for fact in history.facts if fact.at <= moment), default=_EVER)
    return max(last, datetime.combine(verdict.since or date.min, time(), SHANGHAI))


def _is_folded(moment: datetime, at: datetime) -> bool:
    return (day_of(at) - day_of(moment)).days > KEPT_DAYS
