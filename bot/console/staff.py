"""The staff: who works here and may do what; appointing, inviting, dismissing, deputies, hand-overs."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_in, page_of
from bot.console.me import day_in
from bot.console.naming import ROLES, role_name
from bot.console.visits import Visit
from bot.pages import moved
from domain.deputies import lendable
from domain.invites import told_code
from domain.roles import SCOPES, Action, Grant, Refused, Role, Staff
from domain.scopes import scope_of
from worker.context import Context
from worker.staff import staffing

NEEDED = Action.MANAGE_STAFF
PAGE = 100


def blueprint(console: Console) -> Blueprint:
    """GET /console/staff and /console/staff/<id>; POST below them."""
    routes = Blueprint("staff", __name__)
    ctx = console.ctx

    def everybody(visit: Visit) -> ResponseReturnValue:
        wanted = request.args.get("q", "").strip()
        found = [each for each in staffing.everybody(ctx, visit.staff) if _fits(each, wanted)]
        first, more = page_in(request.args.get("page", ""), len(found), PAGE)
        return page_of("staff.html", found=found[first : first + PAGE], total=len(found), q=wanted, **more)

    def add(visit: Visit) -> ResponseReturnValue:
        form = request.form
        made = staffing.add(
            ctx, visit.staff, form.get("id", "").strip(), form.get("name", ""), form.get("organisation", "")
        )
        return moved(url_for("console.staff.one", id=made.id, done="added"))

    def one(visit: Visit, id: str) -> ResponseReturnValue:
        return _page(ctx, visit, id)

    console.add(routes, "/staff", everybody, NEEDED)
    console.add(routes, "/staff/add", add, NEEDED, methods=("POST",))
    console.add(routes, "/staff/<id>", one, NEEDED)
    _add_appointing(console, routes)
    _add_signing_in(console, routes)
    _add_moving(console, routes)
    return routes


def _add_appointing(console: Console, routes: Blueprint) -> None:
    ctx = console.ctx

    def grant(visit: Visit, id: str) -> ResponseReturnValue:
        role = role_in(request.form.get("role", ""))
        given = Grant(role, scope_of(request.form.get("scope", "").strip(), SCOPES[role]))
        staffing.grant(ctx, visit.staff, id, given)
        return moved(url_for("console.staff.one", id=id, done="granted"))

    def revoke(visit: Visit, id: str) -> ResponseReturnValue:
        role = request.form.get("role", "")
        staffing.revoke(ctx, visit.staff, id, role_in(role) if role else None)
        return moved(url_for("console.staff.one", id=id, done="revoked"))

    console.add(routes, "/staff/<id>/grant", grant, NEEDED, methods=("POST",))
    console.add(routes, "/staff/<id>/revoke", revoke, NEEDED, methods=("POST",))


def _add_signing_in(console: Console, routes: Blueprint) -> None:
    ctx = console.ctx

    def invite(visit: Visit, id: str) -> ResponseReturnValue:
        """Shown once, in the answer to the POST itself: nothing keeps the code."""
        return _page(ctx, visit, id, invitation=told_code(staffing.invite(ctx, visit.staff, id)))

    def password(visit: Visit, id: str) -> ResponseReturnValue:
        return _page(ctx, visit, id, enrolment=told_code(staffing.offer_password(ctx, visit.staff, id)))

    def unbind(visit: Visit, id: str) -> ResponseReturnValue:
        staffing.unbind(ctx, visit.staff, id)
        return moved(url_for("console.staff.one", id=id, done="unbound"))

    def end_sessions(visit: Visit, id: str) -> ResponseReturnValue:
        staffing.end_sessions(ctx, visit.staff, id)
        return moved(url_for("console.staff.one", id=id, done="ended"))

    console.add(routes, "/staff/<id>/invite", invite, NEEDED, methods=("POST",))
    console.add(routes, "/staff/<id>/password", password, NEEDED, methods=("POST",))
    console.add(routes, "/staff/<id>/unbind", unbind, NEEDED, methods=("POST",))
    console.add(routes, "/staff/<id>/sessions/end", end_sessions, NEEDED, methods=("POST",))


def _add_moving(console: Console, routes: Blueprint) -> None:
    ctx = console.ctx

    def deputy(visit: Visit, id: str) -> ResponseReturnValue:
        since, until = (day_in(request.form.get(name, "")) for name in ("since", "until"))
        staffing.appoint_deputy(ctx, visit.staff, id, request.form.get("deputy", ""), since, until)
        return moved(url_for("console.staff.one", id=id, done="deputy"))

    def end_deputy(visit: Visit, id: str) -> ResponseReturnValue:
        staffing.dismiss_deputy(ctx, visit.staff, id, request.form.get("deputy", ""))
        return moved(url_for("console.staff.one", id=id, done="deputy_ended"))

    def hand_over(visit: Visit, id: str) -> ResponseReturnValue:
        staffing.hand_over(ctx, visit.staff, id, request.form.get("to", ""))
        return moved(url_for("console.staff.one", id=id, done="handed_over"))

    console.add(routes, "/staff/<id>/deputy", deputy, NEEDED, methods=("POST",))
    console.add(routes, "/staff/<id>/deputy/end", end_deputy, NEEDED, methods=("POST",))
    console.add(routes, "/staff/<id>/hand-over", hand_over, NEEDED, methods=("POST",))


def role_in(text: str) -> Role:
    """Raises Refused (`role_scope`)."""
    try:
        return Role(text)
    except ValueError:
        raise Refused("role_scope", text) from None


def _page(ctx: Context, visit: Visit, id: str, invitation: str = "", enrolment: str = "") -> ResponseReturnValue:
    everybody = {each.id: each for each in staffing.everybody(ctx, visit.staff)}
    if id not in everybody:
        raise Refused("unknown_staff", id)
    who = everybody[id]
    return page_of(
        "staff_one.html",
        who=who,
        roles=[(role.value, role_name(role)) for role in ROLES],
        lends=bool(lendable(who)),
        deputies=staffing.deputies_of(ctx, id),
        sessions=ctx.console_sessions.of(id, visit.now),
        has_password=ctx.credentials.read(id) is not None,
        invitation=invitation,
        enrolment=enrolment,
        enrol_address=f"{ctx.settings.public_url}/console/enrol?id={id}",
    )


def _fits(who: Staff, wanted: str) -> bool:
    return not wanted or any(wanted in part for part in (who.id, who.name, who.organisation))
