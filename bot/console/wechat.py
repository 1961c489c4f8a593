"""Signing in inside WeChat's own browser, where nobody can scan their own screen: WeChat says whose it is."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from bot.code_page.seals import STATE_LASTS, Seals
from bot.console.doors import Console, page_of, way_back
from bot.console.visitors import let_in, visitor_of
from bot.pages import moved
from channel.platform import SendError
from channel.platform.oauth import Authorization, BadCode, OnlyPreviewing
from domain.roles import Refused
from store.console_sessions import Way
from worker.context import Context
from worker.signing.entry import enter
from worker.staff.duties import on_duty

STATE_COOKIE = "yima_wechat"
PATH = "/console/sign-in/wechat"


def blueprint(console: Console) -> Blueprint:
    """GET /console/sign-in/wechat sends the browser to WeChat; …/back is where it comes back to."""
    routes = Blueprint("wechat", __name__)
    ctx, s = console.ctx, console.ctx.settings
    authorization = Authorization.of(s.sandbox, s.wechat_api_base, s.wechat_app_id, s.wechat_app_secret)
    seals = Seals(s.secret_key)

    def leave() -> ResponseReturnValue:
        state = seals.state(ctx.clock.now())
        response = moved(authorization.address(f"{s.public_url}{PATH}/back", state))
        kept, lasts = f"{state}~{way_back()}", int(STATE_LASTS.total_seconds())
        secure = s.public_url.startswith("https:")
        response.set_cookie(STATE_COOKIE, kept, path=PATH, max_age=lasts, httponly=True, secure=secure, samesite="Lax")
        return response

    def back() -> ResponseReturnValue:
        remembered, _, wanted = request.cookies.get(STATE_COOKIE, "").partition("~")
        state = request.args.get("state", "")
        ours = hmac.compare_digest(state.encode(), remembered.encode()) and seals.is_state(state, ctx.clock.now())
        if not ours:
            return _refused("sign_in_returned")
        return _entered(ctx, authorization, request.args.get("code", ""), wanted)

    console.add_public(routes, "/sign-in/wechat", leave)
    console.add_public(routes, "/sign-in/wechat/back", back)
    return routes


def _entered(ctx: Context, authorization: Authorization, code: str, wanted: str) -> Response:
    try:
        staff = on_duty(ctx, authorization.oauth_openid(code))
    except (BadCode, OnlyPreviewing):
        return _refused("sign_in_returned")
    except SendError:
        return _refused("sign_in_away")
    except Refused as refused:
        return _refused(refused.reason)
    response = let_in(ctx, moved(way_back(wanted)), enter(ctx, staff, Way.WECHAT, visitor_of(ctx, request)))
    response.delete_cookie(STATE_COOKIE, path=PATH)
    return response


def _refused(reason: str) -> Response:
    return page_of("sign_in_refused.html", 403, reason=reason, again=url_for("console.signing.sign_in"))
