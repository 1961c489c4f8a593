"""My account: who I am here, what I may do, and where I am signed in."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.visits import Visit


def blueprint(console: Console) -> Blueprint:
    """GET /console/me."""
    routes = Blueprint("me", __name__)

    def show(visit: Visit) -> ResponseReturnValue:
        sessions = console.ctx.console_sessions.of(visit.staff.id, visit.now)
        return page_of("me.html", sessions=sessions)

    console.add(routes, "/me", show)
    return routes
