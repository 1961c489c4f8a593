"""/gate/sheets for the guard, /gate/here for the person: a short declaration on their own phone, in any browser."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, request

from bot.console.pictures import qr_data
from bot.gate import declaring
from bot.gate.desk import KINDS, sign_in
from bot.gate.guards import Gate, Guard
from bot.gate.pages import READINGS
from bot.pages import moved, render_page
from domain.facts import day_of
from domain.reject import Reject
from domain.roles import Refused
from store.sealing import Unsealable
from store.sheets import Sheet, Told
from worker.gate import gating, sheets

COOKIE = "yima_here"


def add(routes: Blueprint, gate: Gate) -> None:
    """Handing over, filling in, accepting."""
    _add_guards(routes, gate)
    _add_phones(routes, gate)


def state_of(sheet: Sheet | None) -> str:
    """Over, blank, filled, done: what both sides wait to see change."""
    if sheet is None:
        return "over"
    return "done" if sheet.pid else "filled" if sheet.told else "blank"


# --- the guard --------------------------------------------------------------------------------------------------------


def _add_guards(routes: Blueprint, gate: Gate) -> None:
    @routes.post("/sheets")
    def hand_over() -> Response:
        guard = gate.guard(request)
        if guard is None or not guard.visit.genuine(request):
            return sign_in()
        try:
            venue = gating.venue_for(gate.ctx, guard.visit.staff, request.form.get("venue", ""))
            sheet = sheets.hand_over(gate.ctx, guard.visit.staff, venue)
        except Refused as refused:
            return _of_guard(gate, guard, None, declaring.told(refused))
        return moved(f"/gate/sheets/{sheet.id}")

    @routes.get("/sheets/<id>")
    def watch(id: str) -> Response:
        guard = gate.guard(request)
        return sign_in() if guard is None else _of_guard(gate, guard, _found(gate, id))

    @routes.post("/sheets/<id>")
    def decide(id: str) -> Response:
        guard = gate.guard(request)
        if guard is None or not guard.visit.genuine(request):
            return sign_in()
        try:
            return _decided(gate, guard, id)
        except Refused as refused:
            return _of_guard(gate, guard, _found(gate, id), declaring.told(refused))


def _decided(gate: Gate, guard: Guard, id: str) -> Response:
    ctx, staff = gate.ctx, guard.visit.staff
    if request.form.get("act") == "back":
        sheets.give_back(ctx, staff, id)
    else:
        sheet = sheets.of_guard(ctx, staff, id)
        person, said = sheets.accept(ctx, staff, id, request.form.get("ref", ""))
        declaring.enter(gate, guard, gating.venue_for(ctx, staff, sheet.venue), person, said)
    return moved(f"/gate/sheets/{id}")


def _of_guard(gate: Gate, guard: Guard, sheet: Sheet | None, wrong: str = "") -> Response:
    """The QR to be scanned, then what was filled in, then what came of it."""
    mine = sheet if sheet is not None and sheet.staff == guard.visit.staff.id else None
    state, answer, done = state_of(mine), None, None
    if mine is not None and mine.pid:
        answer = gate.checker.of_person(mine.pid)
        found = gate.ctx.venues.find(mine.venue, day_of(gate.ctx.clock.now()), mine.id)
        done = found.outcome if found else None
    link = f"{gate.ctx.settings.public_url}/gate/here/{mine.id}" if mine is not None else ""
    page = render_page(
        "gate_sheet_guard.html",
        guard=guard,
        sheet=mine,
        state=state,
        qr=qr_data(link) if state == "blank" else "",
        answer=answer,
        done=done,
        wrong=wrong,
    )
    return Response(page, 422 if wrong else 200)


# --- the phone --------------------------------------------------------------------------------------------------------


def _add_phones(routes: Blueprint, gate: Gate) -> None:
    @routes.get("/here/<id>")
    def show(id: str) -> Response:
        return _of_phone(gate, _found(gate, id))

    @routes.get("/here/<id>/state")
    def state(id: str) -> Response:
        return Response(state_of(_found(gate, id)), mimetype="text/plain")

    @routes.post("/here/<id>")
    def fill_in(id: str) -> Response:
        phone = request.cookies.get(COOKIE, "") or secrets.token_urlsafe(16)
        form = request.form
        said = Told(
            secrets.token_urlsafe(9),
            form.get("name", "")[:100],
            form.get("kind", "10"),
            form.get("number", "")[:40],
            (form.get("typed", "").strip() or form.get("reading", ""))[:8],
            form.get("unwell") == "yes",
            form.get("exposed") == "yes",
        )
        try:
            if form.get("promise") != "yes":
                raise Refused("no_promise")
            sheets.fill_in(gate.ctx, id, phone, said)
        except (Refused, Reject) as problem:
            return _of_phone(gate, _found(gate, id), said, declaring.told(problem))
        response = moved(f"/gate/here/{id}")
        secure = gate.ctx.settings.public_url.startswith("https:")
        response.set_cookie(COOKIE, phone, 3600, path="/gate/here", secure=secure, httponly=True, samesite="Lax")
        return response


def _of_phone(gate: Gate, sheet: Sheet | None, said: Told | None = None, wrong: str = "") -> Response:
    """The form; then that the guard looks at it; then the code. Another phone than the one that filled it in sees none
    of it."""
    if sheet is not None and sheet.phone and sheet.phone != request.cookies.get(COOKIE, ""):
        sheet = None
    answer, url = None, ""
    if sheet is not None and sheet.pid:
        answer = gate.checker.of_person(sheet.pid)
        url = declaring.code_of(gate, gate.ctx.people.read([sheet.pid])[sheet.pid], answer)
    page = render_page(
        "gate_sheet.html",
        sheet=sheet,
        state=state_of(sheet),
        said=said,
        kinds=KINDS,
        readings=READINGS,
        answer=answer,
        qr=qr_data(url) if url else "",
        wrong=wrong,
    )
    return Response(page, 404 if sheet is None else 422 if wrong else 200)


def _found(gate: Gate, id: str) -> Sheet | None:
    try:
        return gate.ctx.sheets.read(id)
    except Unsealable:
        return None
