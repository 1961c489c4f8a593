"""The morning round: who has a last green day today, or a colour that ran out, is told once and at a sensible hour.

Found from an index by day, not by a scan. Each person has a minute of the morning of their own, so that a province is
not written to at once. What is due is judged live: the index says only whom to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from domain.facts import SHANGHAI, day_of
from domain.person import Person
from store.keys import SLOTS
from worker.context import Context
from worker.foreseen import due_day, notice

FROM = time(10)
"""The first minute of a day at which anybody is written to without having asked."""
OVER = timedelta(hours=2)
"""Everybody's own minute lies within this time after it."""
UNTIL = time(21)
"""What is late, after a standstill, is still told before this hour, and not at night."""
BATCH = 100
TRIES = 3
"""The person may check in at this very moment."""
SLOTS_AT_ONCE = 128
"""Between two sweeps of the clock, when it has to catch up."""


def serve(ctx: Context) -> int:
    """Write to those whose minute has come; how many. For the clock's leader, between two sweeps."""
    moment = ctx.moment()
    today, done = day_of(moment.now), ctx.due.slots_served(day_of(moment.now))
    slots = range(done, min(slots_by(moment.now), done + SLOTS_AT_ONCE))
    if not slots:
        return 0
    told, looked_at = 0, set[bytes]()
    while pids := [pid for pid in ctx.due.on(slots, today) if pid not in looked_at]:
        looked_at.update(pids)
        told += sum(_tell(ctx, pid, person, today) for pid, person in _people(ctx, pids))
    ctx.due.put_slots_served(today, slots.stop)
    return told


def slots_by(now: datetime) -> int:
    """How many slots of the day have begun; none at night."""
    local = now.astimezone(SHANGHAI)
    if not FROM <= local.time() < UNTIL:
        return 0
    begun = datetime.combine(local.date(), FROM, SHANGHAI)
    return min(SLOTS, 1 + (local - begun) * SLOTS // OVER)


def _people(ctx: Context, pids: list[bytes]) -> Iterator[tuple[bytes, Person | None]]:
    """The persons as they are now; None for one that is damaged or gone."""
    for batch in (pids[n : n + BATCH] for n in range(0, len(pids), BATCH)):
        people = ctx.people.read_sound(batch)
        yield from ((pid, people.get(pid)) for pid in batch)


def _tell(ctx: Context, pid: bytes, person: Person | None, today: date) -> bool:
    """Tell one person what is due, once; whoever has nothing due leaves the day. Whether something was told."""
    moment, told = ctx.moment(), False
    for _ in range(TRIES):
        if person is None:
            ctx.due.drop(pid)
            return told
        change = notice(person, moment)
        if change is None:
            break
        if ctx.people.write([change])[0]:
            ctx.changed(pid)
            person, told = change.after, True
            break
        person = ctx.people.read_sound([pid]).get(pid)
    if person is not None:
        day = due_day(person, moment.judge(person), moment)
        ctx.due.put_day(pid, person.version, None if day is not None and day <= today else day)
    return told
