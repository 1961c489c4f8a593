"""What a guard types: a document where nothing can be scanned, a short declaration where there is no code."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, request

from bot.console.pictures import qr_data
from bot.gate import declaring
from bot.gate.checking import Answer
from bot.gate.guards import Gate, Guard
from bot.gate.pages import READINGS
from bot.pages import moved, render_page
from domain.facts import SHANGHAI, Symptom, day_of
from domain.gate import Outcome, Passage, outcome_of, reading_of
from domain.people import Document, DocumentKind, Identity, parse_document, parse_name
from domain.reject import Reject
from domain.roles import Refused
from domain.venues import Venue
from store.sealing import Unsealable, person_id
from worker.gate import gating
from worker.operate.asking import WHY
from worker.residents.registering import Entry

PURPOSE = b"gate look-up "
KINDS = tuple(each.value for each in DocumentKind)


def add(routes: Blueprint, gate: Gate) -> None:
    """/gate/look-up and /gate/declare: a form, and what came of it."""

    @routes.get("/look-up")
    @routes.get("/declare")
    def forms() -> Response:
        return _form(gate.guard(request))

    @routes.post("/look-up")
    def look_up() -> Response:
        return _behind(gate, _looked_up)

    @routes.post("/measure")
    def measure() -> Response:
        return _behind(gate, _measured)

    @routes.post("/declare")
    def declare() -> Response:
        return _behind(gate, _declared)


def _behind(gate: Gate, act: Callable[[Gate, Guard, Venue], Response]) -> Response:
    guard = gate.guard(request)
    if guard is None or not guard.visit.genuine(request):
        return _form(guard, WHY["stale"])
    try:
        venue = gating.venue_for(gate.ctx, guard.visit.staff, request.form.get("venue", ""))
        return act(gate, guard, venue)
    except (Refused, Reject) as problem:
        return _form(guard, declaring.told(problem))


def _looked_up(gate: Gate, guard: Guard, venue: Venue) -> Response:
    document, ctx = _document(day_of(gate.ctx.clock.now())), gate.ctx
    pid = person_id(ctx.settings.pid_key, document.kind.value, document.number)
    person = gating.look_up(ctx, guard.visit.staff, venue, pid)
    answer = gate.checker.of_person(person.pid)
    sealed = ctx.vault.seal(PURPOSE + guard.visit.staff.id.encode(), person.pid)
    who = base64.urlsafe_b64encode(sealed).decode()
    return _result(guard, answer, who=who, venue=venue.id)


def _measured(gate: Gate, guard: Guard, venue: Venue) -> Response:
    form, staff = request.form, guard.visit.staff.id
    try:
        pid = gate.ctx.vault.open(PURPOSE + staff.encode(), base64.urlsafe_b64decode(form.get("who", "")))
    except (Unsealable, binascii.Error, ValueError):
        raise Refused("bad_record") from None
    answer, temperature = gate.checker.of_person(pid), reading_of(form.get("typed") or form.get("reading", ""))
    outcome = outcome_of(answer.result, temperature)
    now = gate.ctx.clock.now()
    passage = Passage(
        form.get("id", ""), venue.id, staff, now, "", answer.result, outcome, temperature=temperature, pid=pid
    )
    written = gate.write(guard, passage)
    return _result(guard, gate.checker.of_person(pid), done=written.outcome, venue=venue.id)


def _declared(gate: Gate, guard: Guard, venue: Venue) -> Response:
    form, ctx = request.form, gate.ctx
    if form.get("promise") != "yes":
        raise Refused("no_promise")
    temperature = reading_of(form.get("typed") or form.get("reading", ""))
    identity = Identity(parse_name(form.get("name", "")), _document(day_of(ctx.clock.now())))
    symptoms = frozenset({Symptom.OTHER}) if form.get("unwell") == "yes" else frozenset()
    entry = Entry(identity, venue.community)
    said = gating.ShortDeclaration(form.get("id", ""), entry, temperature, symptoms, form.get("exposed") == "yes")
    person = gating.declare(ctx, guard.visit.staff, venue, said)
    declared = declaring.enter(gate, guard, venue, person, said)
    url = declaring.code_of(gate, person, declared.answer)
    return _result(guard, declared.answer, done=declared.outcome, venue=venue.id, qr=qr_data(url) if url else "")


def _document(today: date) -> Document:
    """Raises Reject."""
    kind = request.form.get("kind", DocumentKind.RESIDENT_ID.value)
    return parse_document(DocumentKind(kind if kind in KINDS else "10"), request.form.get("number", ""), today)


def sign_in() -> Response:
    return moved("/console/sign-in?next=/console/gate")


def _form(guard: Guard | None, wrong: str = "") -> Response:
    """The form of the address asked for; without a session, the way to sign in."""
    if guard is None:
        return sign_in()
    declaring = request.path.endswith("/declare")
    page = render_page(
        "gate_desk.html",
        guard=guard,
        declaring=declaring,
        wrong=wrong,
        kinds=KINDS,
        id=secrets.token_urlsafe(16),
        readings=READINGS,
    )
    return Response(page, 422 if wrong else 200)


def _result(
    guard: Guard, answer: Answer, *, venue: str, who: str = "", done: Outcome | None = None, qr: str = ""
) -> Response:
    page = render_page(
        "gate_desk_result.html",
        guard=guard,
        answer=answer,
        venue=venue,
        who=who,
        done=done,
        qr=qr,
        zone=SHANGHAI,
        id=secrets.token_urlsafe(16),
        readings=READINGS,
    )
    return Response(page)
