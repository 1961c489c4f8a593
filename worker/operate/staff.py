"""Who works here and may do what. The first administrator needs nobody; everybody else is appointed by one."""

from __future__ import annotations

from datetime import datetime

import click

from domain.appointing import new_staff
from domain.invites import told_code
from domain.roles import SCOPES, Grant, Role, Staff
from domain.scopes import scope_of, scope_text
from worker.context import Context
from worker.operate.asking import part, read_json, refusals, staff_option
from worker.staff import staffing
from worker.wiring import context

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("staff")
def staff() -> None:
    """Who works here and may do what."""


@staff.command("found")
def found() -> None:
    """The first administrator. Standard input: {"id": "zhao.min", "name": "赵敏", "organisation": "自治区指挥部"}.

    Prints how she signs in to the console: what she sends in the chat, so that she can scan from then on, and the code
    with which she sets a password.
    """
    ctx, given = context(), read_json()
    with refusals():
        who = ctx.staff.found(new_staff(*(part(given, name, str) for name in ("id", "name", "organisation"))))
        click.echo(f"{who.id} 是第一位系统管理员 · is the first system administrator")
        _tell_invitation(staffing.invite(ctx, who, who.id), who)
        _tell_password(ctx, staffing.offer_password(ctx, who, who.id), who)


@staff.command("add")
@staff_option
def add(staff_id: str) -> None:
    """Add somebody. Standard input: {"id": "li.qiang", "name": "李强", "organisation": "凤凰社区"}."""
    ctx, given = context(), read_json()
    with refusals():
        staffing.add(
            ctx, ctx.staff.read(staff_id), *(part(given, name, str) for name in ("id", "name", "organisation"))
        )
    click.echo("已添加。下一步：staff grant · added; `staff grant` comes next")


@staff.command("list")
@staff_option
def show(staff_id: str) -> None:
    """Everybody, with what they may do."""
    ctx = context()
    with refusals():
        found = staffing.everybody(ctx, ctx.staff.read(staff_id))
    for each in found:
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
    institution or of an organisation, or `everywhere`.
    """
    ctx = context()
    with refusals():
        given = Grant(Role(role), scope_of(scope, SCOPES[Role(role)]))
        staffing.grant(ctx, ctx.staff.read(staff_id), id, given)
    click.echo("已授权 · granted")


@staff.command("revoke")
@click.argument("id")
@click.argument("role", type=click.Choice([role.value for role in Role]), required=False)
@staff_option
def revoke(id: str, role: str | None, staff_id: str) -> None:
    """Take a role, or all of them, from somebody."""
    ctx = context()
    with refusals():
        staffing.revoke(ctx, ctx.staff.read(staff_id), id, Role(role) if role else None)
    click.echo("已收回 · revoked")


@staff.command("invite")
@click.argument("id")
@staff_option
def invite(id: str, staff_id: str) -> None:
    """Print what somebody sends to bind their WeChat account: 绑定 and a code, good once and for a day."""
    ctx = context()
    with refusals():
        _tell_invitation(staffing.invite(ctx, ctx.staff.read(staff_id), id), ctx.staff.read(id))


@staff.command("password")
@click.argument("id")
@staff_option
def password(id: str, staff_id: str) -> None:
    """Print the code with which somebody sets, or sets anew, the password and authenticator of the console."""
    ctx = context()
    with refusals():
        _tell_password(ctx, staffing.offer_password(ctx, ctx.staff.read(staff_id), id), ctx.staff.read(id))


@staff.command("unbind")
@click.argument("id")
@staff_option
def unbind(id: str, staff_id: str) -> None:
    """Part somebody from their WeChat account, as when a telephone is lost. What they may do stays."""
    ctx = context()
    with refusals():
        staffing.unbind(ctx, ctx.staff.read(staff_id), id)
    click.echo("已解绑 · unbound")


@staff.command("deputy")
@click.argument("id")
@click.argument("deputy")
@click.option("--since", type=DAY, required=True, help="The first day.")
@click.option("--until", type=DAY, required=True, help="The last day.")
@staff_option
def deputy(id: str, deputy: str, since: datetime, until: datetime, staff_id: str) -> None:
    """Let DEPUTY do the work of the community worker ID between two days."""
    ctx = context()
    with refusals():
        staffing.appoint_deputy(ctx, ctx.staff.read(staff_id), id, deputy, since.date(), until.date())
    click.echo("已代理 · appointed")


@staff.command("hand-over")
@click.argument("id")
@click.argument("to")
@staff_option
def hand_over(id: str, to: str, staff_id: str) -> None:
    """The communities of ID, and all open work in them, are those of TO from now on."""
    ctx = context()
    with refusals():
        staffing.hand_over(ctx, ctx.staff.read(staff_id), id, to)
    click.echo("已移交 · handed over")


def _tell_invitation(code: str, who: Staff) -> None:
    click.echo(f"绑定 {told_code(code)}")
    click.echo(
        f"24小时内，请 {who.name} 用自己的微信把上面一行发给公众号 · within 24 hours, from their own account", err=True
    )


def _tell_password(ctx: Context, code: str, who: Staff) -> None:
    click.echo(f"设置码 {told_code(code)}")
    address = f"{ctx.settings.public_url}/console/enrol?id={who.id}"
    click.echo(f"24小时内，请 {who.name} 打开 {address} 输入设置码 · within 24 hours, to set a password", err=True)
