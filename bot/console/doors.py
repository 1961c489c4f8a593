"""The console's doors. Every page and every action is added here, and says who may come in.

A view is called with the visit first, then with the parts of its address. It returns a page or a response; what it
refuses (`Refused`) is told with 403, and a POST comes only from our own forms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from bot.assets import Assets
from bot.console import prose
from bot.console.visits import COOKIE, Visit, visit_of
from bot.pages import asked_language
from channel.languages import LANGUAGES
from domain.roles import Action, Refused, Staff, holds
from store.limits import Limit
from worker.context import Context

View = Callable[..., ResponseReturnValue]
LANGUAGE_COOKIE = "yima_language"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
BODY_BYTES = 65_536
BUSY = Limit("console", 1_500, timedelta(minutes=5))
"""Requests of one session: more than any hand makes with several pages open that update themselves."""


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in: whoever holds one of `actions` somewhere; with none of them any member of the staff."""

    actions: tuple[Action, ...]
    methods: frozenset[str]
    public: bool = False
    """Nobody has to be signed in."""
    audited: bool = True
    """Whether an auditor may read it."""

    def lets_in(self, staff: Staff) -> bool:
        if not self.actions or any(holds(staff, each) for each in self.actions):
            return True
        return self.audited and self.methods <= READS and holds(staff, Action.READ_AUDIT)


@dataclass(frozen=True, slots=True)
class Console:
    """What the page families are made with."""

    ctx: Context
    assets: Assets
    doors: dict[str, Door] = field(default_factory=dict)
    """By endpoint, as Flask calls it."""

    def add(
        self,
        routes: Blueprint,
        rule: str,
        view: View,
        *actions: Action,
        methods: Sequence[str] = ("GET",),
        audited: bool = True,
        body_bytes: int = BODY_BYTES,
    ) -> None:
        """Add a view behind a door. It is `audited` unless what a GET gives is for nobody but those with the action;
        `body_bytes` is the most that a form may bring."""
        door = Door(actions, frozenset(methods), audited=audited)

        def behind(**parts: Any) -> ResponseReturnValue:
            return self._enter(door, view, body_bytes, parts)

        self._register(routes, rule, view, door, behind)

    def add_public(self, routes: Blueprint, rule: str, view: View, *, methods: Sequence[str] = ("GET",)) -> None:
        """Add a view that nobody has to be signed in for; it is called without a visit and guards itself."""

        def open_to_all(**parts: Any) -> ResponseReturnValue:
            g.console_language = language_of(None)
            if request.method not in READS and not from_our_page():
                return page_of("stale.html", status=400)
            return view(**parts)

        self._register(routes, rule, view, Door((), frozenset(methods), public=True), open_to_all)

    def lets_in(self, endpoint: str, staff: Staff) -> bool:
        """Whether somebody may go to a page, named as in the navigation: family and view."""
        return self.doors[f"console.{endpoint}"].lets_in(staff)

    def _register(self, routes: Blueprint, rule: str, view: View, door: Door, behind: View) -> None:
        name = view.__name__
        self.doors[f"console.{routes.name}.{name}"] = door
        routes.add_url_rule(rule, name, behind, methods=list(door.methods))

    def _enter(self, door: Door, view: View, body_bytes: int, parts: dict[str, Any]) -> ResponseReturnValue:
        request.max_content_length = body_bytes
        visit = visit_of(self.ctx, request.cookies.get(COOKIE, ""))
        g.console_language = language_of(visit)
        if visit is None:
            return to_sign_in()
        g.console_visit = visit
        if self.ctx.limits.attempt(BUSY, visit.session.tag, visit.now) is None:
            return page_of("busy.html", status=429)
        if not door.lets_in(visit.staff):
            return refusal(Refused("role"))
        if request.method not in READS and not (from_our_page() and visit.genuine(request)):
            return page_of("stale.html", status=400)
        try:
            return view(visit, **parts)
        except Refused as refused:
            return refusal(refused)


def language_of(visit: Visit | None) -> str:
    """What the session says, or the browser."""
    chosen = visit.language if visit else request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else asked_language()


def to_sign_in() -> Response:
    """The way back is kept where the request only looked at something."""
    way_back = f"?next={quote(request.full_path.rstrip('?'))}" if request.method == "GET" else ""
    address = f"/console/sign-in{way_back}"
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": address})
    return Response(status=303, headers={"Location": address})


def page_of(template: str, status: int = 200, **values: Any) -> Response:
    """A page as a response."""
    return Response(prose.render(template, **values), status, mimetype="text/html")


def refusal(refused: Refused) -> Response:
    """Why not, in the reader's words."""
    return page_of("refused.html", status=403, refused=refused)


def inside(address: str) -> bool:
    """Whether an address is a page of the console and nothing else."""
    return address.startswith("/console/") and not any(each in address for each in ("\\", "//", "\n", "\r"))


def way_back(wanted: str = "") -> str:
    """Where to go once signed in: what `next` of the request says, if it is a page of the console."""
    address = wanted or request.values.get("next", "")
    return address if inside(address) else "/console/"


def from_our_page() -> bool:
    """Whether a POST comes from a page of ours, as far as the browser says."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def page_in(wanted: str, total: int, size: int) -> tuple[int, dict[str, Any]]:
    """Where the page asked for begins in a list of so many, and `before` and `after` for `m.pages`: their addresses,
    with all else that the address says, or empty."""
    pages = max(1, -(-total // size))
    page = min(max(int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 else 1, 1), pages)

    def address(number: int) -> str:
        return f"{request.path}?{urlencode({**request.args, 'page': number})}" if 1 <= number <= pages else ""

    return (page - 1) * size, {"before": address(page - 1), "after": address(page + 1), "page": f"{page} / {pages}"}
