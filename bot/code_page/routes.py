"""The addresses of the page.

`/code` the page, or the way in · `/code/sign-in` to WeChat · `/code/in` back from there · `/code/now` what the page
polls · `/code/record` the second tab · `/code/files/…` `/code/worker.js` what it is made of. All are relative to each
other, so that the house may live under a path.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request

from bot.code_page.cards import Card, Cards
from bot.code_page.files import Files
from bot.code_page.records import sections
from bot.code_page.seals import LASTS, STATE_LASTS, Way
from bot.code_page.visits import Door, Stop, Stopped, Visit
from bot.pages import moved, render_page
from channel.languages import CHINESE
from domain.facts import SHANGHAI
from flows.core import Desk

SESSION, STATE, BACK = "yima_code", "yima_state", "yima_back"
_PLACE = re.compile(r"at/[a-z0-9-]{2,24}(\?m=[0-9a-f]{16})?")
"""Where somebody may be led to after signing in: the page of a venue whose code they scanned. Nowhere else."""
LOOKED_UP = "Looked-Up-At"
"""Header of every answer to a look-up: the server's time, which a 304 has no body to tell."""
STATUS = {Stop.NOBODY: 401, Stop.LINK_OVER: 410, Stop.NOT_RETURNED: 400, Stop.PREVIEW: 403, Stop.NOT_FOLLOWING: 403}
STATUS[Stop.AWAY] = 503


@dataclass(frozen=True, slots=True)
class Page:
    """What the page is made of. `desk` gives what conversations may consult, for an account at an instant."""

    door: Door
    cards: Cards
    desk: Callable[[str, datetime], Desk]
    framed_by: str = ""
    """The address of the sandbox, whose phones show pages in a frame."""
    files: Files = field(default_factory=Files.read)

    @property
    def path(self) -> str:
        """Of the page, with the path of the house before it."""
        return urlsplit(self.door.page_url).path

    @property
    def policy(self) -> str:
        """Only our own script and style; a picture stands in the page itself."""
        framed = self.framed_by or "'none'"
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
            f"worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {framed}"
        )

    def visit(self) -> Visit:
        """Raises Stopped."""
        return self.door.visit(request.cookies.get(SESSION, ""))

    def now(self, visit: Visit) -> tuple[list[Card], dict[str, Any]]:
        """The cards, and what the script is told. `etag` changes with what is shown, not with when it was looked up.

        Raises Stopped.
        """
        cards = self.cards.of(visit, self.desk(visit.visitor.openid, visit.now))
        shown = {"people": [card.as_json() for card in cards]}
        etag = f'"{hashlib.sha256(_dumps(shown)).hexdigest()[:20]}"'
        return cards, {**shown, "etag": etag, "looked_up_at": visit.now.isoformat()}

    def remember(self, response: Response, name: str, value: str, seconds: float) -> None:
        """Set a cookie of the page, or with an empty value forget it."""
        secure = self.door.page_url.startswith("https:")
        age = int(seconds) if value else 0
        response.set_cookie(name, value, max_age=age, path=self.path, secure=secure, httponly=True, samesite="Lax")


def blueprint(page: Page) -> Blueprint:
    """All of the addresses."""
    routes = Blueprint("code_page", __name__)
    _add_the_way_in(routes, page)
    _add_what_is_shown(routes, page)
    _add_files(routes, page)
    routes.register_error_handler(Stopped, lambda error: _stopped(page, error.stop))
    routes.after_request(lambda response: _guarded(page, response))
    return routes


def _add_the_way_in(routes: Blueprint, page: Page) -> None:
    @routes.get("/code")
    def show() -> Response:
        if "k" in request.args:
            session = page.door.by_link(request.args["k"], request.cookies.get(SESSION, ""))
            return _let_in(page, session)
        try:
            visit = page.visit()
        except Stopped as stopped:
            if stopped.stop is not Stop.NOBODY:
                raise
            response = _send_off(page)
            if BACK in request.cookies:
                page.remember(response, BACK, "", 0)
            return response
        cards, told = page.now(visit)
        language = visit.session.language or CHINESE
        return _html(
            "code_page.html", language=language, page=page, cards=cards, told=told, now=visit.now, zone=SHANGHAI
        )

    @routes.get("/code/in")
    def come_in() -> Response:
        code, state = request.args.get("code", ""), request.args.get("state", "")
        session = page.door.by_wechat(code, state, request.cookies.get(STATE, ""))
        response = _let_in(page, session, request.cookies.get(BACK, ""))
        for name in (STATE, BACK):
            page.remember(response, name, "", 0)
        return response

    @routes.get("/code/sign-in")
    def sign_in() -> Response:
        response, back = _send_off(page), request.args.get("back", "")
        page.remember(response, BACK, back if _PLACE.fullmatch(back) else "", STATE_LASTS.total_seconds())
        return response


def _add_what_is_shown(routes: Blueprint, page: Page) -> None:
    @routes.get("/code/now")
    def now() -> Response:
        visit = page.visit()
        _, told = page.now(visit)
        unchanged = request.headers.get("If-None-Match") == told["etag"]
        response = Response(status=304) if unchanged else Response(_dumps(told), mimetype="application/json")
        response.headers["ETag"], response.headers[LOOKED_UP] = told["etag"], told["looked_up_at"]
        return response

    @routes.get("/code/record")
    def record() -> Response:
        visit = page.visit()
        if visit.visitor.way is Way.LINK:
            return _record(page, visit, [])
        desk, wanted = page.desk(visit.visitor.openid, visit.now), request.args.get("who", "")
        ids = {page.cards.seals.id(visit.visitor.openid, each.known.pid): each for each in visit.people}
        shown = ids.get(wanted, visit.people[0] if visit.people else None)
        return _record(page, visit, sections(visit, shown, desk), shown.known.profile.name if shown else "")


def _add_files(routes: Blueprint, page: Page) -> None:
    @routes.get("/code/files/<digest>/<name>")
    def file(digest: str, name: str) -> Response:
        return page.files.answer(digest, name) or abort(404)

    @routes.get("/code/worker.js")
    def worker() -> Response:
        response = page.files.worker()
        response.headers["Service-Worker-Allowed"] = page.path
        return response


def _let_in(page: Page, session: str, back: str = "") -> Response:
    """To the page itself, so that neither link nor code stays in the address; or back to the venue that sent them."""
    response = moved(f"{page.path}/{back}" if _PLACE.fullmatch(back) else page.path, 302)
    page.remember(response, SESSION, session, LASTS[Way.WECHAT].total_seconds())
    return response


def _send_off(page: Page) -> Response:
    address, state = page.door.send_off()
    response = moved(address, 302)
    page.remember(response, STATE, state, STATE_LASTS.total_seconds())
    return response


def _record(page: Page, visit: Visit, found: list[Any], name: str = "") -> Response:
    template = "_code_record.html" if "part" in request.args else "code_record.html"
    language = visit.session.language or CHINESE
    return _html(template, language=language, page=page, sections=found, name=name)


def _stopped(page: Page, stop: Stop) -> Response:
    """Why no code is shown: a page, or for the script its heart; whoever was let in before is so no more."""
    status = STATUS[stop]
    if request.path.endswith("/now") or "part" in request.args:
        response = _html("_code_stop.html", status, stop=stop)
    else:
        response = _html("code_stop.html", status, page=page, stop=stop)
    if stop is Stop.NOT_FOLLOWING:
        page.remember(response, SESSION, "", 0)
    return response


def _html(template: str, status: int = 200, language: str = "", **values: Any) -> Response:
    """A page, by default in the language of the browser.

    `root` leads to the folder of the page: from the address asked for, or for a part, from the page it is put in."""
    root = "" if request.path.endswith("/code") or template.startswith("_") else "../"
    return Response(render_page(template, language, root=root, **values), status, mimetype="text/html")


def _guarded(page: Page, response: Response) -> Response:
    response.headers["Content-Security-Policy"] = page.policy
    if page.framed_by:
        response.headers["X-Frame-Options"] = "ALLOWALL"
    return response


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
