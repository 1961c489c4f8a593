"""/connect/oauth2/authorize: the page that sends a person back to the account's own page with a code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import flask

from sandbox.oauth import SCOPES
from sandbox.phones import Phone
from sandbox.world import World

PATH = "/connect/oauth2/authorize"
COOKIE = "sandbox_phone"
_STATE = re.compile(r"[A-Za-z0-9]{0,128}")
_PHONES_SHOWN = 100


class _Refused(Exception):
    """The number and text of WeChat's error page."""


def blueprint(world: World) -> flask.Blueprint:
    """The page. The phone is that of the query or cookie `sandbox_phone`; without one, it is asked for."""
    routes = flask.Blueprint("authorize", __name__)

    @routes.route(PATH, methods=["GET", "POST"])
    def authorize() -> flask.typing.ResponseReturnValue:
        query = flask.request.args.to_dict()
        back = _checked(world, query)
        phone = _phone(world)
        if phone is None:
            listed = [(one.name, _here(query, one)) for one in world.phones.all()[:_PHONES_SHOWN]]
            return flask.render_template("authorize.html", account=world.account.account_name, phones=listed)
        if query["scope"] == "snsapi_userinfo" and flask.request.form.get("answer") != "allow":
            if flask.request.form.get("answer") == "deny":
                return _page("你已拒绝授权", 403)
            return flask.render_template(
                "authorize.html", account=world.account.account_name, phone=phone, here=_here(query, phone)
            )
        snapshot = world.traits.of(phone.openid).snapshot
        code = world.oauth.code(phone.openid, query["scope"], snapshot, world.clock.now())
        return flask.redirect(_with(back, code=code, state=query.get("state", "")))

    @routes.errorhandler(_Refused)
    def refused(error: _Refused) -> flask.typing.ResponseReturnValue:
        return _page(str(error), 400)

    return routes


def _checked(world: World, query: Mapping[str, str]) -> str:
    """The address to go back to. Raises _Refused with the number that WeChat's own page shows."""
    if query.get("appid") != world.account.app_id:
        raise _Refused("10013 appid 参数错误")
    if query.get("response_type") != "code":
        raise _Refused("10004 response_type 参数错误")
    if query.get("scope") not in SCOPES:
        raise _Refused("10005 scope 参数错误或没有 scope 权限")
    if not _STATE.fullmatch(query.get("state", "")):
        raise _Refused("10015 state 参数错误：只能是 128 个以内的字母和数字")
    back = query.get("redirect_uri", "")
    parts = urlsplit(back)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Refused("10003 redirect_uri 参数错误")
    if world.account.hosts and not {parts.netloc, parts.hostname} & set(world.account.hosts):
        raise _Refused("10003 redirect_uri 域名与后台配置不一致")
    return back


def _phone(world: World) -> Phone | None:
    named = flask.request.args.get(COOKIE) or flask.request.cookies.get(COOKIE, "")
    return world.phones.by_id(named) if named else None


def _here(query: Mapping[str, str], phone: Phone) -> str:
    return f"{PATH}?{urlencode({**query, COOKIE: phone.id})}"


def _with(address: str, **more: str) -> str:
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *more.items()])
    return urlunsplit(parts._replace(query=query, fragment=""))


def _page(text: str, status: int) -> flask.typing.ResponseReturnValue:
    return flask.render_template("authorize.html", error=text), status
