"""Venues and their codes, who was there, codes of before; and the way from the console into the guard's app."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.pictures import qr_data
from bot.console.prose import N_, _
from bot.console.visits import Visit
from bot.pages import moved
from channel.platform import SendError
from domain.facts import SHANGHAI
from domain.gate import Outcome
from domain.people import mask_name
from domain.places import full_name
from domain.roles import Action, Refused, may
from domain.venues import KEPT_DAYS, STEP, Proof, Spot, Venue, new_venue
from worker.context import Context
from worker.gate import visiting
from worker.gate.gating import target_of
from worker.residents.poster import venue_poster

PROOFS = {
    Proof.NOTHING: N_("只扫码（截图转发发现不了）"),
    Proof.LOCATION: N_("扫码时核对手机位置"),
    Proof.WINDOW: N_("屏幕上的码每 10 分钟一换"),
}
OUTCOMES = {
    Outcome.PASSED: N_("放行"),
    Outcome.STOPPED: N_("未放行"),
    Outcome.BOOKED: N_("登记待核"),
    Outcome.VISITED: N_("扫场所码"),
}
LOOKS = (Action.KEEP_VENUE, Action.SEE_VISITS)


def blueprint(console: Console) -> Blueprint:
    """GET /console/venues, …/<id>, …/<id>/poster, …/<id>/screen, /console/gate; POST …/add, …/<id>/close, …/visits."""
    routes = Blueprint("venues", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        found = [each for each in ctx.venues.all() if _sees(visit, each)]
        proofs = [(each.value, _(text)) for each, text in PROOFS.items()]
        return page_of("venues.html", found=found, proofs=proofs, place=full_name)

    def add(visit: Visit) -> ResponseReturnValue:
        venue = _venue_in_form()
        visiting.put(ctx, visit.staff, venue)
        return moved(url_for("console.venues.one", id=venue.id))

    def one(visit: Visit, id: str) -> ResponseReturnValue:
        return _one(ctx, visit, _seen(ctx, visit, id))

    def close(visit: Visit, id: str) -> ResponseReturnValue:
        venue = _seen(ctx, visit, id)
        visiting.put(ctx, visit.staff, replace(venue, closed=not venue.closed))
        return moved(url_for("console.venues.one", id=id))

    def poster(visit: Visit, id: str) -> ResponseReturnValue:
        venue = _seen(ctx, visit, id)
        response = Response(venue_poster(venue.name, _link(ctx, venue)), mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{venue.id}.pdf"'
        return response

    def screen(visit: Visit, id: str) -> ResponseReturnValue:
        venue = _seen(ctx, visit, id)
        seconds = int(STEP.total_seconds() / 10)
        return page_of("venue_screen.html", venue=venue, qr=qr_data(_link(ctx, venue)), seconds=seconds)

    def visits(visit: Visit) -> ResponseReturnValue:
        form = request.form
        first, last = _instant("first"), _instant("last") + timedelta(minutes=1)
        rows = visiting.who_was_at(ctx, visit.staff, form.get("venue", ""), first, last, form.get("reason", ""))
        return _one(ctx, visit, _seen(ctx, visit, form["venue"]), rows)

    def gate(visit: Visit) -> ResponseReturnValue:
        return moved("/gate")

    console.add(routes, "/venues", listed, *LOOKS)
    console.add(routes, "/venues/add", add, Action.KEEP_VENUE, methods=("POST",))
    console.add(routes, "/venues/visits", visits, Action.SEE_VISITS, methods=("POST",))
    console.add(routes, "/venues/<id>", one, *LOOKS)
    console.add(routes, "/venues/<id>/close", close, Action.KEEP_VENUE, methods=("POST",))
    console.add(routes, "/venues/<id>/poster", poster, Action.KEEP_VENUE)
    console.add(routes, "/venues/<id>/screen", screen, Action.KEEP_VENUE)
    console.add(routes, "/gate", gate, Action.GATE_REPORT)
    return routes


def _one(ctx: Context, visit: Visit, venue: Venue, rows: list[visiting.Seen] | None = None) -> ResponseReturnValue:
    outcomes = {each: _(text) for each, text in OUTCOMES.items()}
    today = [(text, visiting.today(ctx, venue).get(each, 0)) for each, text in outcomes.items()]
    return page_of(
        "venue.html",
        venue=venue,
        place=full_name(venue.community),
        proof=_(PROOFS[venue.proof]),
        today=today,
        rows=rows,
        outcomes=outcomes,
        mask=mask_name,
        keeps=visit.may(Action.KEEP_VENUE, target_of(venue)),
        asks=visit.may(Action.SEE_VISITS, target_of(venue)),
        now=visit.now.astimezone(SHANGHAI),
        kept=KEPT_DAYS,
    )


def _sees(visit: Visit, venue: Venue) -> bool:
    return any(may(visit.staff, each, target_of(venue)) for each in LOOKS) or visit.sees(Action.READ_AUDIT)


def _seen(ctx: Context, visit: Visit, id: str) -> Venue:
    """Raises Refused: `no_such_venue`, `scope`."""
    venue = ctx.venues.read(id)
    if venue is None:
        raise Refused("no_such_venue", id)
    if not _sees(visit, venue):
        raise Refused("scope")
    return venue


def _link(ctx: Context, venue: Venue) -> str:
    try:
        return visiting.link(ctx, venue)
    except SendError:
        raise Refused("no_qr") from None


def _venue_in_form() -> Venue:
    """Raises Refused."""
    form = request.form
    given = {name: form.get(name, "").strip() for name in ("id", "name", "community", "proof", "spot", "radius")}
    proof = Proof(given["proof"]) if given["proof"] in set(Proof) else Proof.NOTHING
    spot = _spot(given["spot"]) if proof is Proof.LOCATION else None
    radius = int(given["radius"]) if given["radius"].isascii() and given["radius"].isdigit() else 0
    sized = {"radius": radius} if proof is Proof.LOCATION else {}
    return new_venue(given["id"], given["name"], given["community"], proof, spot, **sized)


def _spot(text: str) -> Spot | None:
    """`38.4681, 106.2731`: latitude, longitude, as maps copy it."""
    north, _comma, east = text.replace("，", ",").partition(",")
    try:
        return Spot(float(north), float(east))
    except ValueError:
        return None


def _instant(name: str) -> datetime:
    """What `datetime-local` sends, in China. Raises Refused (`instant`)."""
    try:
        return datetime.fromisoformat(request.form.get(name, "")).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Refused("instant") from None
