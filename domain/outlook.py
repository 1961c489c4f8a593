"""Outlook: when a yellow or red code can change, if from today on every day is reported and normal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.facts import By, History, Report
from domain.verdict import NOWHERE, Colour, World, colour_of, judge

AHEAD = 60
"""Days looked ahead; longer than two rounds of fourteen days and an isolation in between."""
NORMAL = Decimal("36.5")

NEXT = {Colour.RED: (By.INSTITUTION, Colour.YELLOW), Colour.YELLOW: (By.SELF, Colour.GREEN)}
"""Whose reports count, and what the colour becomes."""


def earliest_change(history: History, at: datetime, world: World = NOWHERE) -> tuple[Colour, date] | None:
    """The next colour of somebody yellow or red and the first day on which it can be; None where more than reports is
    needed: a cure, a symptom check, another authority's word. Pure."""
    now = colour_of(history, at, world)
    if now not in NEXT:
        return None
    by, becomes = NEXT[now]
    days = (at + timedelta(n) for n in range(AHEAD + 1))
    reports = (Report(id=f"ahead {n}", at=day, by=by, temperature=NORMAL) for n, day in enumerate(days))
    then = judge(history.plus(*reports), at + timedelta(AHEAD), world)
    return (becomes, then.since) if then.colour is becomes and then.since is not None else None
