"""The house: what is set, and the orders about what is true for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.me import day_in
from bot.console.visits import Visit
from bot.pages import moved
from domain.roles import Action, Refused
from domain.verdict import RiskArea
from settings import Settings
from worker.staff import worlds

LOOKS = (Action.CREDIT_OUTAGE, Action.LIST_RISK_AREA, Action.END_NOTICE, Action.MANAGE_STAFF)


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting. `value` is empty for a secret: that it is set is all there is to see."""

    name: str
    about: str
    is_set: bool
    is_secret: bool
    value: str


def blueprint(console: Console) -> Blueprint:
    """GET /console/house; POST below it: outage, risk-area, end."""
    routes = Blueprint("house", __name__)
    ctx = console.ctx

    def show(visit: Visit) -> ResponseReturnValue:
        return page_of("house.html", settings=shown(ctx.settings), world=ctx.worlds.read())

    def outage(visit: Visit) -> ResponseReturnValue:
        worlds.credit_outage(ctx, visit.staff, day_in(request.form.get("day", "")), request.form.get("reason", ""))
        return moved(url_for("console.house.show", done="recorded"))

    def risk_area(visit: Visit) -> ResponseReturnValue:
        form = request.form
        until = day_in(form["until"]) if form.get("until") else None
        area = RiskArea(form.get("name", "").strip(), day_in(form.get("since", "")), until)
        worlds.list_risk_area(ctx, visit.staff, area, form.get("reason", ""))
        return moved(url_for("console.house.show", done="recorded"))

    def end(visit: Visit) -> ResponseReturnValue:
        form = request.form
        if form.get("day") != form.get("again"):
            raise Refused("not_the_same_day")
        worlds.end_notice(ctx, visit.staff, day_in(form.get("day", "")), form.get("reason", ""))
        return moved(url_for("console.house.show", done="recorded"))

    console.add(routes, "/house", show, *LOOKS)
    console.add(routes, "/house/outage", outage, Action.CREDIT_OUTAGE, methods=("POST",))
    console.add(routes, "/house/risk-area", risk_area, Action.LIST_RISK_AREA, methods=("POST",))
    console.add(routes, "/house/end", end, Action.END_NOTICE, methods=("POST",))
    return routes


def shown(settings: Settings) -> list[Shown]:
    """Every setting, by name; what is not for the log (`repr=False`) is a secret."""
    rows = []
    for name, field in Settings.model_fields.items():
        value, secret = getattr(settings, name), not field.repr
        told = "" if secret else str(value)
        rows.append(Shown(name.upper(), field.description or "", bool(value), secret, told))
    return rows
