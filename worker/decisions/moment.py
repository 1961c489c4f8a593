"""The instant at which something is applied, and what is true for everybody then. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.facts import History
from domain.person import Person
from domain.verdict import Colour, Verdict, World, colour_of, judge

CLOCK_SLACK = timedelta(minutes=1)
"""How far the clocks of two machines of the house may be apart."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is applied and what is true for everybody then; whether an identity service is connected."""

    now: datetime
    world: World
    identity_service: bool = False

    def judge(self, person: Person) -> Verdict:
        return judge(person.history, as_of(person.history, self.now), self.world)

    def colour(self, person: Person) -> Colour:
        """That of `judge`, in less time."""
        return colour_of(person.history, as_of(person.history, self.now), self.world)


def as_of(history: History, now: datetime) -> datetime:
    """The instant to judge at: a fact that another machine heard a moment ago is not one of the future here."""
    newest = max((fact.at for fact in history.facts), default=now)
    return newest if now < newest <= now + CLOCK_SLACK else now
