"""/cgi-bin/token and /cgi-bin/stable_token."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from sandbox.errors import ApiError
from sandbox.platform.endpoint import Answer, Endpoint, Request, text
from sandbox.world import World


def _token(world: World, request: Request) -> Answer:
    authenticate(world, request.query)
    value, life = world.tokens.fresh(request.now)
    return {"access_token": value, "expires_in": life}


def _stable_token(world: World, request: Request) -> Answer:
    document = request.document()
    authenticate(world, document)
    force = document.get("force_refresh", False)
    if not isinstance(force, bool):
        raise ApiError(47001)
    value, left = world.tokens.stable(request.now, request.today.strftime("%Y-%m-%d"), force)
    return {"access_token": value, "expires_in": left}


def check_address(world: World, address: str) -> None:
    """Raises ApiError 40164, or what the protection by confirmation says, for an address that may not fetch tokens."""
    allowed = world.account.ip_whitelist
    if not allowed or any(ipaddress.ip_address(address) in ipaddress.ip_network(one, strict=False) for one in allowed):
        return
    if world.account.ip_confirmation:
        raise ApiError(world.account.ip_confirmation)
    raise ApiError(40164, f"invalid ip {address} ipv6 ::ffff:{address}, not in whitelist")


def authenticate(world: World, stated: Mapping[str, Any]) -> None:
    """Check grant_type, appid and secret. Raises ApiError 40002, 41002, 41004, 40013, 40125."""
    if text(stated, "grant_type") != "client_credential":
        raise ApiError(40002)
    check_secret(world, stated)


def check_secret(world: World, stated: Mapping[str, Any], name: str = "secret") -> None:
    """Check appid and secret, the latter under a name. Raises ApiError 41002, 41004, 40013, 40125."""
    app_id, secret = text(stated, "appid"), text(stated, name)
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
