"""Rosters from a community's own Excel: handed in, columns said, tried, taken in. Rows with a fault are left out."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.divisions import communities
from bot.console.doors import Console, page_of
from bot.console.visits import Visit
from bot.console.works import counted, words
from bot.pages import moved
from domain.lists.columns import BadList
from domain.places import full_name
from domain.roles import Action, Refused
from domain.works import Work, WorkKind
from store.imports import TableImport
from worker.context import Context
from worker.residents import tables

BODY_BYTES = tables.FILE_BYTES + 65_536


def blueprint(console: Console) -> Blueprint:
    """GET and POST /console/imports; GET and POST …/<id>; POST …/<id>/apply."""
    routes = Blueprint("imports", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        return _listed(ctx, visit)

    def hand_in(visit: Visit) -> ResponseReturnValue:
        file, community = request.files.get("file"), request.form.get("community", "").strip()
        if file is None or not file.filename:
            return _listed(ctx, visit, wrong="file")
        try:
            table = tables.hand_in(ctx, visit.staff, file.filename, community, iter(lambda: file.read(1 << 18), b""))
        except BadList as bad:
            return _listed(ctx, visit, wrong=str(bad))
        return moved(url_for("console.imports.one", id=table.id))

    def one(visit: Visit, id: str) -> ResponseReturnValue:
        return _one(ctx, tables.read(ctx, visit.staff, id))

    def say_columns(visit: Visit, id: str) -> ResponseReturnValue:
        places = {name: request.form.get(f"at-{at}", "") for at, name in enumerate(tables.COLUMNS)}
        chosen = {name: int(place) for name, place in places.items() if place.isascii() and place.isdecimal()}
        work = tables.say_columns(ctx, visit.staff, id, _number("heading"), chosen)
        return moved(url_for("console.works.one", id=work))

    def apply(visit: Visit, id: str) -> ResponseReturnValue:
        return moved(url_for("console.works.one", id=tables.take_in(ctx, visit.staff, id)))

    console.add(routes, "/imports", listed, Action.ENROL)
    console.add(routes, "/imports", hand_in, Action.ENROL, methods=("POST",), body_bytes=BODY_BYTES)
    console.add(routes, "/imports/<id>", one, Action.ENROL, audited=False)
    console.add(routes, "/imports/<id>", say_columns, Action.ENROL, methods=("POST",))
    console.add(routes, "/imports/<id>/apply", apply, Action.ENROL, methods=("POST",))
    return routes


def _listed(ctx: Context, visit: Visit, wrong: str = "") -> ResponseReturnValue:
    mine = [work for work in ctx.works.of(visit.staff.id) if work.kind is WorkKind.ROSTER_IMPORT][:10]
    status = 422 if wrong else 200
    choices = communities(visit.staff, Action.ENROL)
    return page_of("imports.html", status, communities=choices, works=mine, wrong=wrong, now=visit.now, **words())


def _one(ctx: Context, table: TableImport) -> ResponseReturnValue:
    heading = request.args.get("heading", "")
    top = tables.look(ctx, table, int(heading) if heading.isdecimal() and len(heading) < 4 else table.heading)
    tried = _work(ctx, table.checked)
    return page_of(
        "import_one.html",
        table=table,
        where=full_name(table.community),
        top=top,
        columns=tables.COLUMNS,
        needed=tables.NEEDED,
        tried=tried,
        counted=counted(tried) if tried else [],
        **words(),
    )


def _work(ctx: Context, name: str) -> Work | None:
    try:
        return ctx.works.read(name) if name else None
    except Refused:
        return None


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
