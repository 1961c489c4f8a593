"""Today: what somebody of the staff has to look after now, as the console's first page shows it and 名单 in chat tells
it: who has not reported, by what a missed day costs; what is abnormal; which appeals are due; whom to call.

Read from rosters, tasks and call lists alone, in two trips whatever the number of residents; identities are opened for
the one page that is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.carry_out import target_of
from domain.facts import day_of
from domain.missing import Missing, Risk, missing
from domain.people import mask_name, mask_phone
from domain.person import Person
from domain.reminders import is_quiet
from domain.roles import Action, Refused, Staff, may
from domain.tasks import ABNORMAL, APPEAL
from domain.verdict import Colour
from store.rosters import RosterCell
from store.tasks import OpenTask
from worker.clockwork.roll_call import RollCall
from worker.clockwork.roll_call import remind as remind_all
from worker.clockwork.warn import Outcome
from worker.context import Context
from worker.desk.areas import MOST_PEOPLE, Area, areas_of, people_in


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who has not reported today."""

    pid: bytes
    community: str
    grid: int
    risk: Risk
    colour: Colour
    last_own_day: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Today:
    """The day of one member of the staff. `people` are all residents there, `colours` theirs."""

    day: date
    areas: tuple[Area, ...]
    people: int
    colours: Counter[Colour]
    waiting: tuple[Waiting, ...]
    """By risk, the longest silent first."""
    abnormal: tuple[OpenTask, ...]
    """By deadline."""
    appeals: tuple[OpenTask, ...]
    calls: int

    def of_risk(self, risk: Risk) -> tuple[Waiting, ...]:
        return tuple(each for each in self.waiting if each.risk is risk)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of one person: masked, never the document."""

    pid: bytes
    name: str
    phone: str
    grid: int
    address: str


def today(ctx: Context, staff: Staff, place: str = "") -> Today:
    """What there is to do where they work, or in one division of it. Raises Refused: `role`, `too_wide`."""
    moment = ctx.moment()
    day, areas = day_of(moment.now), areas_of(staff, Action.REMIND, place)
    cells = {pid: (community, cell) for pid, community, cell in people_in(ctx, areas)}
    found = missing(((pid, cell) for pid, (_, cell) in cells.items()), day, moment.world)
    owners = [area.community for area in areas]
    tasks = [task for task in ctx.tasks.open_of(owners) if task.pid in cells]
    return Today(
        day,
        tuple(areas),
        len(cells),
        Counter(cell.colour_on(day, moment.world) for _, cell in cells.values()),
        tuple(_waiting(each, *cells[each.pid]) for each in found),
        tuple(task for task in tasks if task.about == ABNORMAL),
        tuple(task for task in tasks if task.about == APPEAL),
        _to_call(ctx, owners, {pid: cell for pid, (_, cell) in cells.items()}),
    )


def shown(ctx: Context, pids: Sequence[bytes]) -> dict[bytes, Shown]:
    """Of a page of people what may be shown of them, in their order; one trip. Nothing of somebody damaged."""
    people = ctx.people.read_sound(pids)
    return {pid: shown_of(people.get(pid, Person(pid))) for pid in pids}


def shown_of(person: Person) -> Shown:
    who = person.identity
    name, phone = (mask_name(who.name), mask_phone(who.phone)) if who else ("", "")
    return Shown(person.pid, name, phone, person.grid, person.address)


def remind(ctx: Context, staff: Staff, pids: Sequence[bytes]) -> Counter[Outcome]:
    """Remind these, as far as they have not reported and are this member of the staff's to remind; nobody twice a day.

    Raises Refused: `quiet_hours`, `too_many`, `scope` when none of them is.
    """
    if is_quiet(ctx.clock.now()):
        raise Refused("quiet_hours")
    if len(pids) > MOST_PEOPLE:
        raise Refused("too_many", str(len(pids)))
    people = ctx.people.read_sound(pids)
    mine = [pid for pid in pids if pid in people and may(staff, Action.REMIND, target_of(people[pid]))]
    if pids and not mine:
        raise Refused("scope", Action.REMIND.value)
    waiting = _risks(ctx, {pid: people[pid].community for pid in mine})
    roll = RollCall("console", {risk: [pid for pid in mine if waiting.get(pid) is risk] for risk in Risk})
    outcomes = sum(remind_all(ctx, staff, roll), Counter[Outcome]())
    outcomes[Outcome.REPORTED] += len(mine) - len(waiting)
    return outcomes


def _risks(ctx: Context, where: dict[bytes, str]) -> dict[bytes, Risk]:
    """Of those who still have not reported what it costs them."""
    moment = ctx.moment()
    found = missing(ctx.rosters.cells(where).items(), day_of(moment.now), moment.world)
    return {each.pid: each.risk for each in found}


def _waiting(each: Missing, community: str, cell: RosterCell) -> Waiting:
    return Waiting(each.pid, community, cell.grid, each.risk, each.colour, each.last_own_day, each.until)


def _to_call(ctx: Context, communities: list[str], cells: dict[bytes, RosterCell]) -> int:
    calls = ctx.calls.of_all(communities)
    return sum(pid in cells and not call.is_over(cells[pid].last_own_day) for pid, call in calls.items())
