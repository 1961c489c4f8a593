"""Codes and cards of before this service (正文三): registered by hand or from a table, listed, ended."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_in, page_of
from bot.console.forms import tried
from bot.console.today import place_in, place_name
from bot.console.visits import Visit
from domain.facts import day_of
from domain.people import mask_name
from domain.reject import Reject
from domain.roles import Action, Refused
from domain.scopes import Target
from store.aliases import Alias
from worker.context import Context
from worker.desk.areas import areas_of
from worker.gate.aliases import COLUMNS, Row, end, read_rows, register, register_all

PAGE, MOST_ROWS = 50, 2_000
TABLE_BYTES = 2 << 20


def blueprint(console: Console) -> Blueprint:
    """GET /console/aliases; POST …/add, …/table, …/end."""
    routes = Blueprint("aliases", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        return _listed(ctx, visit)

    def add(visit: Visit) -> ResponseReturnValue:
        return tried(lambda: _add(ctx, visit), _back(), "added")

    def table(visit: Visit) -> ResponseReturnValue:
        return _table(ctx, visit)

    def finish(visit: Visit) -> ResponseReturnValue:
        form = request.form
        return tried(lambda: _end(ctx, visit, form.get("tag", ""), form.get("reason", "")), _back(), "ended")

    console.add(routes, "/aliases", listed, Action.KEEP_VENUE)
    console.add(routes, "/aliases/add", add, Action.KEEP_VENUE, methods=("POST",))
    console.add(routes, "/aliases/table", table, Action.KEEP_VENUE, methods=("POST",), body_bytes=TABLE_BYTES)
    console.add(routes, "/aliases/end", finish, Action.KEEP_VENUE, methods=("POST",))
    return routes


def _back() -> str:
    return url_for("console.aliases.listed", place=place_in() or None)


def _add(ctx: Context, visit: Visit) -> None:
    form = {name: request.form.get(name, "").strip() for name in ("code", "number", "venue")}
    if bool(form["number"]) == bool(form["venue"]):
        raise Refused("alias_whose")
    try:
        register(ctx, visit.staff, Row(form["code"], form["number"], form["venue"]))
    except Reject:
        raise Refused("alias_number") from None


def _end(ctx: Context, visit: Visit, tag: str, reason: str) -> None:
    if not end(ctx, visit.staff, tag, reason):
        raise Refused("no_such_alias")


def _table(ctx: Context, visit: Visit) -> ResponseReturnValue:
    """Tried or taken in: what became of the rows, each refused one with its number and why."""
    file, dry = request.files.get("file"), request.form.get("dry") == "yes"
    try:
        if file is None or not file.filename:
            raise Refused("no_file")
        rows = read_rows(file.read())
        if len(rows) > MOST_ROWS:
            raise Refused("alias_many")
    except Refused as wrong:
        return _listed(ctx, visit, wrong=wrong.reason)
    new, refused = register_all(ctx, visit.staff, rows, dry=dry)
    known = len(rows) - new - len(refused)
    return _listed(ctx, visit, came={"dry": dry, "new": new, "known": known, "refused": refused})


def _listed(ctx: Context, visit: Visit, wrong: str = "", came: dict[str, Any] | None = None) -> ResponseReturnValue:
    place = _place(visit)
    _none, total = ctx.aliases.listed(place, 0, 1)
    first, more = page_in(request.args.get("page", ""), total, PAGE)
    rows, _total = ctx.aliases.listed(place, first, PAGE)
    return page_of(
        "aliases.html",
        422 if wrong else 200,
        rows=[(tag, each, _whose(ctx, each)) for tag, each in rows],
        total=total,
        place=place,
        place_name=place_name,
        columns=COLUMNS,
        today=day_of(visit.now),
        keeps=visit.may_somewhere(Action.KEEP_VENUE),
        venue=request.args.get("venue", ""),
        wrong=wrong,
        came=came,
        **more,
    )


def _place(visit: Visit) -> str:
    """The community whose codes are listed: the one asked for, or the first of theirs. Raises Refused (`scope`)."""
    if asked := place_in():
        if not visit.sees(Action.KEEP_VENUE, Target(asked)):
            raise Refused("scope")
        return asked
    try:
        areas = areas_of(visit.staff, Action.KEEP_VENUE)
    except Refused as refused:
        if refused.reason != "too_wide":
            raise
        areas = []
    return areas[0].community if areas else ""


def _whose(ctx: Context, alias: Alias) -> str:
    """The name of the place, or the person's, masked."""
    if alias.venue:
        venue = ctx.venues.read(alias.venue)
        return venue.name if venue else alias.venue
    identity = ctx.people.read([alias.pid])[alias.pid].identity
    return mask_name(identity.name) if identity else ""
