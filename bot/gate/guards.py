"""Who stands at the gate: a signed-in member of the staff who may record there, by the console's session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Request

from bot.console.visits import COOKIE, Visit, visit_of
from bot.gate.checking import Answer, Checker
from domain.facts import SHANGHAI, day_of
from domain.gate import Outcome, Passage, Result, Shown, reading_of
from domain.roles import Action, Refused, holds
from domain.venues import Venue
from worker.context import Context
from worker.gate import gating

VENUE_COOKIE = "yima_venue"


@dataclass(frozen=True, slots=True)
class Guard:
    """One request of somebody on duty. `venue` is the one they chose last, or the only one."""

    visit: Visit
    venues: list[Venue]
    venue: Venue | None

    @property
    def csrf(self) -> str:
        return self.visit.session.csrf


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate's pages are made with."""

    ctx: Context
    checker: Checker
    for_strangers: Checker
    """Knows our own codes alone."""

    def guard(self, request: Request) -> Guard | None:
        """None for a stranger, and for staff who may not record at gates."""
        cookie = request.cookies.get(COOKIE, "")
        visit = visit_of(self.ctx, cookie) if cookie else None
        if visit is None or not holds(visit.staff, Action.GATE_REPORT):
            return None
        venues = gating.venues_of(self.ctx, visit.staff)
        chosen = request.cookies.get(VENUE_COOKIE, "")
        venue = next((each for each in venues if each.id == chosen), venues[0] if len(venues) == 1 else None)
        return Guard(visit, venues, venue)

    def counts(self, venue: str) -> dict[str, int]:
        """Today's passages of a venue by outcome."""
        today = day_of(self.ctx.clock.now())
        return {outcome.value: number for outcome, number in self.ctx.venues.counts(venue, today).items()}

    def write(self, guard: Guard, passage: Passage) -> gating.Written:
        """Raises Refused."""
        return gating.write(self.ctx, guard.visit.staff, passage, self.checker.scanner)

    def check(self, text: str, guard: Guard | None) -> Answer:
        return (self.checker if guard else self.for_strangers).check(text)


def passage_of(raw: Any, by: str) -> Passage:
    """A record as the guard's app sends it. Raises Refused (`bad_record`)."""
    try:
        temperature, list_as_of = raw.get("temperature"), raw.get("list_as_of")
        return Passage(
            id=str(raw["id"]),
            venue=str(raw["venue"]),
            by=str(raw.get("by", by)),
            at=datetime.fromtimestamp(int(raw["at"]), SHANGHAI),
            code=str(raw["code"])[:500],
            shown=Result(raw["shown"]),
            outcome=Outcome(raw["outcome"]),
            source=Shown(raw["source"]),
            temperature=reading_of(str(temperature)) if temperature is not None else None,
            list_as_of=datetime.fromtimestamp(int(list_as_of), SHANGHAI) if list_as_of else None,
        )
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError, OSError):
        raise Refused("bad_record") from None
