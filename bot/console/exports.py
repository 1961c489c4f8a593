"""Exports: choose whom, which columns and for what; the file is made as a work. Forms' columns are kept by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.divisions import choices, division_in
from bot.console.doors import Console, page_of
from bot.console.prose import N_, _
from bot.console.visits import Visit
from bot.console.works import words
from bot.pages import moved
from domain.exports import HEADINGS, PRIVATE, READY, Chosen, Column, ColumnSet, FileKind, Style, checked
from domain.notice import Colour
from domain.places import full_name
from domain.roles import Action, Refused
from domain.works import WorkKind
from store.changes import Act
from worker.context import Context
from worker.exports.exporting import Wanted, permit
from worker.works.starting import start

FILES = {
    FileKind.XLSX: N_("Excel 工作簿（.xlsx）"),
    FileKind.CSV_UTF8: N_("CSV，UTF-8"),
    FileKind.CSV_GBK: N_("CSV，GBK（旧版 Excel）"),
}
STYLES = {Style.PLAIN: N_("常用"), Style.CHINESE: N_("中文写法"), Style.COMPACT: N_("代码")}
COLOURS = (Colour.RED, Colour.YELLOW, Colour.GREY, Colour.GREEN)
_NAME = re.compile(r"[A-Za-z0-9]{12}")


def blueprint(console: Console) -> Blueprint:
    """GET and POST /console/exports; its sets: GET …/sets/<id>, POST …/sets, …/sets/<id>/drop."""
    routes = Blueprint("exports", __name__)
    ctx = console.ctx

    def ask(visit: Visit) -> ResponseReturnValue:
        mine = [work for work in ctx.works.of(visit.staff.id) if work.kind is WorkKind.EXPORT][:10]
        return page_of(
            "exports.html",
            sets=ctx.column_sets.all(),
            files=[(kind.value, _(text)) for kind, text in FILES.items()],
            divisions=choices(visit.staff, Action.EXPORT),
            colours=[colour.value for colour in COLOURS],
            private={each.id for each in ctx.column_sets.all() if any(c.column in PRIVATE for c in each.columns)},
            name=ctx.works.new_name(),
            works=mine,
            now=visit.now,
            **words(),
        )

    def begin(visit: Visit) -> ResponseReturnValue:
        wanted = _wanted(ctx)
        permit(ctx, visit.staff, wanted)
        title = f"{wanted.name} {full_name(wanted.division) or '宁夏'}"
        name = request.form.get("ref", "")
        if not _NAME.fullmatch(name):
            raise Refused("unknown_work", name)
        work = start(ctx, visit.staff, WorkKind.EXPORT, wanted.args(), title, name=name)
        return moved(url_for("console.works.one", id=work))

    console.add(routes, "/exports", ask, Action.EXPORT)
    console.add(routes, "/exports", begin, Action.EXPORT, methods=("POST",))
    _add_sets(console, routes)
    return routes


def _add_sets(console: Console, routes: Blueprint) -> None:
    ctx = console.ctx

    def columns(visit: Visit, id: str) -> ResponseReturnValue:
        return page_of(
            "export_columns.html",
            set=ctx.column_sets.read(id),
            rows=list(_rows(ctx.column_sets.read(id))),
            styles=[(style.value, _(text)) for style, text in STYLES.items()],
            own=_is_own(visit, ctx.column_sets.read(id)),
        )

    def keep(visit: Visit) -> ResponseReturnValue:
        before = request.form.get("id", "")
        own = before and _is_own(visit, ctx.column_sets.read(before))
        made = checked(
            ColumnSet(before if own else ctx.works.new_name(), _field("name"), tuple(_chosen()), visit.staff.id)
        )
        ctx.column_sets.put(made, _act(visit, "keep columns", made))
        return moved(url_for("console.exports.columns", id=made.id, done="kept"))

    def drop(visit: Visit, id: str) -> ResponseReturnValue:
        made = ctx.column_sets.read(id)
        if not _is_own(visit, made):
            raise Refused("not_author", made.name)
        ctx.column_sets.drop(id, _act(visit, "drop columns", made))
        return moved(url_for("console.exports.ask"))

    console.add(routes, "/exports/sets/<id>", columns, Action.EXPORT)
    console.add(routes, "/exports/sets", keep, Action.EXPORT, methods=("POST",))
    console.add(routes, "/exports/sets/<id>/drop", drop, Action.EXPORT, methods=("POST",))


def _wanted(ctx: Context) -> Wanted:
    """What the form asks for. Raises Refused."""
    chosen = ctx.column_sets.read(_field("set"))
    return Wanted(
        division_in(_field("division")),
        chosen.name,
        chosen.columns,
        _member(FileKind, _field("kind")),
        frozenset(_member(Colour, each) for each in request.form.getlist("colour")),
        "missing" in request.form,
        "full" in request.form,
        _field("reason")[:200],
    )


def _chosen() -> Iterator[Chosen]:
    """The columns with a number before them, in the order of the numbers."""
    numbered = [(_field(f"place-{column.value}"), column) for column in Column]
    for _place, column in sorted((int(place), column) for place, column in numbered if place.isdecimal()):
        heading = _field(f"heading-{column.value}")
        kept = "" if heading == HEADINGS[column] else heading
        yield Chosen(column, kept, _member(Style, _field(f"style-{column.value}")))


def _rows(made: ColumnSet) -> Iterator[tuple[str, str, str, str, str]]:
    """Every column: value, usual heading, its place, heading, style; those of the set first."""
    for place, each in enumerate(made.columns, 1):
        yield each.column.value, HEADINGS[each.column], str(place), each.heading, each.style.value
    for column in Column:
        if column not in {each.column for each in made.columns}:
            yield column.value, HEADINGS[column], "", "", Style.PLAIN.value


def _is_own(visit: Visit, made: ColumnSet) -> bool:
    return made.made_by == visit.staff.id and made not in READY


def _act(visit: Visit, what: str, made: ColumnSet) -> Act:
    return Act(visit.staff.id, what, made.id, made.name, visit.staff.organisation)


def _field(name: str) -> str:
    return request.form.get(name, "").strip()


Kind = TypeVar("Kind", FileKind, Colour, Style)


def _member(kind: type[Kind], text: str) -> Kind:
    """Raises Refused (`form`)."""
    try:
        return kind(text)
    except ValueError:
        raise Refused("form", text) from None
