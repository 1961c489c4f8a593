"""What is true for everybody: days on which the service was down, listed risk areas, the end of the notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import click

from domain.carry_out import reason_of
from domain.outages import credited
from domain.roles import Action, require
from domain.verdict import RiskArea, World
from store.changes import Act
from worker.context import context
from worker.operate.asking import refusals, staff_option

DAY = click.DateTime(["%Y-%m-%d"])


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
    now = context().clock.now()
    _change(staff_id, Action.CREDIT_OUTAGE, f"outage {day:%Y-%m-%d}", reason, lambda w: credited(w, [day.date()], now))


@world.command("risk-area")
@click.argument("name")
@click.option("--since", type=DAY, required=True, help="From when it is listed.")
@click.option("--until", type=DAY, help="The last day on which it is listed.")
@click.option("--reason", required=True)
@staff_option
def risk_area(name: str, since: datetime, until: datetime | None, reason: str, staff_id: str) -> None:
    """List an area as officials write it; with --until for one that is listed already, its end."""
    area = RiskArea(name, since.date(), until.date() if until else None)

    def listed(before: World) -> World:
        others = (each for each in before.risk_areas if (each.name, each.since) != (area.name, area.since))
        return replace(before, risk_areas=(*others, area))

    _change(staff_id, Action.LIST_RISK_AREA, f"risk area {name}", reason, listed)


@world.command("end")
@click.argument("day", type=DAY)
@click.option("--reason", required=True)
@staff_option
def end(day: datetime, reason: str, staff_id: str) -> None:
    """The last day of the notice (正文三·末); from the next day on there are no codes."""
    _change(staff_id, Action.END_NOTICE, f"end {day:%Y-%m-%d}", reason, lambda w: replace(w, ends_on=day.date()))


def _change(staff_id: str, action: Action, what: str, reason: str, edit: Callable[[World], World]) -> None:
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, action)
        act = Act(staff.id, what, reason=reason_of(reason), organisation=staff.organisation)
        ctx.worlds.change(edit, act)
    click.echo("已记录；名册和受影响的人随后更新 · recorded; rosters and those concerned follow")
