"""/upstream/…: an upstream authority that is polled, as docs/upstream.md describes it; a test fills and breaks it."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Any

import flask

from sandbox.clock import SHANGHAI
from sandbox.phone_api import BadRequest, body, text
from sandbox.world import World

_KINDS = ("cases", "contacts", "colours")
_MOST = 1_000


class _Authority:
    """Its batches, kept while the sandbox runs, and how it is to misbehave."""

    def __init__(self) -> None:
        self.batches: list[Mapping[str, Any]] = []
        self.status = 200
        self.seconds = 0.0
        self.asked = 0
        self.lock = Lock()


def blueprint(world: World) -> flask.Blueprint:
    """What a house polls, and under /sandbox/upstream what a test says."""
    routes, authority = flask.Blueprint("upstream", __name__), _Authority()

    @routes.get("/upstream/v1/changes")
    def changes() -> flask.typing.ResponseReturnValue:
        stated = flask.request.headers.get("Authorization", "")
        if not hmac.compare_digest(stated.encode(), f"Bearer {world.account.sms_key}".encode()):
            return {"error": "Authorization: Bearer and the key"}, 401
        authority.asked += 1
        time.sleep(authority.seconds)
        if authority.status != 200:
            return {"error": "as the test wants it"}, authority.status
        after = flask.request.args.get("after", "")
        first = int(after) if after.isdecimal() else 0
        with authority.lock:
            page = authority.batches[first : first + 10]
        return {"as_of": _now(world), "cursor": str(first + len(page)), "batches": page}

    @routes.post("/sandbox/upstream")
    def add() -> flask.typing.ResponseReturnValue:
        stated = body()
        kind, rows = text(stated, "kind"), stated.get("rows")
        if kind not in _KINDS or not isinstance(rows, list) or not 1 <= len(rows) <= _MOST:
            raise BadRequest(f"kind: one of {', '.join(_KINDS)}; rows: 1 to {_MOST} objects")
        with authority.lock:
            name = text(stated, "id") or f"batch-{len(authority.batches) + 1}"
            authority.batches.append({"id": name, "kind": kind, "rows": rows})
        return {"id": name}

    @routes.post("/sandbox/upstream/faults")
    def misbehave() -> flask.typing.ResponseReturnValue:
        stated = body()
        authority.status = int(stated.get("status", 200))
        authority.seconds = float(stated.get("seconds", 0))
        return {"asked": authority.asked}

    @routes.errorhandler(BadRequest)
    def bad(error: BadRequest) -> flask.typing.ResponseReturnValue:
        return {"error": str(error)}, 400

    return routes


def _now(world: World) -> str:
    return datetime.fromtimestamp(world.clock.now(), SHANGHAI).isoformat()
