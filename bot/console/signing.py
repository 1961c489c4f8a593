"""Signing in: a QR that WeChat scans, or password and authenticator; and setting those up by a code."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError

from bot.console.doors import Console, page_of, way_back
from bot.console.pictures import qr_data
from bot.console.visitors import let_in, visitor_of
from bot.pages import moved
from channel.platform import SendError
from domain.roles import Refused
from flows.staff import SIGN_IN
from store.console_sessions import Way
from store.console_tickets import LIVES, ConsoleTickets, Ticket
from store.limits import Limit
from worker.context import Context
from worker.signing.enrolling import enrol as set_up
from worker.signing.enrolling import open_offer
from worker.signing.entry import Visitor, by_password, enter
from worker.signing.proofs import address_of

log = logging.getLogger(__name__)

WAITING_COOKIE = "yima_waiting"
QRS = Limit("sign-in codes", 30, timedelta(minutes=10))
"""Calls to the platform that one source may cause."""


def blueprint(console: Console) -> Blueprint:
    """/console/sign-in: GET the page, POST password; …/new a new QR, …/collect asks whether it was scanned; /enrol."""
    routes = Blueprint("signing", __name__)
    ctx = console.ctx

    def sign_in() -> ResponseReturnValue:
        return _page(ctx)

    def password() -> ResponseReturnValue:
        form = request.form
        try:
            entered = by_password(
                ctx, form.get("id", "").strip().lower(), form.get("password", ""), form.get("code", ""), _visitor(ctx)
            )
        except Refused as refused:
            return _page(ctx, 429 if refused.reason == "sign_in_too_often" else 403, refused.reason)
        return let_in(ctx, moved(way_back()), entered)

    def collect() -> ResponseReturnValue:
        return _collected(ctx)

    def new_code() -> ResponseReturnValue:
        response = moved(url_for("console.signing.sign_in", next=way_back()))
        response.delete_cookie(WAITING_COOKIE, path="/console/sign-in")
        return response

    def enrol() -> ResponseReturnValue:
        return page_of("enrol.html", id=request.args.get("id", ""), wrong="", offer=None)

    def enrolled() -> ResponseReturnValue:
        return _enrolled(ctx)

    console.add_public(routes, "/sign-in", sign_in)
    console.add_public(routes, "/sign-in", password, methods=("POST",))
    console.add_public(routes, "/sign-in/collect", collect, methods=("POST",))
    console.add_public(routes, "/sign-in/new", new_code, methods=("POST",))
    console.add_public(routes, "/enrol", enrol)
    console.add_public(routes, "/enrol", enrolled, methods=("POST",))
    return routes


def _visitor(ctx: Context) -> Visitor:
    return visitor_of(ctx, request)


# --- the scan ---------------------------------------------------------------------------------------------------------


def _page(ctx: Context, status: int = 200, wrong: str = "") -> Response:
    """The page with a QR that waits: the one that this browser has already, while it lives."""
    cookie, url = _waiting(ctx)
    drawn = qr_data(url) if url else ""
    response = page_of("sign_in.html", status, wrong=wrong, qr=drawn, next=way_back(), in_wechat=_in_wechat(ctx))
    if cookie:
        secure = ctx.settings.public_url.startswith("https:")
        response.set_cookie(
            WAITING_COOKIE, cookie, path="/console/sign-in", httponly=True, secure=secure, samesite="Lax"
        )
    return response


def _in_wechat(ctx: Context) -> bool:
    """Whether WeChat can say whose browser this is; a sandbox's telephones always can."""
    return bool(ctx.settings.sandbox) or "MicroMessenger/" in request.headers.get("User-Agent", "")


def _waiting(ctx: Context) -> tuple[str, str]:
    """(cookie, what the QR holds); both empty where the platform makes none now: the password works all the same."""
    known, now = _ticket(ctx), ctx.clock.now()
    if known is not None and not known.staff and now < known.made + LIVES / 2:
        return request.cookies[WAITING_COOKIE], known.url
    visitor, code = _visitor(ctx), ConsoleTickets.new_code()
    if ctx.limits.attempt(QRS, visitor.source, now) is None:
        return "", ""
    try:
        url = ctx.platform().create_qr(SIGN_IN + code, int(LIVES.total_seconds()))
    except (SendError, RedisError) as error:
        log.warning("no QR to sign in with: %s", type(error).__name__)
        return "", ""
    return f"{code}~{ctx.console_tickets.put(code, url, visitor.address, visitor.browser, now)}", url


def _ticket(ctx: Context) -> Ticket | None:
    code, _, secret = request.cookies.get(WAITING_COOKIE, "").partition("~")
    return ctx.console_tickets.read(code, secret, ctx.clock.now()) if secret else None


def _collected(ctx: Context) -> Response:
    """204 while it waits; signed in once it was scanned; the page's QR is old when nothing waits any more."""
    by_script = "HX-Request" in request.headers
    code, _, secret = request.cookies.get(WAITING_COOKIE, "").partition("~")
    ticket = ctx.console_tickets.collect(code, secret, ctx.clock.now()) if secret else None
    if ticket is None:
        if not by_script:
            return moved(url_for("console.signing.sign_in", next=way_back()))
        return Response(status=204) if _ticket(ctx) else page_of("_sign_in_old.html", next=way_back())
    try:
        staff = ctx.staff.read(ticket.staff)
    except Refused:
        abort(403)
    entered = enter(ctx, staff, Way.SCAN, _visitor(ctx))
    response = Response(status=204, headers={"HX-Redirect": way_back()}) if by_script else moved(way_back())
    response.delete_cookie(WAITING_COOKIE, path="/console/sign-in")
    return let_in(ctx, response, entered)


# --- setting up -------------------------------------------------------------------------------------------------------


def _enrolled(ctx: Context) -> Response:
    """First the code, then beside the authenticator's QR the password and what the authenticator shows."""
    form, visitor = request.form, _visitor(ctx)
    id, code, wrong, offer = form.get("id", "").strip().lower(), form.get("enrolment", ""), "", None
    try:
        offer = open_offer(ctx, id, code, visitor)
        if "password" in form:
            if form["password"] != form.get("again"):
                raise Refused("password_again")
            entered = set_up(ctx, id, code, form["password"], form.get("code", ""), visitor)
            return let_in(ctx, moved(url_for("console.me.show")), entered)
    except Refused as refused:
        wrong = refused.reason
    shown = {"secret": offer.secret, "qr": qr_data(address_of(id, offer.secret))} if offer else None
    return page_of("enrol.html", 403 if wrong else 200, id=id, enrolment=code, wrong=wrong, offer=shown)
