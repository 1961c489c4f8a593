"""The clock looks at whoever may have something to be told: a last green day, a colour that ran out, no report today.

Found from an index by hour, not by a scan, and each person at a minute of their own. What is due is judged live: the
index says only whom to look at, and moves on after the letter stands on the post. Killed in between, the next leader
looks again; what was told stands on the person or beside the post, and is not told twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.facts import SHANGHAI, day_of
from domain.person import Person
from domain.reminders import NOT_BEFORE, OFF, Call, is_quiet, slots_of
from store.due import minutes
from store.keys import lane_of, shard_of
from store.reminded import Reminding
from worker.context import Context
from worker.decisions.foreseen import notice
from worker.decisions.reminders import (
    Day,
    call_by_order,
    call_now,
    day_of_person,
    next_look_of,
    notice_is_due,
    reminder_letters,
)
from worker.delivery import letters
from worker.queues import DELIVER

BATCH = 100
OF_A_SHARD = 8
"""At most so many are looked at in one tick of the clock: 2,048 in all, so that it goes on sweeping."""
TRIES = 3
"""The person may check in at this very moment."""


class Outcome(StrEnum):
    TOLD = "told"
    """What time brings: a last green day, a colour that ran out."""
    REMINDED = "reminded"
    ALREADY = "already reminded today"
    REPORTED = "has reported, or need not"
    OFF = "wants no reminders"
    UNREACHABLE = "no account"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes of one hour (since 1970) whose slots are to be looked at, both included."""

    hour: int
    first: int
    last: int


def serve(ctx: Context) -> int:
    """Write to those whose minute has come; how many. For the clock's leader, between two sweeps."""
    stretch = stretch_of(ctx.due.served(), ctx.moment().now)
    if stretch is None:
        return 0
    pids, more = ctx.due.at(slots_of(stretch.first, stretch.last), stretch.hour, OF_A_SHARD)
    found = look_at(ctx, pids)
    if not more:
        ctx.due.put_served(stretch.hour * 60 + stretch.last)
    return found[Outcome.TOLD] + found[Outcome.REMINDED]


def stretch_of(served: int, now: datetime) -> Stretch | None:
    """The oldest minutes not served yet, of one hour and of the last sixty; None when there are none, and at night."""
    minute, opened = minutes(now), minutes(datetime.combine(day_of(now), NOT_BEFORE, SHANGHAI))
    if is_quiet(now) or served == minute:
        return None
    first = max(minute - 59, opened, 0 if served > minute else served + 1)
    hour = first // 60
    return Stretch(hour, first % 60, min(minute - hour * 60, 59))


def look_at(ctx: Context, pids: Sequence[bytes], by_order: bool = False) -> Counter[Outcome]:
    """Tell these people what is due now, or `by_order` at whatever hour, and put down when to look at them next."""
    outcomes: Counter[Outcome] = Counter()
    for batch in (pids[n : n + BATCH] for n in range(0, len(pids), BATCH)):
        left = list(batch)
        for _ in range(TRIES):
            if left:
                done, left = _Look(ctx, by_order).at(left)
                outcomes.update(done.values())
    return outcomes


class _Look:
    """One look at a batch of people: five trips."""

    def __init__(self, ctx: Context, by_order: bool) -> None:
        self._ctx = ctx
        self._by_order = by_order
        self._moment = ctx.moment()
        self._today = day_of(self._moment.now)

    def at(self, pids: Sequence[bytes]) -> tuple[dict[bytes, Outcome], list[bytes]]:
        """What became of whom; and who changed meanwhile and has to be looked at again."""
        people = self._ctx.people.read_sound(pids)
        self._ctx.due.drop([pid for pid in pids if pid not in people])
        days = {pid: self._day(person) for pid, person in people.items()}
        told, again = self._tell([day for day in days.values() if day is not None])
        days |= {pid: self._day(person) for pid, person in told.items()}
        outcomes = {pid: _left_out(day) for pid, day in days.items() if pid not in again}
        outcomes |= self._remind([day for pid, day in days.items() if day and pid not in told and pid not in again])
        outcomes |= dict.fromkeys(told, Outcome.TOLD)
        people |= told
        overtaken = self._ctx.due.move(
            (pid, people[pid].version, None if day is None else next_look_of(day))
            for pid, day in days.items()
            if pid not in again
        )
        # What was said is counted now; looked at again, it would count as said before.
        silent = {pid for pid in overtaken if outcomes[pid] not in (Outcome.TOLD, Outcome.REMINDED)}
        return {pid: done for pid, done in outcomes.items() if pid not in silent}, [*again, *overtaken]

    def _day(self, person: Person) -> Day | None:
        return day_of_person(person, self._moment.judge(person), self._moment)

    def _tell(self, days: Sequence[Day]) -> tuple[dict[bytes, Person], list[bytes]]:
        """Whoever is told what time brings, as they are then; who changed meanwhile. It is the one message of the day,
        and so marked before: killed in between, it is still told."""
        due = [day.person for day in days if self._by_order or notice_is_due(day)]
        changes = [change for person in due if (change := notice(person, self._moment)) is not None]
        self._ctx.reminded.post(
            self._today, [Reminding(openid) for change in changes for openid, _ in change.after.listeners]
        )
        written = self._ctx.people.write(changes)
        told = {change.after.pid: change.after for change, ok in zip(changes, written, strict=True) if ok}
        for pid in told:
            self._ctx.changed(pid)
        return told, [change.after.pid for change in changes if change.after.pid not in told]

    def _remind(self, days: Sequence[Day]) -> dict[bytes, Outcome]:
        choose = call_by_order if self._by_order else call_now
        chosen = [(day, call) for day in days if (call := choose(day)) is not None]
        remindings = [each for day, call in chosen for each in self._remindings(day, call)]
        posted = self._ctx.reminded.post(self._today, [each for _, each in remindings])
        for lane in sorted({lane_of(shard_of(each.openid), self._ctx.lanes) for _, each in remindings}):
            self._ctx.waker.wake(DELIVER, lane)
        reached = {pid for (pid, _), new in zip(remindings, posted, strict=True) if new}
        pids = (day.person.pid for day, _ in chosen)
        return {pid: Outcome.REMINDED if pid in reached else Outcome.ALREADY for pid in pids}

    def _remindings(self, day: Day, call: Call) -> list[tuple[bytes, Reminding]]:
        """(pid, the letter): one to each of whom to tell."""
        pid = day.person.pid
        sealed = [
            (each.openid, letters.seal(self._ctx.vault, letters.of_day(each, pid, self._today, call)))
            for each in reminder_letters(day, call)
        ]
        return [(pid, Reminding(openid, call is Call.LAST, letter)) for openid, letter in sealed]


def _left_out(day: Day | None) -> Outcome:
    """Why nothing is said to somebody, if nothing is."""
    if day is None:
        return Outcome.UNREACHABLE
    if day.standing is None:
        return Outcome.REPORTED
    return Outcome.OFF if day.person.remind == OFF else Outcome.ALREADY
