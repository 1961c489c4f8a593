"""Changes: the colours somebody has had, newest knowledge apart: each as it was known, and told, at the time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.facts import SHANGHAI, History, day_of
from domain.fold import KEPT_DAYS
from domain.verdict import NOWHERE, Colour, Verdict, World, judge

LOOK_BACK = timedelta(days=90)
MOST = 12
"""Changes told at most, the newest."""

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Change:
    """From this day on the colour was another; the clauses are those named at that moment."""

    day: date
    colour: Colour
    clauses: tuple[str, ...]


def changes(history: History, at: datetime, world: World = NOWHERE) -> tuple[Change, ...]:
    """The last changes of colour up to the instant `at`, oldest first. Pure.

    What was recorded late, withdrawn or undone shows as it was at the time: a case of the 2nd recorded on the 5th made
    somebody red on the 5th. Several changes of one day stand one after another. Of days that are folded (older than
    18) green and grey are not told apart, and count as green.
    """
    walk = _Walk(history, at, world)
    found: list[Change] = []
    moment, now = at, walk.verdict(at)
    while len(found) < MOST and now.since is not None and moment > at - LOOK_BACK:
        begun = walk.begun(now, moment)
        earlier = walk.verdict(begun - _INSTANT)
        if earlier.colour is not now.colour:
            found.append(Change(day_of(begun), now.colour, walk.verdict(begun).clauses))
        moment, now = begun - _INSTANT, earlier
    return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes back from instant to instant at which a colour may have changed: a fact recorded, or a midnight.

    Between two recorded facts the same is known, so a verdict's own `since` tells the midnight.
    """

    history: History
    at: datetime
    world: World

    def verdict(self, moment: datetime) -> Verdict:
        """As known at that moment; the notice's own words for it, save that an old grey is green."""
        found = judge(self.history, moment, self.world)
        if found.colour is not Colour.GREY or (day_of(self.at) - day_of(moment)).days <= KEPT_DAYS:
            return found
        return Verdict(Colour.GREEN, found.clauses, found.since, found.until, found.progress, found.notice)

    def begun(self, verdict: Verdict, moment: datetime) -> datetime:
        """The instant since which what is known at `moment` is known, or its colour's first midnight if later."""
        recorded = sorted({fact.at for fact in self.history.facts if fact.at <= moment})
        last = recorded[bisect_right(recorded, moment) - 1] if recorded else datetime.min.replace(tzinfo=SHANGHAI)
        midnight = datetime.combine(verdict.since or date.min, time(), SHANGHAI)
        return max(last, midnight)
