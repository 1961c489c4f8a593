"""/upstream/v1/…: an upstream authority hands in cases, contacts and colours. docs/upstream.md is the contract."""

from __future__ import annotations

import hmac
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from redis.exceptions import RedisError
from werkzeug.exceptions import RequestEntityTooLarge

from channel.clock import Clock
from domain.lists.rows import ListKind
from domain.roles import Refused
from store.lists import Lists
from store.proposals import Proposals
from store.staff import StaffRegistry
from worker.lists.upstream import BadBatch, answer, look_up, take

log = logging.getLogger(__name__)

BODY_BYTES = 1 << 20
_KEY = re.compile(r"[!-~]{1,128}")
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Counter:
    """What the endpoint works with."""

    lists: Lists
    proposals: Proposals
    staff: StaffRegistry
    clock: Clock


def blueprint(counter: Counter, key: str, pid_key: bytes) -> Blueprint:
    """The routes; without a key there are none."""
    routes = Blueprint("upstream", __name__, url_prefix="/upstream/v1")
    if not key:
        return routes

    @routes.before_request
    def authorise() -> Response | None:
        stated = request.headers.get("Authorization", "")
        if not hmac.compare_digest(stated.encode(), f"Bearer {key}".encode()):
            return _problem(401, "Authorization: Bearer and the key")
        request.max_content_length = BODY_BYTES
        return None

    @routes.post("/<any(cases, contacts, colours):kind>")
    def hand_in(kind: str) -> Response:
        name = request.headers.get("Idempotency-Key", "")
        if _KEY.fullmatch(name) is None:
            return _problem(400, "Idempotency-Key: 1 to 128 visible ASCII characters")
        if request.mimetype != "application/json":
            return _problem(415, "Content-Type: application/json")
        try:
            given = json.loads(request.get_data(cache=False))
        except (ValueError, RecursionError):
            return _problem(400, "the body is not JSON")
        return _json(202, answer(take(counter, pid_key, ListKind(kind), name, given)))

    @routes.get("/lists/<name>")
    def look(name: str) -> Response:
        return _json(200, answer(look_up(counter, name)))

    _handle_errors(routes)
    return routes


def _handle_errors(routes: Blueprint) -> None:
    @routes.errorhandler(BadBatch)
    def bad(why: BadBatch) -> Response:
        return _problem(why.status, str(why))

    @routes.errorhandler(Refused)
    def refused(why: Refused) -> Response:
        return _problem(403, "nobody registered the upstream authority, or it may not do this")

    @routes.errorhandler(RequestEntityTooLarge)
    def large(_: RequestEntityTooLarge) -> Response:
        return _problem(413, f"at most {BODY_BYTES} bytes")

    @routes.errorhandler(RedisError)
    def away(why: RedisError) -> Response:
        log.warning("a batch from upstream was not taken: %s", type(why).__name__)
        return _problem(503, "not now; the same again later, with the same Idempotency-Key")


def _problem(status: int, detail: str) -> Response:
    told = {"type": "about:blank", "title": _TITLES[status], "status": status, "detail": detail}
    return Response(json.dumps(told), status, mimetype="application/problem+json")


def _json(status: int, told: Mapping[str, Any]) -> Response:
    return Response(json.dumps(told, ensure_ascii=False), status, mimetype="application/json")
