"""Residents: found by what a worker knows of them, looked at masked, revealed with a reason, and ordered about."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.forms import pid_in, tried
from bot.console.prose import N_, _
from bot.console.residents import orders, page
from bot.console.residents.chart import temperatures
from bot.console.visits import Visit
from domain.carry_out import reason_of, target_of
from domain.people import DocumentKind
from domain.roles import Action, Refused
from domain.timeline import readings
from store.keys import pid_text
from worker.operate.withdrawals import submit
from worker.residents.finding import MOST_SHOWN, find
from worker.staff.looking import looked_at

LOOKS = (Action.SEE_PERSON, Action.SEE_WARD)
DOES = tuple(dict.fromkeys(orders.ACTIONS_NEEDED))
KINDS = {
    "": N_("身份证、电话或姓名"),
    DocumentKind.HK_MACAO_PERMIT.value: N_("港澳居民来往内地通行证"),
    DocumentKind.TAIWAN_PERMIT.value: N_("台湾居民来往大陆通行证"),
    DocumentKind.PASSPORT.value: N_("护照"),
    DocumentKind.PERMANENT_RESIDENT.value: N_("外国人永久居留身份证"),
    DocumentKind.OTHER.value: N_("其他证件"),
}
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""A picture runs nothing and loads nothing; its styles stand in it."""


def _kinds() -> list[tuple[str, str]]:
    return [(value, _(name)) for value, name in KINDS.items()]


def blueprint(console: Console) -> Blueprint:
    """GET /console/residents, …/<pid>, …/<pid>/temperatures.svg; POST …/search, …/<pid>/reveal, …/<pid>/orders/<name>,
    …/<pid>/withdraw."""
    routes = Blueprint("residents", __name__)
    ctx = console.ctx

    def search(visit: Visit) -> ResponseReturnValue:
        return page_of("worker/search.html", kinds=_kinds(), found=None)

    def found(visit: Visit) -> ResponseReturnValue:
        """The number stands in the body of a POST, and nowhere else."""
        try:
            people = find(ctx, visit.staff, request.form.get("text", ""), request.form.get("kind", ""))
        except Refused as refused:
            return page_of("worker/search.html", kinds=_kinds(), found=None, refused=refused)
        rows = [page.row(ctx, each) for each in people]
        return page_of("worker/search.html", kinds=_kinds(), found=rows, most=MOST_SHOWN, pid_text=pid_text)

    def show(visit: Visit, pid: str) -> ResponseReturnValue:
        return page_of("worker/resident.html", **page.whole(ctx, visit, pid_in(pid)))

    def chart(visit: Visit, pid: str) -> ResponseReturnValue:
        person = ctx.people.read([pid_in(pid)])[pid_in(pid)]
        if not any(visit.sees(each, target_of(person)) for each in LOOKS):
            raise Refused("scope")
        response = Response(temperatures(readings(person.history), visit.now), mimetype="image/svg+xml")
        response.headers["Content-Security-Policy"] = SVG_POLICY
        return response

    console.add(routes, "/residents", search, *LOOKS)
    console.add(routes, "/residents/search", found, *LOOKS, methods=("POST",))
    console.add(routes, "/residents/<pid>", show, *LOOKS)
    console.add(routes, "/residents/<pid>/temperatures.svg", chart, *LOOKS)
    _add_acts(console, routes)
    return routes


def _add_acts(console: Console, routes: Blueprint) -> None:
    """What is done to one of them."""
    ctx = console.ctx

    def reveal(visit: Visit, pid: str) -> ResponseReturnValue:
        person = looked_at(ctx, visit.staff, pid_in(pid), reason_of(request.form.get("reason", "")), "reveal")
        return page_of("worker/revealed.html", who=person.identity, person=person, pid=pid)

    def order(visit: Visit, pid: str, name: str) -> ResponseReturnValue:
        back = url_for("console.residents.show", pid=pid)
        return tried(lambda: orders.give(ctx, visit.staff, pid_in(pid), name), back, "ordered")

    def withdraw(visit: Visit, pid: str) -> ResponseReturnValue:
        back, form = url_for("console.residents.show", pid=pid), request.form
        return tried(lambda: propose(visit, pid, form.get("of", ""), form.get("reason", "")), back, "proposed")

    def propose(visit: Visit, pid: str, of: str, reason: str) -> None:
        submit(ctx, visit.staff, pid_in(pid), of, reason_of(reason))

    console.add(routes, "/residents/<pid>/reveal", reveal, *LOOKS, methods=("POST",))
    console.add(routes, "/residents/<pid>/orders/<name>", order, *DOES, methods=("POST",))
    console.add(routes, "/residents/<pid>/withdraw", withdraw, Action.SUBMIT_WITHDRAWAL, methods=("POST",))
