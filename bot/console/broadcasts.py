"""Broadcasts: draft, preview on one's own phone, submit; another approves; progress, stop and go on, correct, report.

The audience of a province is counted in minutes: the bulk worker counts a new draft and sends its author the preview.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.broadcast_words import ROUTES, mark_words, state_words
from bot.console.divisions import choices, division_in
from bot.console.doors import Console, page_of
from bot.console.prose import _
from bot.console.visits import Visit
from bot.pages import moved
from domain.broadcasts.audience import Audience
from domain.broadcasts.broadcast import OVER, Broadcast, Route
from domain.broadcasts.content import Card, Content, Picture, Template, Text, as_text
from domain.facts import SHANGHAI
from domain.notice import Colour
from domain.roles import Action, Refused
from worker.broadcasts import deciding
from worker.broadcasts.calling import platform_of
from worker.broadcasts.deciding import Draft
from worker.broadcasts.telling import name_of, report
from worker.context import Context
from worker.queues import BROADCASTS

READS = (Action.BROADCAST_DRAFT, Action.BROADCAST_APPROVE)
BODY_BYTES = deciding.PICTURE_BYTES + 65_536
LATEST = 50
_REF = re.compile(r"[A-Za-z0-9]{12}")


def blueprint(console: Console) -> Blueprint:
    """GET and POST /console/broadcasts, GET …/<number>; POST …/<number>/<what is to be done>."""
    routes = Blueprint("broadcasts", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        return page_of("broadcasts.html", latest=ctx.broadcasts.latest(LATEST), **_common(ctx, visit))

    def draft(visit: Visit) -> ResponseReturnValue:
        corrects = request.form.get("corrects", "")
        given = _draft()
        if corrects.isdecimal():
            made = deciding.correct(ctx, visit.staff, int(corrects), given)
        else:
            made = deciding.draft(ctx, visit.staff, given)
        ctx.broadcasts.look_after(made.number)
        ctx.waker.start(BROADCASTS, str(made.number))
        return moved(url_for("console.broadcasts.one", number=made.number))

    def one(visit: Visit, number: int) -> ResponseReturnValue:
        broadcast = ctx.broadcasts.read(number)
        template = "_broadcast.html" if "HX-Request" in request.headers else "broadcast_one.html"
        return page_of(template, **_shown(ctx, broadcast), **_common(ctx, visit))

    console.add(routes, "/broadcasts", listed, *READS)
    console.add(routes, "/broadcasts", draft, Action.BROADCAST_DRAFT, methods=("POST",), body_bytes=BODY_BYTES)
    console.add(routes, "/broadcasts/<int:number>", one, *READS)
    _add_deciding(console, routes)
    return routes


def _add_deciding(console: Console, routes: Blueprint) -> None:
    ctx = console.ctx

    def preview(visit: Visit, number: int) -> Broadcast:
        return deciding.preview(ctx, platform_of(ctx, 1), visit.staff, number)

    def submit(visit: Visit, number: int) -> Broadcast:
        return deciding.submit(ctx, visit.staff, number)

    def approve(visit: Visit, number: int) -> Broadcast:
        return deciding.approve(ctx, visit.staff, number)

    def reject(visit: Visit, number: int) -> Broadcast:
        return deciding.reject(ctx, visit.staff, number, _reason())

    def schedule(visit: Visit, number: int) -> Broadcast:
        return deciding.start(ctx, visit.staff, number, _instant(request.form.get("at", "")))

    def pause(visit: Visit, number: int) -> Broadcast:
        return deciding.pause(ctx, visit.staff, number)

    def resume(visit: Visit, number: int) -> Broadcast:
        return deciding.resume(ctx, visit.staff, number)

    def cancel(visit: Visit, number: int) -> Broadcast:
        return deciding.cancel(ctx, visit.staff, number, _reason())

    for act in (preview, submit, schedule, pause, resume, cancel):
        _add(console, routes, act, Action.BROADCAST_DRAFT)
    for act in (approve, reject):
        _add(console, routes, act, Action.BROADCAST_APPROVE)


def _add(console: Console, routes: Blueprint, act: Callable[[Visit, int], Broadcast], action: Action) -> None:
    """A button: what it does, then back to the page."""

    def done(visit: Visit, number: int) -> ResponseReturnValue:
        act(visit, number)
        return moved(url_for("console.broadcasts.one", number=number, done=act.__name__))

    done.__name__ = act.__name__
    console.add(routes, f"/broadcasts/<int:number>/{act.__name__}", done, action, methods=("POST",))


def _common(ctx: Context, visit: Visit) -> dict[str, Any]:
    return {
        "states": state_words(),
        "routes": [(route.value, _(text)) for route, text in ROUTES.items()],
        "divisions": choices(visit.staff, *READS),
        "colours": [each.value for each in (Colour.RED, Colour.YELLOW, Colour.GREY, Colour.GREEN)],
        "ref": ctx.works.new_name(),
        "text_of": as_text,
        "name_of": lambda id: name_of(ctx, id),
        "now": visit.now,
    }


def _shown(ctx: Context, broadcast: Broadcast) -> dict[str, Any]:
    told = report(ctx, broadcast)
    shares = [
        (mark_words(mark.value), number) for mark, number in sorted(told.marks.items(), key=lambda each: -each[1])
    ]
    left_out = [(mark_words(why), number) for why, number in broadcast.left_out.items()]
    plan = ctx.broadcasts.plan(broadcast.number)
    return {
        "broadcast": broadcast,
        "plan": plan,
        "unreachable": [(mark_words(why), number) for why, number in plan.unreachable.items()] if plan else [],
        "report": told,
        "rows": shares + left_out,
        "percent": (told.total - told.left) * 100 // told.total if told.total else 0,
        "over": broadcast.state in OVER,
        "control": ctx.broadcasts.control(broadcast.number),
    }


# --- the form --------------------------------------------------------------------------------------------------------


def _draft() -> Draft:
    """Raises Refused."""
    form, ref = request.form, request.form.get("ref", "")
    if not _REF.fullmatch(ref):
        raise Refused("form", "ref")
    content, picture = _content()
    days = form.get("silent_days", "0") or "0"
    audience = Audience(
        division_in(form.get("place", "64")),
        frozenset(_member(Colour, each) for each in form.getlist("colour")),
        int(days) if days.isascii() and days.isdecimal() and len(days) < 4 else -1,
    )
    route = Route.TEMPLATE if isinstance(content, Template) else _member(Route, form.get("route", ""))
    return Draft(content, audience, route, ref, "emergency" in form, _instant(form.get("at", "")), picture=picture)


def _content() -> tuple[Content, bytes]:
    form = request.form
    match form.get("content", ""):
        case "card":
            return Card(form.get("title", ""), form.get("description", ""), form.get("url", "")), b""
        case "picture":
            file = request.files.get("picture")
            raw = file.read() if file else b""
            return Picture(len(raw)), raw
        case "template":
            pairs = (line.partition("=") for line in form.get("values", "").splitlines() if "=" in line)
            values = {name.strip(): value.strip() for name, _sign, value in pairs}
            return Template(form.get("template", ""), values, form.get("template_url", "")), b""
        case _:
            return Text(form.get("text", "")), b""


def _reason() -> str:
    """Raises Refused (`no_reason`)."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise Refused("no_reason")
    return reason


def _instant(text: str) -> datetime | None:
    """What a `datetime-local` field gives; None for an empty one. Raises Refused (`form`)."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Refused("form", text) from None


Kind = TypeVar("Kind", Colour, Route)


def _member(kind: type[Kind], text: str) -> Kind:
    """Raises Refused (`form`)."""
    try:
        return kind(text)
    except ValueError:
        raise Refused("form", text) from None
