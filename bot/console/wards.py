"""Isolation institutions: who is there, the day's report of a whole ward in one table, admission."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.forms import pid_in, tried
from bot.console.visits import Visit
from bot.pages import moved
from domain.carry_out import reason_of
from domain.facts import day_of
from domain.orders import Admit
from domain.people import DocumentKind, mask_document, mask_name, parse_document
from domain.person import Person
from domain.reject import Reject
from domain.roles import Action, Refused
from domain.scopes import Target
from store.keys import pid_text
from store.sealing import person_id
from worker.changing import change_person
from worker.context import Context
from worker.decisions.ordering import order
from worker.desk.institutions import Institution, Line, institutions_of, ward_of
from worker.operate.asking import WHY
from worker.staff.wards import Fault, Reading, read_cells, read_table, readings_of, record_readings

TABLE_BYTES = 4_000_000
DAILY = "每日健康监测"
LOOKS = (Action.SEE_WARD, Action.SUBMIT_LIST, Action.MANAGE_STAFF)


def blueprint(console: Console) -> Blueprint:
    """GET /console/wards, …/<institution>; POST below that: report, table, admit."""
    routes = Blueprint("wards", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        found: list[Institution] = institutions_of(ctx, visit.staff)
        if len(found) == 1 and visit.may(Action.SEE_WARD, Target(institution=found[0].id)):
            return moved(url_for("console.wards.ward", institution=found[0].id))
        return page_of(
            "worker/wards.html", rows=found, sees=lambda id: visit.sees(Action.SEE_WARD, Target(institution=id))
        )

    def ward(visit: Visit, institution: str) -> ResponseReturnValue:
        return _ward(ctx, visit, institution)

    def report(visit: Visit, institution: str) -> ResponseReturnValue:
        """What is filled in is recorded, all of it or nothing; whoever is left out can follow later."""
        rows, faults = _filled(ctx, visit)
        return _recorded(ctx, visit, institution, rows, faults)

    def table(visit: Visit, institution: str) -> ResponseReturnValue:
        file = request.files.get("file")
        raw = file.read(TABLE_BYTES) if file else b""
        rows, faults = read_table(raw, day_of(visit.now)) if raw else ([], [Fault(1, "", WHY["no_file"])])
        return _recorded(ctx, visit, institution, readings_of(ctx, rows), faults)

    def admit(visit: Visit, institution: str) -> ResponseReturnValue:
        return tried(
            lambda: _admit(ctx, visit, institution), url_for("console.wards.ward", institution=institution), "admitted"
        )

    console.add(routes, "/wards", listed, *LOOKS)
    console.add(routes, "/wards/<institution>", ward, Action.SEE_WARD)
    console.add(
        routes, "/wards/<institution>/report", report, Action.REPORT_WARD, methods=("POST",), body_bytes=TABLE_BYTES
    )
    console.add(
        routes, "/wards/<institution>/table", table, Action.REPORT_WARD, methods=("POST",), body_bytes=TABLE_BYTES
    )
    console.add(routes, "/wards/<institution>/admit", admit, Action.ADMIT, methods=("POST",))
    return routes


def _ward(ctx: Context, visit: Visit, institution: str, faults: dict[int, Fault] | None = None) -> ResponseReturnValue:
    """Everybody there, whoever has no report today first. With faults, the form is shown as it was filled in."""
    lines: list[Line] = ward_of(ctx, visit.staff, institution)
    return page_of(
        "worker/ward.html",
        400 if faults else 200,
        institution=institution,
        lines=lines,
        names={each.person.pid: _name(each.person) for each in lines},
        documents={each.person.pid: _document(each.person) for each in lines},
        missing=sum(not each.reported for each in lines),
        faults=faults or {},
        filled=request.form if faults else {},
        pid_text=pid_text,
        why_of=_why_of,
        day=day_of(visit.now),
        reports=visit.may(Action.REPORT_WARD, Target(institution=institution)),
        admits=visit.may(Action.ADMIT, Target(institution=institution)),
    )


def _recorded(
    ctx: Context, visit: Visit, institution: str, rows: list[Reading], faults: list[Fault]
) -> ResponseReturnValue:
    recorded = 0
    if not faults:
        recorded, faults = record_readings(ctx, visit.staff, reason_of(request.form.get("reason") or DAILY), rows)
    if faults:
        return _ward(ctx, visit, institution, {each.row: each for each in faults})
    if not rows:
        raise Refused("nobody_chosen")
    return moved(url_for("console.wards.ward", institution=institution, done="reported", number=recorded))


def _filled(ctx: Context, visit: Visit) -> tuple[list[Reading], list[Fault]]:
    """The rows with a temperature, numbered as the table shows them."""
    rows: list[Reading] = []
    faults: list[Fault] = []
    for number, pid, temperature, symptoms in _cells():
        given = {"体温": temperature, "症状": symptoms, "日期": request.form.get("day", "")}
        found = read_cells(number, given, day_of(visit.now))
        if isinstance(found, Fault):
            faults.append(found)
        else:
            rows.append(Reading(number, pid, found))
    return rows, faults


def _cells() -> Iterator[tuple[int, bytes, str, str]]:
    form = request.form
    for number, who in enumerate(form.getlist("who"), 1):
        if form.get(f"t-{who}", "").strip():
            yield number, pid_in(who), form[f"t-{who}"].strip(), form.get(f"s-{who}", "").strip()


def _admit(ctx: Context, visit: Visit, institution: str) -> None:
    """By the number of the document, which stands in the body alone."""
    form, moment = request.form, ctx.moment()
    try:
        document = parse_document(DocumentKind(form.get("kind", "10")), form.get("number", ""), day_of(visit.now))
    except (Reject, ValueError):
        raise Refused("holder") from None
    pid = person_id(ctx.settings.pid_key, document.kind.value, document.number)
    reason = reason_of(form.get("reason", ""))
    main = ctx.people.read_main([pid])[pid].pid
    change_person(ctx, main, lambda person: order(Admit(institution), visit.staff, person, reason, moment))


def _why_of(reason: str) -> str:
    return WHY.get(reason, reason).partition(" · ")[0]


def _name(person: Person) -> str:
    return mask_name(person.identity.name) if person.identity else ""


def _document(person: Person) -> str:
    return mask_document(person.identity.document) if person.identity else ""
