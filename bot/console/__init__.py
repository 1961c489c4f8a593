"""/console: the pages of the staff. A family of pages is one module or folder; all of them are wired here."""

from __future__ import annotations

import logging
from typing import cast

from flask import Blueprint, Flask, Response, g
from flask.blueprints import BlueprintSetupState
from redis.exceptions import RedisError

from bot.assets import Assets
from bot.console import (
    aliases,
    appeals,
    audit,
    broadcasts,
    calls,
    cards,
    clients,
    communities,
    entrance,
    exports,
    house,
    imports,
    lists,
    me,
    organisations,
    overview,
    prose,
    reminders,
    residents,
    signing,
    staff,
    tasks,
    today,
    venues,
    wards,
    wechat,
    withdrawals,
    works,
)
from bot.console.doors import Console, page_of
from bot.console.naming import role_name, scope_name
from bot.console.navigation import NAVIGATION
from channel.languages import LANGUAGES
from domain.facts import SHANGHAI
from worker.context import Context
from worker.operate.asking import WHY

log = logging.getLogger(__name__)

__all__ = ["blueprint"]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)


FAMILIES = (
    entrance.blueprint,
    signing.blueprint,
    wechat.blueprint,
    me.blueprint,
    today.blueprint,
    calls.blueprint,
    tasks.blueprint,
    residents.blueprint,
    appeals.blueprint,
    lists.blueprint,
    withdrawals.blueprint,
    wards.blueprint,
    cards.blueprint,
    communities.blueprint,
    overview.blueprint,
    broadcasts.blueprint,
    reminders.blueprint,
    exports.blueprint,
    imports.blueprint,
    works.blueprint,
    venues.blueprint,
    aliases.blueprint,
    organisations.blueprint,
    staff.blueprint,
    clients.blueprint,
    audit.blueprint,
    house.blueprint,
)
"""Every family of pages, one line each."""


def blueprint(ctx: Context, assets: Assets) -> Blueprint:
    """Everything below /console."""
    console = Console(ctx, assets)
    routes = Blueprint("console", __name__, url_prefix="/console")
    for family in FAMILIES:
        routes.register_blueprint(family(console))
    routes.record_once(lambda state: _set_up(state, console))
    framed = ctx.settings.sandbox or "'none'"

    @routes.after_request
    def guard(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", f"{POLICY}; frame-ancestors {framed}")
        # With no-referrer, browsers would say of our own forms that they come from nowhere.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if ctx.settings.public_url.startswith("https:"):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if ctx.settings.sandbox:
            response.headers["X-Frame-Options"] = "ALLOWALL"
        return response

    @routes.errorhandler(RedisError)
    def away(error: RedisError) -> Response:
        log.warning("the console cannot read: %s", type(error).__name__)
        return page_of("away.html", status=503)

    return routes


def _set_up(state: BlueprintSetupState, console: Console) -> None:
    """The templates, with what every page uses."""
    app = cast(Flask, state.app)
    app.extensions["console"] = prose.environment(
        app.jinja_env,
        asset=console.assets.address,
        visit=lambda: g.get("console_visit"),
        language=prose.language_now,
        languages=LANGUAGES,
        navigation=lambda: [each for each in NAVIGATION if console.lets_in(each.endpoint, g.console_visit.staff)],
        why=_why,
        shanghai=SHANGHAI,
        role_name=role_name,
        scope_name=scope_name,
    )
    app.extensions["console.doors"] = console.doors


def _why(reason: str) -> str:
    """What a refusal's code means, in the reader's language."""
    chinese, _dot, english = WHY.get(reason, reason).partition(" · ")
    return english if english and prose.language_now() != "zh" else chinese
