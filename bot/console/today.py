"""Today: the first page of whoever works in communities. Who has not reported, what is abnormal, appeals, calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_in, page_of
from bot.console.forms import pid_in, symptoms_in, temperature_in, tried
from bot.console.prose import N_
from bot.console.visits import Visit
from bot.pages import moved
from domain.carry_out import reason_of, target_of
from domain.facts import Symptom, day_of
from domain.missing import Risk
from domain.notices import in_force
from domain.orders import ReportFor
from domain.places import division
from domain.reminders import is_quiet
from domain.roles import Action, Refused
from domain.tasks import COMMUNITY_DIGITS
from flows.names import SYMPTOM_NAMES
from store.keys import pid_text
from worker.changing import change_person
from worker.clockwork.warn import Outcome
from worker.context import Context
from worker.decisions.ordering import order
from worker.staff import today
from worker.staff.today import Today

PAGE = 50
SHORT = 20
"""Abnormal reports and appeals on this page; all of them are in the tasks."""
RISKS = {
    Risk.YELLOW: N_("黄码，漏一天重新数"),
    Risk.LAST_DAY: N_("绿码今天到期"),
    Risk.GREY: N_("灰码"),
    Risk.GREEN: N_("绿码"),
}
_RISKS = frozenset(str(each.value) for each in Risk)
REPORTED = "网格员在工作台代报"


def blueprint(console: Console) -> Blueprint:
    """GET /console/today, …/print; POST …/remind, …/report."""
    routes = Blueprint("today", __name__)
    ctx = console.ctx

    def show(visit: Visit) -> ResponseReturnValue:
        return _show(ctx, visit)

    def print_all(visit: Visit) -> ResponseReturnValue:
        found = today.today(ctx, visit.staff, place_in())
        rows = _chosen(found)
        people = today.shown(ctx, [each.pid for each in rows])
        return page_of("worker/today_print.html", today=found, rows=rows, people=people, **_words())

    def remind(visit: Visit) -> ResponseReturnValue:
        return tried(lambda: _remind(ctx, visit), _back(), "reminded")

    def report(visit: Visit) -> ResponseReturnValue:
        if "sure" not in request.form and (asked := _abnormal(ctx)):
            return _ask_again(ctx, visit, asked)
        return tried(lambda: _report(ctx, visit), _back(), "reported")

    console.add(routes, "/today", show, Action.REMIND)
    console.add(routes, "/today/print", print_all, Action.REMIND)
    console.add(routes, "/today/remind", remind, Action.REMIND, methods=("POST",))
    console.add(routes, "/today/report", report, Action.REPORT_FOR, methods=("POST",))
    return routes


def _show(ctx: Context, visit: Visit) -> ResponseReturnValue:
    """A scope that is too wide for one list, or everywhere, is chosen from first."""
    try:
        found = today.today(ctx, visit.staff, place_in())
    except Refused as refused:
        if refused.reason != "too_wide":
            raise
        return moved(url_for("console.communities.listed", place=place_in()))
    if not found.areas:
        return moved(url_for("console.communities.listed"))
    rows = _chosen(found)
    first, more = page_in(request.args.get("page", ""), len(rows), PAGE)
    rows, abnormal, appeals = rows[first : first + PAGE], found.abnormal[:SHORT], found.appeals[:SHORT]
    pids = [each.pid for each in rows] + [each.pid for each in (*abnormal, *appeals)]
    return page_of(
        "worker/today.html",
        today=found,
        rows=rows,
        abnormal=abnormal,
        appeals=appeals,
        people=today.shown(ctx, list(dict.fromkeys(pids))),
        total=len(_chosen(found)),
        quiet=is_quiet(visit.now),
        reports=visit.may_somewhere(Action.REPORT_FOR),
        reminds=visit.may_somewhere(Action.REMIND),
        **_words(),
        **more,
    )


def _chosen(found: Today) -> tuple[today.Waiting, ...]:
    risk = request.args.get("risk", "")
    return found.of_risk(Risk(int(risk))) if risk in _RISKS else found.waiting


def _words() -> dict[str, Any]:
    """What the templates of this family say things with."""
    return {
        "risks": RISKS,
        "place": place_in(),
        "risk": request.args.get("risk", ""),
        "pid_text": pid_text,
        "place_name": place_name,
        "symptoms": [(each.value, SYMPTOM_NAMES[each]) for each in Symptom],
        "is_late": lambda due, now: isinstance(due, datetime) and due <= now,
    }


def place_name(code: str) -> str:
    """The last part of a division's name, or its code."""
    found = division(code)
    return found.name if found else code


def _remind(ctx: Context, visit: Visit) -> dict[str, Any]:
    """Those who are ticked, or everybody of a risk, or everybody."""
    form = request.form
    ticked = [pid_in(each) for each in form.getlist("who")] if "ticked" in form else []
    chosen = ticked or ([] if "ticked" in form else [each.pid for each in _of_form(ctx, visit)])
    if not chosen:
        raise Refused("nobody_chosen")
    found = today.remind(ctx, visit.staff, chosen)
    left = {each.name.lower(): found[each] for each in (Outcome.ALREADY, Outcome.OFF, Outcome.UNREACHABLE)}
    return {"number": found[Outcome.REMINDED] + found[Outcome.TOLD], **left}


def _of_form(ctx: Context, visit: Visit) -> tuple[today.Waiting, ...]:
    found, risk = today.today(ctx, visit.staff, place_in()), request.form.get("risk", "")
    return found.of_risk(Risk(int(risk))) if risk in _RISKS else found.waiting


def _report(ctx: Context, visit: Visit) -> None:
    asked = ReportFor(temperature_in(), symptoms_in())
    reason, moment = reason_of(request.form.get("reason") or REPORTED), ctx.moment()
    change_person(
        ctx, pid_in(request.form.get("who", "")), lambda person: order(asked, visit.staff, person, reason, moment)
    )


def _abnormal(ctx: Context) -> ReportFor | None:
    """The report of the form if it would make somebody yellow: one slip of a finger should not. None too for what
    cannot be read, which is told where it is recorded."""
    try:
        asked = ReportFor(temperature_in(), symptoms_in())
    except Refused:
        return None
    fever = in_force(day_of(ctx.clock.now())).limits.fever.value
    return asked if asked.symptoms or asked.temperature >= fever else None


def _ask_again(ctx: Context, visit: Visit, asked: ReportFor) -> ResponseReturnValue:
    """Who it is, masked, and what would be recorded."""
    pid = pid_in(request.form.get("who", ""))
    person = ctx.people.read([pid])[pid]
    visit.require(Action.REPORT_FOR, target_of(person))
    names = [SYMPTOM_NAMES[each] for each in Symptom if each in asked.symptoms]
    return page_of("worker/report_sure.html", who=today.shown_of(person), asked=asked, names=names, back=_back())


def place_in() -> str:
    """A division, or empty: all that is theirs."""
    place = request.values.get("place", "")
    return place if place.isascii() and place.isdecimal() and len(place) <= COMMUNITY_DIGITS else ""


def _back() -> str:
    form = request.form
    return url_for(
        "console.today.show",
        place=form.get("place") or None,
        page=form.get("page") or None,
        risk=form.get("shown") or None,
    )
