"""The call list: whom no message reached, about what and why, and what a call brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channel import notices
from domain.carry_out import target_of
from domain.people import mask_name, mask_phone
from domain.person import Person
from domain.roles import Action, Refused, Staff, require
from store.calls import REMINDER, Call, Outcome
from store.changes import Act
from worker.context import Context
from worker.desk.areas import Area, people_in
from worker.staff.looking import looked_at

PURPOSE = "电话联系"
OUTCOMES = {
    Outcome.ANSWERED: "已接通",
    Outcome.NO_ANSWER: "无人接听",
    Outcome.WRONG_NUMBER: "号码有误",
    Outcome.MOVED: "已搬离",
}
REMINDED = "每日打卡提醒"


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list. Name and telephone are masked."""

    pid: bytes
    community: str
    grid: int
    call: Call
    name: str
    phone: str
    over: bool
    """Nobody needs to call any more."""


def open_calls(ctx: Context, community: str) -> Mapping[bytes, Call]:
    """pid -> entry of everybody who is still to be called, the oldest first."""
    return {pid: call for pid, (_, _, call, over) in _entries(ctx, [Area(community)]).items() if not over}


def call_list(ctx: Context, areas: list[Area]) -> list[Listed]:
    """Whoever is still to be called, the oldest first; then what calls brought, the latest first. Three trips."""
    entries = _entries(ctx, areas)
    people = ctx.people.read_sound(entries)
    found = [
        Listed(pid, community, grid, call, *_who(people.get(pid)), over)
        for pid, (community, grid, call, over) in entries.items()
        if not over or call.outcome
    ]
    waiting = [each for each in found if not each.over]
    done = sorted((each for each in found if each.over), key=lambda each: each.call.called_at or each.call.at)
    return [*waiting, *reversed(done)]


def about(name: str) -> str:
    """What an entry is about, in Chinese."""
    notice = notices.ABOUT.get(name) or notices.WARNINGS.get(name)
    return REMINDED if name == REMINDER else notice.what if notice else name


def telephone(ctx: Context, staff: Staff, pid: bytes) -> str:
    """The whole telephone, and the look at it that the person can see. Raises Refused."""
    who = looked_at(ctx, staff, pid, PURPOSE).identity
    return who.phone if who else ""


def put_down(ctx: Context, staff: Staff, pid: bytes, outcome: Outcome) -> None:
    """What a call brought, wherever the person lives. Raises Refused: `role`, `scope`, `not_on_list`."""
    target = target_of(ctx.people.read([pid])[pid])
    require(staff, Action.SEE_PERSON, target)
    if not ctx.calls.note(target.community, pid, outcome, staff.id, ctx.clock.now()):
        raise Refused("not_on_list")
    ctx.audit.note(Act(staff.id, f"call {outcome}", reason=PURPOSE, organisation=staff.organisation), pid)


def _entries(ctx: Context, areas: list[Area]) -> dict[bytes, tuple[str, int, Call, bool]]:
    """pid -> community, grid cell, entry, whether it is over; the oldest first. Two trips."""
    cells = {pid: (community, cell) for pid, community, cell in people_in(ctx, areas)}
    return {
        pid: (cells[pid][0], cells[pid][1].grid, call, call.is_over(cells[pid][1].last_own_day))
        for pid, call in ctx.calls.of_all([area.community for area in areas]).items()
        if pid in cells
    }


def _who(person: Person | None) -> tuple[str, str]:
    who = person.identity if person else None
    return (mask_name(who.name), mask_phone(who.phone)) if who else ("", "")
