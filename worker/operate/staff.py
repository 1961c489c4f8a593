"""Who works here and may do what. The first administrator needs nobody; everybody else is appointed by one."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import click

from domain.invites import LENGTH, LETTERS, LIVES, Invite, code_from, told_code
from domain.roles import Action, Grant, Refused, Role, Staff, granted, new_staff, require, revoked, without_account
from domain.scopes import Communities, Everywhere, GridCells, Institution, Scope, Venue
from store.changes import Act
from worker.context import Context, context
from worker.duties import follow_registry
from worker.operate.asking import part, read_json, refusals, staff_option

EVERYWHERE = "everywhere"


@click.group("staff")
def staff() -> None:
    """Who works here and may do what."""


@staff.command("found")
def found() -> None:
    """The first administrator. Standard input: {"id": "zhao.min", "name": "赵敏", "organisation": "自治区指挥部"}."""
    given = read_json()
    with refusals():
        who = context().staff.found(new_staff(*(part(given, name, str) for name in ("id", "name", "organisation"))))
    click.echo(f"{who.id} 是第一位系统管理员 · is the first system administrator")


@staff.command("add")
@staff_option
def add(staff_id: str) -> None:
    """Add somebody. Standard input: {"id": "li.qiang", "name": "李强", "organisation": "凤凰社区"}."""
    ctx, given = context(), read_json()
    with refusals():
        act = _act(ctx, staff_id, "staff add", part(given, "id", str))
        ctx.staff.add(new_staff(*(part(given, name, str) for name in ("id", "name", "organisation"))), act)
    click.echo("已添加。下一步：staff grant · added; `staff grant` comes next")


@staff.command("list")
@staff_option
def show(staff_id: str) -> None:
    """Everybody, with what they may do."""
    ctx = context()
    with refusals():
        require(ctx.staff.read(staff_id), Action.MANAGE_STAFF)
    for each in ctx.staff.all():
        grants = " ".join(f"{grant.role}:{scope_text(grant.scope)}" for grant in each.grants) or "-"
        click.echo(f"{each.id}\t{each.name}\t{each.organisation}\t{grants}")


@staff.command("grant")
@click.argument("id")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("scope")
@staff_option
def grant(id: str, role: str, scope: str, staff_id: str) -> None:
    """Let somebody act in a role.

    SCOPE: a division code (4 to 12 digits), grid cells of a community such as 640106001001/3,4, the id of an isolation
    institution, or `everywhere`.
    """
    ctx = context()
    with refusals():
        act = _act(ctx, staff_id, "staff grant", f"{id} {role} {scope}")
        after = ctx.staff.change(id, lambda who: granted(who, Grant(Role(role), scope_of(scope))), act)
        follow_registry(ctx, after, after)
    click.echo("已授权 · granted")


@staff.command("revoke")
@click.argument("id")
@click.argument("role", type=click.Choice([role.value for role in Role]), required=False)
@staff_option
def revoke(id: str, role: str | None, staff_id: str) -> None:
    """Take a role, or all of them, from somebody."""
    ctx = context()
    with refusals():
        act = _act(ctx, staff_id, "staff revoke", f"{id} {role or ''}".strip())
        _changed(ctx, id, lambda who: revoked(who, Role(role) if role else None), act)
    click.echo("已收回 · revoked")


@staff.command("invite")
@click.argument("id")
@staff_option
def invite(id: str, staff_id: str) -> None:
    """Print what somebody sends to bind their WeChat account: 绑定 and a code, good once and for a day."""
    ctx = context()
    with refusals():
        act = _act(ctx, staff_id, "staff invite", id)
        who, now = ctx.staff.read(id), ctx.moment().now
        code = code_from([secrets.randbelow(len(LETTERS)) for _ in range(LENGTH)])
        ctx.invites.issue(code, Invite(who.id, now + LIVES, staff_id), act, now)
    click.echo(f"绑定 {told_code(code)}")
    click.echo(
        f"24小时内，请 {who.name} 用自己的微信把上面一行发给公众号 · within 24 hours, from their own account", err=True
    )


@staff.command("unbind")
@click.argument("id")
@staff_option
def unbind(id: str, staff_id: str) -> None:
    """Part somebody from their WeChat account, as when a telephone is lost. What they may do stays."""
    ctx = context()
    with refusals():
        act = _act(ctx, staff_id, "staff unbind", id)
        if not ctx.staff.read(id).account:
            raise Refused("not_bound", id)
        _changed(ctx, id, lambda who: without_account(who, who.account), act)
    click.echo("已解绑 · unbound")


def _changed(ctx: Context, id: str, edit: Callable[[Staff], Staff], act: Act) -> None:
    """Change somebody in the registry, and the cell of the account that they had until then."""
    had = {each.id: each for each in ctx.staff.all()}.get(id)
    after = ctx.staff.change(id, edit, act)
    follow_registry(ctx, had or after, after)


VENUE = "venue:"
"""Before the id of a venue."""


def scope_of(text: str) -> Scope:
    if text == EVERYWHERE:
        return Everywhere()
    if text.startswith(VENUE):
        return Venue(text.removeprefix(VENUE))
    community, slash, cells = text.partition("/")
    if slash and all(each.isdecimal() for each in (community, *cells.split(","))):
        return GridCells(community, tuple(sorted({int(each) for each in cells.split(",")})))
    return Communities(text) if text.isdecimal() else Institution(text)


def scope_text(scope: Scope) -> str:
    match scope:
        case Everywhere():
            return EVERYWHERE
        case Communities(prefix):
            return prefix
        case Institution(id):
            return id
        case Venue(id):
            return f"{VENUE}{id}"
        case GridCells(community, cells):
            return f"{community}/{','.join(map(str, cells))}"


def _act(ctx: Context, staff_id: str, what: str, about: str) -> Act:
    who = ctx.staff.read(staff_id)
    require(who, Action.MANAGE_STAFF)
    return Act(who.id, what, reason=about, organisation=who.organisation)
