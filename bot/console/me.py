"""My account: who I am here, what I may do, where I am signed in, my password, and who stands in for me."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of, refusal
from bot.console.pictures import qr_data
from bot.console.visits import Visit
from bot.pages import moved
from domain.deputies import lendable
from domain.roles import Action, Refused
from store.changes import Act
from worker.signing.enrolling import offer
from worker.signing.proofs import address_of
from worker.staff import staffing

FRESH = timedelta(minutes=10)
"""How long after signing in somebody may set a password without being asked who they are once more."""


def blueprint(console: Console) -> Blueprint:
    """GET /console/me; POST below it ends sessions, sets a password, appoints and dismisses a deputy."""
    routes = Blueprint("me", __name__)
    ctx, sessions = console.ctx, console.ctx.console_sessions

    def show(visit: Visit) -> ResponseReturnValue:
        here = sessions.of(visit.staff.id, visit.now)
        deputies = staffing.deputies_of(ctx, visit.staff.id) if lendable(visit.staff) else []
        has_password = ctx.credentials.read(visit.staff.id) is not None
        return page_of("me.html", sessions=here, has_password=has_password, deputies=deputies)

    def end_session(visit: Visit) -> ResponseReturnValue:
        sessions.end(visit.staff.id, request.form.get("tag", ""))
        return moved(url_for("console.me.show", done="ended"))

    def end_others(visit: Visit) -> ResponseReturnValue:
        sessions.end_all(visit.staff.id, keep=visit.session.tag)
        return moved(url_for("console.me.show", done="ended"))

    def password(visit: Visit) -> ResponseReturnValue:
        if visit.now - visit.session.began > FRESH:
            return refusal(Refused("sign_in_again"))
        act = Act(visit.staff.id, "staff password", reason="for oneself", organisation=visit.staff.organisation)
        code = offer(ctx, visit.staff, visit.staff.id, act)
        offered = ctx.credentials.offered(visit.staff.id, code, visit.now)
        secret = offered.secret if offered else ""
        shown = {"secret": secret, "qr": qr_data(address_of(visit.staff.id, secret))}
        return page_of("enrol.html", id=visit.staff.id, enrolment=code, wrong="", offer=shown)

    def deputy(visit: Visit) -> ResponseReturnValue:
        since, until = (day_in(request.form.get(name, "")) for name in ("since", "until"))
        staffing.appoint_deputy(ctx, visit.staff, visit.staff.id, request.form.get("deputy", ""), since, until)
        return moved(url_for("console.me.show", done="deputy"))

    def end_deputy(visit: Visit) -> ResponseReturnValue:
        staffing.dismiss_deputy(ctx, visit.staff, visit.staff.id, request.form.get("deputy", ""))
        return moved(url_for("console.me.show", done="deputy_ended"))

    console.add(routes, "/me", show)
    console.add(routes, "/me/sessions/end", end_session, methods=("POST",))
    console.add(routes, "/me/sessions/others", end_others, methods=("POST",))
    console.add(routes, "/me/password", password, methods=("POST",))
    console.add(routes, "/me/deputy", deputy, Action.APPOINT_DEPUTY, methods=("POST",))
    console.add(routes, "/me/deputy/end", end_deputy, Action.APPOINT_DEPUTY, methods=("POST",))
    return routes


def day_in(text: str) -> date:
    """A day as a form gives it. Raises Refused (`bad_day`)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad_day") from None
