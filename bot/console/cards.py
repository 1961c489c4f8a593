"""Pass cards: one for whoever stands at the desk, a table of them, their sheets, a loss."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_in, page_of
from bot.console.forms import pid_in, temperature_in, tried, uploaded
from bot.console.prose import _
from bot.console.residents import KINDS
from bot.console.today import place_in, place_name
from bot.console.visits import Visit
from bot.pages import moved
from domain import cards
from domain.carry_out import reason_of, target_of
from domain.facts import day_of
from domain.people import DocumentKind, Identity, mask_name, parse_document, parse_name
from domain.person import Person
from domain.phones import parse_phone
from domain.places import is_community
from domain.reject import Reject
from domain.roles import Action, Refused
from domain.scopes import Target
from domain.works import WorkKind
from store.changes import Act
from store.keys import pid_text
from worker.cards.commands import printed, residents_with_cards
from worker.cards.issuing import issue, lose
from worker.cards.sheet import sheets
from worker.context import Context
from worker.desk.areas import areas_of
from worker.residents.registering import Entry
from worker.works.starting import start

TABLE_BYTES = 10_000_000
PAGE = 100


def blueprint(console: Console) -> Blueprint:
    """GET /console/cards; POST …/issue, …/table, …/sheets, …/lost, …/<pid>/again, …/<pid>/print."""
    routes = Blueprint("cards", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        return page_of("worker/cards.html", **_listed(ctx, visit))

    def one(visit: Visit) -> ResponseReturnValue:
        """The holder stands there with the document; their page is shown next, to print the card from."""
        try:
            person = issue(ctx, _holder(ctx), visit.staff, reason_of(request.form.get("reason", "")))
        except Refused as refused:
            return page_of("worker/cards.html", 400, **_listed(ctx, visit), refused=refused)
        return moved(f"{_page(pid_text(person.pid))}?done=issued")

    def again(visit: Visit, pid: str) -> ResponseReturnValue:
        return tried(lambda: _again(ctx, visit, pid), _page(pid), "issued")

    def print_one(visit: Visit, pid: str) -> ResponseReturnValue:
        return _print(ctx, visit, pid)

    def lost(visit: Visit) -> ResponseReturnValue:
        form = request.form
        back = _page(form["pid"]) if form.get("pid") else url_for("console.cards.listed", place=place_in() or None)
        return tried(lambda: _lose(ctx, visit), back, "lost")

    console.add(routes, "/cards", listed, Action.ISSUE_CARD)
    console.add(routes, "/cards/issue", one, Action.ISSUE_CARD, methods=("POST",))
    console.add(routes, "/cards/lost", lost, Action.ISSUE_CARD, methods=("POST",))
    console.add(routes, "/cards/<pid>/again", again, Action.ISSUE_CARD, methods=("POST",))
    console.add(routes, "/cards/<pid>/print", print_one, Action.ISSUE_CARD, methods=("POST",))
    _add_works(console, routes)
    return routes


def _add_works(console: Console, routes: Blueprint) -> None:
    """What takes longer than a page: a whole table, all sheets of a community."""
    ctx = console.ctx

    def table(visit: Visit) -> ResponseReturnValue:
        args = {"reason": reason_of(request.form.get("reason", ""))}
        with uploaded() as path:
            given = (path.name, iter([path.read_bytes()]))
            return _work(start(ctx, visit.staff, WorkKind.CARD_TABLE, args, path.name, given=given))

    def sheets_of(visit: Visit) -> ResponseReturnValue:
        place = place_in()
        visit.require(Action.ISSUE_CARD, Target(place))
        return _work(start(ctx, visit.staff, WorkKind.CARD_SHEETS, {"community": place}, place_name(place)))

    console.add(routes, "/cards/table", table, Action.ISSUE_CARD, methods=("POST",), body_bytes=TABLE_BYTES)
    console.add(routes, "/cards/sheets", sheets_of, Action.ISSUE_CARD, methods=("POST",))


def _listed(ctx: Context, visit: Visit) -> dict[str, Any]:
    """The cards of one community, the first where they work unless another is named."""
    areas = areas_of(visit.staff, Action.ISSUE_CARD, place_in())
    place = areas[0].community if areas else ""
    people = [each for each in residents_with_cards(ctx, place) if areas[0].has(each.grid)] if place else []
    rows = [(each, card, _name(each)) for each in people for card in reversed(each.cards)]
    first, more = page_in(request.args.get("page", ""), len(rows), PAGE)
    return {
        "rows": rows[first : first + PAGE],
        "total": len(rows),
        "place": place,
        "areas": areas,
        "place_name": place_name,
        "today": day_of(visit.now),
        "told_number": cards.told_number,
        "pid_text": pid_text,
        "kinds": _kinds(),
        "issues": visit.may_somewhere(Action.ISSUE_CARD),
        **more,
    }


def _kinds() -> list[tuple[str, str]]:
    others = [(value, _(name)) for value, name in KINDS.items() if value]
    return [(DocumentKind.RESIDENT_ID.value, _("居民身份证")), *others]


def _holder(ctx: Context) -> Entry:
    """Raises Refused: `holder` and which field."""
    form, today = request.form, day_of(ctx.clock.now())
    try:
        name = parse_name(form.get("name", ""))
        document = parse_document(DocumentKind(form.get("kind", "10")), form.get("number", ""), today)
        phone = parse_phone(form["phone"]) if form.get("phone", "").strip() else ""
    except (Reject, ValueError):
        raise Refused("holder") from None
    community = form.get("place", "")
    if not is_community(community):
        raise Refused("unknown_division", community)
    temperature = temperature_in() if form.get("temperature", "").strip() else None
    return Entry(Identity(name, document, phone), community, form.get("address", "").strip()[:100], temperature)


def _again(ctx: Context, visit: Visit, pid: str) -> None:
    """For somebody on record, as they are on record."""
    person = ctx.people.read([pid_in(pid)])[pid_in(pid)]
    if person.identity is None:
        raise Refused("no_identity")
    holder = Entry(person.identity, person.community, person.address)
    issue(ctx, holder, visit.staff, reason_of(request.form.get("reason", "")))


def _print(ctx: Context, visit: Visit, pid: str) -> Response:
    """The card that holds, as it was issued. Raises Refused."""
    person = ctx.people.read([pid_in(pid)])[pid_in(pid)]
    visit.require(Action.ISSUE_CARD, target_of(person))
    if cards.current(person.cards, day_of(visit.now)) is None or person.identity is None:
        raise Refused("no_such_card")
    act = Act(visit.staff.id, "print card", person.cards[-1].number, organisation=visit.staff.organisation)
    ctx.audit.note(act, person.pid)
    response = Response(sheets([printed(ctx, person)]), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="card-{person.cards[-1].number}.pdf"'
    return response


def _lose(ctx: Context, visit: Visit) -> None:
    number = cards.read_number(request.form.get("number", ""))
    lose(ctx, number, visit.staff, reason_of(request.form.get("reason", "")))


def _page(pid: str) -> str:
    return url_for("console.residents.show", pid=pid)


def _work(id: str) -> Response:
    return moved(f"/console/works/{id}")


def _name(person: Person) -> str:
    return mask_name(person.identity.name) if person.identity else ""
