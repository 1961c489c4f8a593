"""/code/at/<venue>: the page behind the code of a venue that asks for more than a scan. It belongs to the code page,
whose sign-in says who this is."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from bot.code_page import Door
from bot.code_page.routes import SESSION
from bot.code_page.visits import Stop, Stopped, Visit
from bot.pages import moved, render_page
from domain.gate import RECORD_ID
from domain.people import Claim
from domain.roles import Refused
from domain.venues import Proof, Spot, Venue
from worker.context import Context
from worker.gate import visiting
from worker.operate.asking import WHY

POLICY = "default-src 'none'; img-src data:; script-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'"


def blueprint(ctx: Context, door: Door) -> Blueprint:
    """GET the page, POST the visit."""
    routes = Blueprint("visiting", __name__)

    @routes.get("/code/at/<id>")
    def show(id: str) -> Response:
        venue = ctx.venues.read(id)
        if venue is None or venue.closed:
            return _page(None, WHY["no_such_venue"], 404)
        try:
            _who(door)
        except Stopped as stopped:
            if stopped.stop is Stop.NOBODY:
                return moved(_sign_in(door, id), 302)
            return _page(venue, _why(stopped.stop), 401, sign_in=_sign_in(door, id))
        return _page(venue)

    @routes.post("/code/at/<id>")
    def note(id: str) -> Response:
        ref = request.form.get("ref", "")
        try:
            visitor = _who(door)
            if RECORD_ID.fullmatch(ref) is None:
                raise Refused("bad_record")
            spot, told = _spot(), request.form.get("m", "")
            pid = visitor.people[0].known.pid
            venue = visiting.visit(ctx, id, pid, ref, visitor.now, spot, told)
        except Stopped as stopped:
            return _page(ctx.venues.read(id), _why(stopped.stop), 401, sign_in=_sign_in(door, id))
        except Refused as refused:
            return _page(None, WHY.get(refused.reason, refused.reason), 422)
        if not visiting.is_proved(ctx, venue, spot, told):
            return _page(venue, FAR if venue.proof is Proof.LOCATION else OLD, 422)
        return moved("/code")

    @routes.after_request
    def guarded(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return routes


FAR = "您的位置不在这个场所，已按未到场登记。请到现场再扫。 · You are not at this venue: it is noted as such."
OLD = "这个码已经换过，可能是转发的。请扫现场屏幕上的码。 · This code has changed since: scan the one on the screen."
NO_CODE = (
    "您还没有健康码。请回公众号发送“申报”，再扫一次。 · You have no code yet: declare in the chat, then scan again."
)
AWAY = "暂时查不到，请过一会儿再点一次。 · This cannot be looked up now: try again in a moment."
SIGN_IN = "请先登录，然后会回到这一页。 · Sign in first; you are led back to this page."


def _who(door: Door) -> Visit:
    """Raises Stopped, and where the account has nobody of its own."""
    visit = door.visit(request.cookies.get(SESSION, ""))
    if not visit.people or visit.people[0].relation or visit.people[0].known.claim is not Claim.BOUND:
        raise Stopped(Stop.NOT_FOLLOWING)
    return visit


def _why(stop: Stop) -> str:
    return {Stop.NOT_FOLLOWING: NO_CODE, Stop.AWAY: AWAY}.get(stop, SIGN_IN)


def _spot() -> Spot | None:
    try:
        return Spot(float(request.form["north"]), float(request.form["east"]))
    except (KeyError, ValueError):
        return None


def _sign_in(door: Door, id: str) -> str:
    """To WeChat and back to this page, with the mark that was scanned."""
    mark = request.values.get("m", "")
    back = f"at/{id}?m={mark}" if mark else f"at/{id}"
    return f"{door.page_url}/sign-in?{urlencode({'back': back})}"


def _page(venue: Venue | None, wrong: str = "", status: int = 200, sign_in: str = "") -> Response:
    page = render_page(
        "visit.html",
        venue=venue,
        wrong=wrong,
        sign_in=sign_in,
        ref=secrets.token_urlsafe(16),
        mark=request.values.get("m", ""),
        asks_where=venue is not None and venue.proof is Proof.LOCATION,
    )
    return Response(page, status)
