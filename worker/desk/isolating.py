"""Who isolates at home, by the rosters and what is on record of those who are yellow."""

from __future__ import annotations

from dataclasses import dataclass

from domain.facts import Contact, Declaration, Exposure, Isolation, IsolationMode, Recheck, Withdraw, day_of
from domain.person import Person
from domain.verdict import Colour, Verdict
from worker.context import Context
from worker.desk.areas import Area, people_in

BATCH = 500


@dataclass(frozen=True, slots=True)
class Isolating:
    """One person: since when and how, and whether the symptoms were checked again since."""

    person: Person
    verdict: Verdict
    isolation: Isolation
    rechecked: bool


def isolating(ctx: Context, areas: list[Area]) -> list[Isolating]:
    """Everybody yellow who isolates, the longest first; two trips, one more for each five hundred."""
    moment = ctx.moment()
    today = day_of(moment.now)
    cells = people_in(ctx, areas)
    pids = [pid for pid, _, cell in cells if cell.colour_on(today, moment.world) is Colour.YELLOW]
    found: list[Isolating] = []
    for first in range(0, len(pids), BATCH):
        for person in ctx.people.read_sound(pids[first : first + BATCH]).values():
            isolation = isolation_of(person)
            if isolation is not None:
                checks = (day_of(f.at) for f in person.history.facts if isinstance(f, Recheck))
                checked = any(day >= isolation.begun for day in checks)
                found.append(Isolating(person, moment.judge(person), isolation, checked))
    return sorted(found, key=lambda each: (each.isolation.begun, each.person.pid))


def isolation_of(person: Person) -> Isolation | None:
    """The isolation that began last, of those that stand on record; of a contact without one it is at home from the
    day of the record."""
    facts = person.history.facts
    gone = {fact.of for fact in facts if isinstance(fact, Withdraw)}
    stands = [fact for fact in facts if isinstance(fact, Contact | Declaration | Exposure) and fact.id not in gone]
    found = [
        fact.isolation or Isolation(IsolationMode.HOME, day_of(fact.at))
        for fact in stands
        if fact.isolation is not None or isinstance(fact, Contact)
    ]
    return max(found, key=lambda each: each.begun, default=None)
