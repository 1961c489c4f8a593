"""The account itself: its quotas, refused calls, tickets, the platform's addresses, and a look at the webhook."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import ApiError
from sandbox.platform.credentials import check_secret
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request, text
from sandbox.world import World

_ACTIONS = ("all", "dns", "ping")
_OPERATORS = ("DEFAULT", "CHINANET", "UNICOM", "CAP")
_PINGS = 4
_PATIENCE = 2.0


def _quota(world: World, request: Request) -> Answer:
    return {**OK, "quota": world.quota.look(text(request.document(), "cgi_path"), request.today)}


def _clear(world: World, request: Request) -> Answer:
    if text(request.document(), "appid") != world.account.app_id:
        raise ApiError(40013)
    world.quota.clear(request.today)
    return OK


def _clear_by_secret(world: World, request: Request) -> Answer:
    """The fields may stand in the query or in the body."""
    check_secret(world, {**request.query, **(request.document() if request.body else {})}, "appsecret")
    world.quota.clear(request.today)
    return OK


def _clear_path(world: World, request: Request) -> Answer:
    world.quota.clear_path(text(request.document(), "cgi_path"), request.today)
    return OK


def _refusal(world: World, request: Request) -> Answer:
    return {**OK, "request": world.refusals.find(text(request.document(), "rid"), request.now)}


def _addresses(_world: World, _request: Request) -> Answer:
    return {"ip_list": ["127.0.0.1"]}


def _check_webhook(world: World, request: Request) -> Answer:
    document = request.document()
    action, operator = text(document, "action"), text(document, "check_operator")
    if action not in _ACTIONS:
        raise ApiError(40202)
    if operator not in _OPERATORS:
        raise ApiError(40203)
    url = urlsplit(world.webhook)
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(url.hostname, port, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise ApiError(40201) from error
    dns = [{"ip": ip, "real_operator": operator} for ip in sorted(found)]
    ping = [_ping(ip, port, operator) for ip in sorted(found)] if action != "dns" else []
    return {**({"dns": dns} if action != "ping" else {}), **({"ping": ping} if action != "dns" else {})}


def _ping(ip: str, port: int, operator: str) -> dict[str, Any]:
    """Connect a few times to where pushes go: the share that failed, and the mean time of the others."""
    took = []
    for _ in range(_PINGS):
        began = time.monotonic()
        try:
            socket.create_connection((ip, port), _PATIENCE).close()
            took.append(time.monotonic() - began)
        except OSError:
            continue
    lost = 100 * (_PINGS - len(took)) // _PINGS
    mean = f"{1000 * sum(took) / len(took):.3f}ms" if took else ""
    return {"ip": ip, "from_operator": operator, "package_loss": f"{lost}%", "time": mean}


def _ticket(world: World, request: Request) -> Answer:
    value, left = world.tickets.get(request.query.get("type", ""), request.now)
    return {**OK, "ticket": value, "expires_in": left}


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/openapi/quota/get": Endpoint("POST", _quota),
    "/cgi-bin/openapi/quota/clear": Endpoint("POST", _clear_path),
    "/cgi-bin/openapi/rid/get": Endpoint("POST", _refusal),
    "/cgi-bin/clear_quota": Endpoint("POST", _clear),
    "/cgi-bin/clear_quota/v2": Endpoint("POST", _clear_by_secret, needs_token=False),
    "/cgi-bin/getcallbackip": Endpoint("GET", _addresses),
    "/cgi-bin/get_api_domain_ip": Endpoint("GET", _addresses),
    "/cgi-bin/callback/check": Endpoint("POST", _check_webhook),
    "/cgi-bin/ticket/getticket": Endpoint("GET", _ticket),
}
