"""/sns/…: codes of the web authorisation are exchanged, and asked about."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.errors import ApiError
from sandbox.platform.credentials import check_secret
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request
from sandbox.world import World


def _exchange(world: World, request: Request) -> Answer:
    if request.query.get("grant_type") != "authorization_code":
        raise ApiError(40002)
    check_secret(world, request.query)
    return world.oauth.exchange(request.query.get("code", ""), request.now)


def _refresh(world: World, request: Request) -> Answer:
    if request.query.get("grant_type") != "refresh_token":
        raise ApiError(40002)
    if request.query.get("appid") != world.account.app_id:
        raise ApiError(40013 if request.query.get("appid") else 41002)
    return world.oauth.refresh(request.query.get("refresh_token", ""), request.now)


def _person(world: World, request: Request) -> Answer:
    """Since 2021 names and pictures are the same for all, until the person chooses to show them."""
    grant = world.oauth.check(request.query, request.now)
    if grant.scope != "snsapi_userinfo":
        raise ApiError(48001)
    empty = dict.fromkeys(("province", "city", "country", "headimgurl"), "")
    return {"openid": grant.openid, "nickname": "微信用户", "sex": 0, **empty, "privilege": []}


def _check(world: World, request: Request) -> Answer:
    world.oauth.check(request.query, request.now)
    return OK


ENDPOINTS: Mapping[str, Endpoint] = {
    "/sns/oauth2/access_token": Endpoint("GET", _exchange, needs_token=False),
    "/sns/oauth2/refresh_token": Endpoint("GET", _refresh, needs_token=False),
    "/sns/userinfo": Endpoint("GET", _person, needs_token=False),
    "/sns/auth": Endpoint("GET", _check, needs_token=False),
}
