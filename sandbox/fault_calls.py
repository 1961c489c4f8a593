"""Faults of the API: what a call gets instead of its answer, before or after the work was done."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import flask

from sandbox.calls import Kind as Recorded
from sandbox.errors import TEXTS, rid
from sandbox.fault_plan import Effect, Kind, When
from sandbox.server import CUT, Cut
from sandbox.world import World

_PREFIXES = ("/cgi-bin/", "/sns/", "/customservice/", "/wxaapi/", "/connect/")
_BAD_GATEWAY = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"
)
_PHRASES = {500: "500 Internal Server Error", 502: "502 Bad Gateway", 503: "503 Service Unavailable"}
_GARBAGE = bytes(range(255, 127, -1))


def install(app: flask.Flask, world: World) -> None:
    """Let the faults strike every call of the host side of `app`."""

    @app.before_request
    def before() -> flask.Response | None:
        request = flask.request
        if not request.path.startswith(_PREFIXES):
            return None
        effect = world.faults.call(request.path, lambda: _fields(request))
        if effect is None:
            return None
        flask.g.effect = effect
        flask.g.fault = described(effect)
        if effect.kind is Kind.STALL and effect.when is When.BEFORE:
            time.sleep(effect.seconds)
        if effect.when is When.AFTER or (effect.kind is Kind.STALL and not effect.silent):
            return None
        answer = _answer(world, effect, b"")
        _record(world, request, answer)
        return answer

    @app.after_request
    def after(answer: flask.Response) -> flask.Response:
        effect: Effect | None = flask.g.get("effect")
        if effect is None or effect.when is When.BEFORE:
            return answer
        if effect.kind is Kind.STALL:
            time.sleep(effect.seconds)
            return _answer(world, effect, b"") if effect.silent else answer
        return _answer(world, effect, answer.get_data())


def described(effect: Effect) -> str:
    """A word for the record of calls; with the code as JSON, so that it is found by it."""
    detail = {
        Kind.ERRCODE: f' "errcode": {effect.code}',
        Kind.HTTP: f" {effect.status}",
        Kind.STALL: f" {effect.seconds:g} s{', no answer' if effect.silent else ''}",
    }
    return f"{effect.kind}{detail.get(effect.kind, '')} ({effect.when})"


def _answer(world: World, effect: Effect, meant: bytes) -> flask.Response:
    match effect.kind:
        case Kind.HTTP:
            line = _PHRASES.get(effect.status, str(effect.status))
            return flask.Response(_BAD_GATEWAY.format(line), effect.status, mimetype="text/html")
        case Kind.RESET:
            flask.request.environ[CUT] = Cut.RESET
            return flask.Response()
        case Kind.STALL:
            flask.request.environ[CUT] = Cut.SILENT
            return flask.Response()
        case Kind.GARBAGE:
            return _json(_GARBAGE)
        case Kind.TRUNCATE:
            whole = meant or _document(world, 0, "ok", b"")
            return _json(whole[: max(1, len(whole) // 2)])
        case _:
            return _json(_document(world, effect.code, effect.errmsg or TEXTS.get(effect.code, "system error"), meant))


def _document(world: World, code: int, text: str, meant: bytes) -> bytes:
    """A refusal; one that says "it exists already" names what exists, as the platform does."""
    document: dict[str, Any] = {"errcode": code, "errmsg": f"{text} rid: {rid(world.clock.now())}"}
    try:
        done = json.loads(meant)
    except ValueError:
        done = None
    if code == 45065 and isinstance(done, dict) and "msg_id" in done:
        document["msg_id"] = done["msg_id"]
    return json.dumps(document).encode()


def _json(body: bytes) -> flask.Response:
    return flask.Response(body, content_type="application/json; encoding=utf-8")


def _fields(request: flask.Request) -> Mapping[str, Any]:
    """The query, and above it the JSON object in the body."""
    document = request.get_json(force=True, silent=True) if request.mimetype != "multipart/form-data" else None
    return {**request.args.to_dict(), **(document if isinstance(document, dict) else {})}


def _record(world: World, request: flask.Request, answer: flask.Response) -> None:
    """A call that never reached the host's own record."""
    world.calls.add(
        world.clock.now(),
        Recorded.API,
        request.method,
        request.path,
        query=request.args.to_dict(),
        headers=dict(request.headers.items()),
        request=request.get_data().decode("utf-8", "replace"),
        status=None if CUT in request.environ else answer.status_code,
        answer=answer.get_data().decode("utf-8", "replace"),
        seconds=0.0,
        fault=flask.g.fault,
    )
