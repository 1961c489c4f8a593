"""Appointing and dismissing: what the commands and the console's pages do to the registry of the staff.

Each function takes who gives the order, and raises Refused for what may not be done; what it did stands in the audit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from domain.appointing import granted, new_staff, revoked, without_account
from domain.deputies import appointed, dismissed, handed_over, lendable
from domain.facts import day_of
from domain.invites import LIVES, Invite
from domain.roles import Action, Deputy, Grant, Refused, Role, Staff, holds, require
from domain.scopes import scope_text, told_scope
from flows.core import Say
from flows.plain import Json
from flows.told import told_day
from store.changes import Act
from worker.context import Context
from worker.signing.alerts import tell
from worker.signing.enrolling import offer
from worker.signing.proofs import new_code
from worker.staff.duties import follow_registry

PLACES_TOLD = 10
"""In the message to a deputy or successor; the pages show all."""


def everybody(ctx: Context, by: Staff) -> list[Staff]:
    """The staff, those without any role too; for administrators and auditors."""
    if not holds(by, Action.READ_AUDIT):
        require(by, Action.MANAGE_STAFF)
    return ctx.staff.all()


def add(ctx: Context, by: Staff, id: str, name: str, organisation: str) -> Staff:
    """Somebody new, without any role yet."""
    made = new_staff(id, name, organisation)
    ctx.staff.add(made, _act(by, "staff add", id))
    return made


def grant(ctx: Context, by: Staff, id: str, given: Grant) -> Staff:
    """Let somebody act in a role."""
    act = _act(by, "staff grant", f"{id} {given.role} {scope_text(given.scope)}")
    return _change(ctx, id, lambda who: granted(who, given), act)


def revoke(ctx: Context, by: Staff, id: str, role: Role | None = None) -> Staff:
    """Take a role, or all of them, from somebody; their deputies lose it with them."""
    after = _change(ctx, id, lambda who: revoked(who, role), _act(by, "staff revoke", f"{id} {role or ''}".strip()))
    for each in ctx.staff.all():
        if any(lent.of == id and lent.grant not in after.grants for lent in each.deputy_for):
            _change(ctx, each.id, lambda who: _less(who, id, after), _act(by, "end deputy", f"{each.id} for {id}"))
    return after


def invite(ctx: Context, by: Staff, id: str) -> str:
    """The code that binds somebody's WeChat account: sent in the chat, good once and for a day."""
    act = _act(by, "staff invite", id)
    who, now = ctx.staff.read(id), ctx.moment().now
    code = new_code()
    ctx.invites.issue(code, Invite(who.id, now + LIVES, by.id), act, now)
    return code


def unbind(ctx: Context, by: Staff, id: str) -> Staff:
    """Part somebody from their WeChat account, as when a telephone is lost. Their sessions end."""
    act = _act(by, "staff unbind", id)
    if not ctx.staff.read(id).account:
        raise Refused("not_bound", id)
    return _change(ctx, id, lambda who: without_account(who, who.account), act)


def offer_password(ctx: Context, by: Staff, id: str) -> str:
    """The code with which somebody sets password and authenticator, or sets them anew after having lost them."""
    return offer(ctx, ctx.staff.read(id), by.id, _act(by, "staff password", id))


def end_sessions(ctx: Context, by: Staff, id: str) -> int:
    """Somebody has to sign in anew everywhere; how many sessions ended."""
    ctx.audit.note(_act(by, "end sessions", id))
    return ctx.console_sessions.end_all(id)


# --- deputies and hand-overs ------------------------------------------------------------------------------------------


def appoint_deputy(ctx: Context, by: Staff, of: str, deputy: str, since: date, until: date) -> Staff:
    """The same scope for somebody else between two days: by the one who is away, or by an administrator."""
    if by.id != of:
        require(by, Action.MANAGE_STAFF)
    away, today = ctx.staff.read(of), day_of(ctx.clock.now())
    ctx.staff.read(deputy)
    act = Act(by.id, "appoint deputy", reason=f"{deputy} for {of} {since} {until}", organisation=by.organisation)
    after = _change(ctx, deputy, lambda who: appointed(who, away, since, until, today), act)
    days = {"since": told_day(since), "until": told_day(until)}
    tell(ctx, after, _entrusted(away, lendable(away), **days), f"deputy-{of}-{since}-{until}")
    return after


def dismiss_deputy(ctx: Context, by: Staff, of: str, deputy: str) -> Staff:
    """She is back earlier."""
    if by.id not in (of, deputy):
        require(by, Action.MANAGE_STAFF)
    today = day_of(ctx.clock.now())
    act = Act(by.id, "end deputy", reason=f"{deputy} for {of}", organisation=by.organisation)
    return _change(ctx, deputy, lambda who: dismissed(who, of, today), act)


def deputies_of(ctx: Context, of: str) -> list[tuple[Staff, Deputy]]:
    """Who acts for somebody now or later, each once."""
    today = day_of(ctx.clock.now())
    found = [(who, each) for who in ctx.staff.all() for each in who.deputy_for if each.of == of and each.until >= today]
    return list({(who.id, each.since, each.until): (who, each) for who, each in found}.values())


def hand_over(ctx: Context, by: Staff, id: str, to: str) -> Staff:
    """Somebody's communities are another's from now on, and with them all open work, which belongs to communities:
    tasks, calls, appeals. First given, then taken: died in between, both have it, and the order is given again."""
    act = _act(by, "hand over", f"{id} to {to}")
    before, after = ctx.staff.read(id), ctx.staff.read(to)
    handed_over(before, after)
    taken = _change(ctx, to, lambda who: handed_over(before, who)[1], act)
    tell(ctx, taken, _entrusted(before, lendable(before)), f"hand-over-{id}-{int(ctx.clock.now().timestamp())}")
    _change(ctx, id, lambda who: handed_over(who, taken)[0], act)
    return taken


def _entrusted(of: Staff, grants: tuple[Grant, ...], since: Json = None, until: Json = None) -> Say:
    places: list[Json] = [told_scope(each.scope) for each in grants[:PLACES_TOLD]]
    args: dict[str, Json] = {"name": of.name, "organisation": of.organisation, "places": places}
    return Say("entrusted", {**args, "since": since, "until": until})


def _less(deputy: Staff, of: str, principal: Staff) -> Staff:
    kept = tuple(each for each in deputy.deputy_for if each.of != of or each.grant in principal.grants)
    return replace(deputy, deputy_for=kept)


def _change(ctx: Context, id: str, edit: Callable[[Staff], Staff], act: Act) -> Staff:
    """Change somebody in the registry, and what follows it: the cell of the account, the sessions."""
    had = {each.id: each for each in ctx.staff.all()}.get(id)
    after = ctx.staff.change(id, edit, act)
    follow_registry(ctx, had or after, after)
    return after


def _act(by: Staff, what: str, about: str) -> Act:
    require(by, Action.MANAGE_STAFF)
    return Act(by.id, what, reason=about, organisation=by.organisation)
