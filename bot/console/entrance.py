"""Coming and going: the start page, signing in and out, the language."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import LANGUAGE_COOKIE, Console, inside
from bot.console.navigation import NAVIGATION
from bot.console.visits import COOKIE, Visit, visit_of
from bot.pages import moved
from channel.languages import LANGUAGES


def blueprint(console: Console) -> Blueprint:
    """GET /console/; POST /console/sign-out, /console/language."""
    routes = Blueprint("entrance", __name__)
    sessions = console.ctx.console_sessions

    def start(visit: Visit) -> ResponseReturnValue:
        first = next(each for each in NAVIGATION if console.lets_in(each.endpoint, visit.staff))
        return moved(url_for(f"console.{first.endpoint}"))

    def sign_out(visit: Visit) -> ResponseReturnValue:
        sessions.end(visit.staff.id, visit.session.tag)
        response = moved("/console/sign-in")
        response.delete_cookie(COOKIE, path="/")
        return response

    def language() -> ResponseReturnValue:
        return _in_language(console, request.form.get("to", ""))

    console.add(routes, "/", start)
    console.add(routes, "/sign-out", sign_out, methods=("POST",))
    console.add_public(routes, "/language", language, methods=("POST",))
    return routes


def _in_language(console: Console, wanted: str) -> Response:
    """Back to the page, in another language: of the session, and of the browser where there is none."""
    back = request.form.get("back", "")
    response = moved(back if inside(back) else "/console/")
    if wanted in LANGUAGES:
        visit = visit_of(console.ctx, request.cookies.get(COOKIE, ""))
        if visit is not None:
            console.ctx.console_sessions.change(replace(visit.session, language=wanted))
        secure = console.ctx.settings.public_url.startswith("https:")
        response.set_cookie(LANGUAGE_COOKIE, wanted, max_age=31_536_000, secure=secure, httponly=True, samesite="Lax")
    return response
