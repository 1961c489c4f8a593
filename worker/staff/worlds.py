"""Orders about what is true for everybody, from commands and pages: outage days, risk areas, the end of the notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from domain.carry_out import reason_of
from domain.outages import credited
from domain.roles import Action, Refused, Staff, require
from domain.verdict import RiskArea, World
from store.changes import Act
from worker.context import Context


def credit_outage(ctx: Context, by: Staff, day: date, reason: str) -> World:
    """Credit a day on which the service was down to everybody. Raises Refused: `role`, `no_reason`, `to_come`,
    `too_late`."""
    now = ctx.clock.now()
    return _change(ctx, by, Action.CREDIT_OUTAGE, f"outage {day}", reason, lambda world: credited(world, [day], now))


def list_risk_area(ctx: Context, by: Staff, area: RiskArea, reason: str) -> World:
    """List an area; one that is listed already from the same day gets this end. Raises Refused: `role`, `no_reason`,
    `area_name`, `area_days`."""
    if not area.name.strip():
        raise Refused("area_name")
    if area.until is not None and area.until < area.since:
        raise Refused("area_days")

    def listed(before: World) -> World:
        others = (each for each in before.risk_areas if (each.name, each.since) != (area.name, area.since))
        return replace(before, risk_areas=(*others, area))

    return _change(ctx, by, Action.LIST_RISK_AREA, f"risk area {area.name}", reason, listed)


def end_notice(ctx: Context, by: Staff, day: date, reason: str) -> World:
    """The last day of the notice (正文三·末); from the next day on there are no codes. Raises Refused: `role`,
    `no_reason`."""
    return _change(ctx, by, Action.END_NOTICE, f"end {day}", reason, lambda world: replace(world, ends_on=day))


def _change(ctx: Context, by: Staff, action: Action, what: str, reason: str, edit: Callable[[World], World]) -> World:
    require(by, action)
    return ctx.worlds.change(edit, Act(by.id, what, reason=reason_of(reason), organisation=by.organisation))
