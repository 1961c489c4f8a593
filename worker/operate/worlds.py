"""What is true for everybody: days on which the service was down, listed risk areas, the end of the notice."""

from __future__ import annotations

from datetime import datetime

import click

from domain.verdict import RiskArea
from worker.operate.asking import refusals, staff_option
from worker.staff import worlds
from worker.wiring import context

DAY = click.DateTime(["%Y-%m-%d"])
DONE = "已记录；名册和受影响的人随后更新 · recorded; rosters and those concerned follow"


@click.group("world", invoke_without_command=True)
@click.pass_context
def world(ctx: click.Context) -> None:
    """Show, or change, what is true for everybody."""
    if ctx.invoked_subcommand is None:
        click.echo(str(context().worlds.read()))


@world.command("outage")
@click.argument("day", type=DAY)
@click.option("--reason", required=True)
@staff_option
def outage(day: datetime, reason: str, staff_id: str) -> None:
    """Credit a day on which the service was down to everybody."""
    ctx = context()
    with refusals():
        worlds.credit_outage(ctx, ctx.staff.read(staff_id), day.date(), reason)
    click.echo(DONE)


@world.command("risk-area")
@click.argument("name")
@click.option("--since", type=DAY, required=True, help="From when it is listed.")
@click.option("--until", type=DAY, help="The last day on which it is listed.")
@click.option("--reason", required=True)
@staff_option
def risk_area(name: str, since: datetime, until: datetime | None, reason: str, staff_id: str) -> None:
    """List an area as officials write it; with --until for one that is listed already, its end."""
    ctx, area = context(), RiskArea(name, since.date(), until.date() if until else None)
    with refusals():
        worlds.list_risk_area(ctx, ctx.staff.read(staff_id), area, reason)
    click.echo(DONE)


@world.command("end")
@click.argument("day", type=DAY)
@click.option("--reason", required=True)
@staff_option
def end(day: datetime, reason: str, staff_id: str) -> None:
    """The last day of the notice (正文三·末); from the next day on there are no codes."""
    ctx = context()
    with refusals():
        worlds.end_notice(ctx, ctx.staff.read(staff_id), day.date(), reason)
    click.echo(DONE)
