"""Who of the staff is on duty with which account: the registry says, the accounts' own slots follow."""

from __future__ import annotations

from domain.deputies import acting
from domain.facts import day_of
from domain.roles import Refused, Staff
from flows.core import Duty
from worker.context import Context


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
    return acting(staff, day_of(ctx.clock.now()))


def duty_of(staff: Staff) -> Duty:
    """What the account's own slot keeps of somebody."""
    roles = (*(each.role for each in staff.grants), *(each.grant.role for each in staff.deputy_for))
    return Duty(staff.id, staff.name, staff.organisation, tuple(dict.fromkeys(roles)))


def follow_registry(ctx: Context, before: Staff, after: Staff) -> None:
    """The cells of the accounts after somebody changed in the registry, and the sessions of whoever left. Died between
    both, whoever asks is refused by the registry, and that puts the cell right."""
    if not after.grants or (before.account and before.account != after.account):
        ctx.console_sessions.end_all(after.id)
    if not after.grants:
        ctx.credentials.forget(after.id)
    if before.account and before.account != after.account:
        ctx.duties.remove(before.account)
    if after.account:
        ctx.duties.put(after.account, duty_of(after))
