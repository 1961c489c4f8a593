"""/cgi-bin/token and /cgi-bin/stable_token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.errors import ApiError
from sandbox.platform.endpoint import Answer, Endpoint, Request, text
from sandbox.world import World


def _token(world: World, request: Request) -> Answer:
    _authenticate(world, request.query)
    value, life = world.tokens.fresh(request.now)
    return {"access_token": value, "expires_in": life}


def _stable_token(world: World, request: Request) -> Answer:
    document = request.document()
    _authenticate(world, document)
    force = document.get("force_refresh", False)
    if not isinstance(force, bool):
        raise ApiError(47001)
    value, left = world.tokens.stable(request.now, request.today.strftime("%Y-%m-%d"), force)
    return {"access_token": value, "expires_in": left}


def _authenticate(world: World, stated: Mapping[str, Any]) -> None:
    if text(stated, "grant_type") != "client_credential":
        raise ApiError(40002)
    app_id, secret = text(stated, "appid"), text(stated, "secret")
    if not app_id:
        raise ApiError(41002)
    if not secret:
        raise ApiError(41004)
    if app_id != world.account.app_id:
        raise ApiError(40013)
    if secret != world.account.app_secret:
        raise ApiError(40125)


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/token": Endpoint("GET", _token, needs_token=False),
    "/cgi-bin/stable_token": Endpoint("POST", _stable_token, needs_token=False),
}
