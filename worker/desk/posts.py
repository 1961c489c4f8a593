"""Who an account is on duty as, by the registry as it is now."""

from __future__ import annotations

from domain.places import full_name
from domain.roles import Communities, Everywhere, GridCells, Institution, Refused, Scope, Staff
from flows.core import Duty, Json, Say
from worker.context import Context
from worker.letters import Sendable


def on_duty(ctx: Context, openid: str) -> Staff:
    """The member of the staff that the account is, as the registry says now; a duty that it contradicts is put right.

    Raises Refused (`off_duty`).
    """
    duty = ctx.duties.read(openid)
    if duty is None:
        raise Refused("off_duty")
    try:
        staff = ctx.staff.read(duty.staff)
    except Refused:
        staff = None
    if staff is None or staff.account != openid:
        ctx.duties.remove(openid)
        raise Refused("off_duty")
    if duty != duty_of(staff):
        ctx.duties.put(openid, duty_of(staff))
    return staff


def duty_of(staff: Staff) -> Duty:
    """What the account's own slot keeps of somebody."""
    return Duty(staff.id, staff.name, staff.organisation, tuple(dict.fromkeys(each.role for each in staff.grants)))


def post(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """岗位: as whom the account is on duty, where."""
    return (_post(on_duty(ctx, letter.openid)),)


def _post(staff: Staff) -> Say:
    posts: list[Json] = [[each.role.value, told_scope(each.scope)] for each in staff.grants]
    return Say("post", {"name": staff.name, "organisation": staff.organisation, "posts": posts})


def told_scope(scope: Scope) -> str:
    match scope:
        case Communities(prefix):
            return full_name(prefix) or prefix
        case GridCells(community, cells):
            return f"{full_name(community) or community}第{'、'.join(map(str, cells))}网格"
        case Institution(id):
            return f"隔离机构 {id}"
        case Everywhere():
            return "全区"
