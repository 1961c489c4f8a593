"""Who an account is on duty as, by the registry as it is now."""

from __future__ import annotations

from domain.appointing import without_account
from domain.invites import MOST_TRIES, TRIES_WITHIN, read_code
from domain.roles import Refused, Staff
from domain.scopes import told_scope
from flows.core import Say
from flows.plain import Json
from store.changes import Act
from worker.context import Context
from worker.delivery.letters import Sendable
from worker.staff.duties import follow_registry, on_duty


def bind(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """绑定: the account becomes that of the member of the staff whom the code was made for; another one loses it."""
    now = ctx.moment().now
    if not ctx.tries.allow(letter.openid, letter.ref, MOST_TRIES, TRIES_WITHIN, now):
        raise Refused("too_many_tries")
    code = read_code(str(letter.args["code"]))
    holder = _holder(ctx, letter.openid)
    before, after = ctx.invites.use(code, letter.openid, now, holder)
    follow_registry(ctx, before, after)
    return Say("bound", {"moved": before.account not in ("", letter.openid)}), _post(after)


def unbind(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """确认解绑: done before the answer is sent, and again if it was not."""
    try:
        staff = on_duty(ctx, letter.openid)
    except Refused:
        return (Say("unbound"),)
    act = Act(staff.id, "unbind account", reason="by chat", organisation=staff.organisation)
    after = ctx.staff.change(staff.id, lambda who: without_account(who, letter.openid), act)
    follow_registry(ctx, staff, after)
    return (Say("unbound"),)


def _holder(ctx: Context, openid: str) -> str:
    """Id of whom the account is on duty as already, or empty."""
    try:
        return on_duty(ctx, openid).id
    except Refused:
        return ""


def post(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """岗位: as whom the account is on duty, where."""
    return (_post(on_duty(ctx, letter.openid)),)


def _post(staff: Staff) -> Say:
    posts: list[Json] = [[each.role.value, told_scope(each.scope)] for each in staff.grants]
    return Say("post", {"name": staff.name, "organisation": staff.organisation, "posts": posts})
