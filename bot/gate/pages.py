"""/v/<token>: what a scan of a code opens. A stranger sees the answer; whoever is on duty measures here."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, request
from markupsafe import Markup

from bot import assets
from bot.gate import prepared
from bot.gate.guards import VENUE_COOKIE, Gate, Guard
from bot.pages import asked_language, moved, render_page
from domain.facts import SHANGHAI, day_of
from domain.gate import Passage, outcome_of, reading_of
from domain.roles import Refused
from worker.operate.asking import WHY

READINGS = tuple(f"{36 + tenth / 10:.1f}" for tenth in range(13))
"""What is tapped: 36.0 to 37.2. What is feverish or odd is typed."""
STYLE = Markup((assets.FOLDER / "gate" / "desk.css").read_text("utf-8"))  # noqa: S704 (a file of ours)
"""Stands in the page itself: a scan is one request."""


def blueprint(gate: Gate) -> Blueprint:
    """The page, under `/v/` and, as the QR spells it, `/V/`."""
    routes = Blueprint("gate", __name__)
    routes.add_app_template_global(lambda: STYLE, "gate_style")

    @routes.get("/v/<token>")
    @routes.get("/V/<token>")
    def show(token: str) -> Response:
        return _page(gate, token, gate.guard(request))

    @routes.post("/v/<token>")
    @routes.post("/V/<token>")
    def record(token: str) -> Response:
        guard = gate.guard(request)
        if guard is None or not guard.visit.genuine(request):
            return _page(gate, token, guard, "stale")
        try:
            written = _recorded(gate, guard, token)
        except Refused as refused:
            return _page(gate, token, guard, refused.reason)
        response = moved(f"{request.path}?done={written}")
        response.set_cookie(VENUE_COOKIE, request.form["venue"], path="/", httponly=True, samesite="Lax")
        return response

    return routes


def _recorded(gate: Gate, guard: Guard, token: str) -> str:
    """The id of the record. Raises Refused."""
    form, answer = request.form, gate.check(token, guard)
    temperature = reading_of(form.get("typed", "").strip() or form.get("reading", ""))
    staff, now = guard.visit.staff.id, gate.ctx.clock.now()
    outcome = outcome_of(answer.result, temperature)
    venue, id = form.get("venue", ""), form.get("id", "")
    return gate.write(guard, Passage(id, venue, staff, now, token, answer.result, outcome, temperature=temperature)).id


def _page(gate: Gate, token: str, guard: Guard | None, wrong: str = "") -> Response:
    if guard is None and not wrong:
        return _answered(prepared.page(gate.check(token, guard), asked_language()))
    done = None
    if guard is not None and guard.venue is not None and (id := request.args.get("done", "")):
        done = gate.ctx.venues.find(guard.venue.id, day_of(gate.ctx.clock.now()), id)
    page = render_page(
        "gate.html",
        answer=gate.check(token, guard),
        zone=SHANGHAI,
        guard=guard,
        done=done,
        wrong=WHY.get(wrong, wrong),
        readings=READINGS,
        id=secrets.token_urlsafe(16),
    )
    return _answered(page, 422 if wrong else 200)


def _answered(page: str, status: int = 200) -> Response:
    return Response(page, status, headers={"Vary": "Accept-Language, Cookie"})
