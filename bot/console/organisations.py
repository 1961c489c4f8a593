"""Organisations: an administrator registers them; the officer of one sees who is missing today, and reminds them."""

from __future__ import annotations

import contextlib

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_in, page_of
from bot.console.pictures import qr_data
from bot.console.prose import N_, _
from bot.console.visits import Visit
from bot.pages import moved
from channel.platform import SendError
from domain.organisations import OrganisationKind, Unit
from domain.reminders import is_quiet
from domain.roles import Action, Refused
from worker.clockwork.warn import Outcome
from worker.context import Context
from worker.residents.poster import organisation_poster
from worker.staff import organisations

KINDS = {
    OrganisationKind.EMPLOYER: N_("单位"),
    OrganisationKind.SCHOOL: N_("学校"),
    OrganisationKind.PARK: N_("园区"),
}
PAGE = 200
LOOKS = (Action.MANAGE_ORGANISATIONS, Action.SEE_MEMBERS)


def blueprint(console: Console) -> Blueprint:
    """GET /console/organisations, …/<id>, …/<id>/poster; POST …/add, …/<id>/remind."""
    routes = Blueprint("organisations", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        found, kinds = organisations.units_of(ctx, visit.staff), [(each.value, _(name)) for each, name in KINDS.items()]
        if len(found) == 1 and not visit.may(Action.MANAGE_ORGANISATIONS):
            return moved(url_for("console.organisations.one", id=found[0].id))
        return page_of("organisations.html", found=found, kinds=kinds, kind_name=_kind_name)

    def add(visit: Visit) -> ResponseReturnValue:
        given = (request.form.get(name, "").strip() for name in ("id", "name", "kind"))
        unit = organisations.register(ctx, visit.staff, *given)
        return moved(url_for("console.organisations.one", id=unit.id))

    def one(visit: Visit, id: str) -> ResponseReturnValue:
        return _one(ctx, visit, id)

    def remind(visit: Visit, id: str) -> ResponseReturnValue:
        outcomes = organisations.remind(ctx, visit.staff, id)
        reminded = outcomes[Outcome.REMINDED] + outcomes[Outcome.TOLD]
        return moved(url_for("console.organisations.one", id=id, reminded=reminded))

    def poster(visit: Visit, id: str) -> ResponseReturnValue:
        unit = _seen(ctx, visit, id)
        try:
            unit = organisations.with_qr(ctx, unit)
        except SendError:
            raise Refused("no_qr") from None
        response = Response(organisation_poster(unit.name, unit.url), mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{unit.id}.pdf"'
        return response

    console.add(routes, "/organisations", listed, *LOOKS)
    console.add(routes, "/organisations/add", add, Action.MANAGE_ORGANISATIONS, methods=("POST",))
    console.add(routes, "/organisations/<id>", one, *LOOKS)
    console.add(routes, "/organisations/<id>/remind", remind, Action.REMIND_MEMBERS, methods=("POST",))
    console.add(routes, "/organisations/<id>/poster", poster, *LOOKS)
    return routes


def _one(ctx: Context, visit: Visit, id: str) -> ResponseReturnValue:
    """An administrator sees the QR; the members are for the officer, and for the auditor."""
    unit = _seen(ctx, visit, id)
    sees = visit.sees(Action.SEE_MEMBERS, organisations.target(id))
    members = organisations.members_today(ctx, visit.staff, id) if sees else []
    missing = [each for each in members if each.risk is not None]
    first, more = page_in(request.args.get("page", ""), len(members), PAGE)
    with contextlib.suppress(SendError):
        unit = organisations.with_qr(ctx, unit)
    return page_of(
        "organisation.html",
        unit=unit,
        kind=_kind_name(unit),
        qr=qr_data(unit.url) if unit.url else "",
        sees=sees,
        rows=members[first : first + PAGE],
        missing=len(missing),
        total=len(members),
        quiet=is_quiet(visit.now),
        **more,
    )


def _seen(ctx: Context, visit: Visit, id: str) -> Unit:
    """Raises Refused: `scope`, `no_organisation`."""
    if not visit.may(Action.MANAGE_ORGANISATIONS) and not visit.sees(Action.SEE_MEMBERS, organisations.target(id)):
        raise Refused("scope")
    return ctx.organisations.read(id)


def _kind_name(unit: Unit) -> str:
    return _(KINDS[unit.kind])
