"""Faults of the API: what a call gets instead of its answer, before or after the work was done."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sandbox import cut
from sandbox.calls import STRUCK
from sandbox.calls import Kind as Recorded
from sandbox.cut import Cut
from sandbox.errors import TEXTS, rid
from sandbox.fault_plan import Effect, Kind, When
from sandbox.pushes import Push
from sandbox.world import World

_PREFIXES = ("/cgi-bin/", "/sns/", "/customservice/", "/wxaapi/", "/connect/")
_PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"
_PHRASES = {500: "500 Internal Server Error", 502: "502 Bad Gateway", 503: "503 Service Unavailable"}
_GARBAGE = bytes(range(255, 127, -1))
_EXISTS = 45065
_EVENTS = {
    "/cgi-bin/message/template/send": "event:templatesendjobfinish",
    "/cgi-bin/message/subscribe/bizsend": "event:subscribe_msg_sent_event",
    "/cgi-bin/message/mass/send": "event:masssendjobfinish",
    "/cgi-bin/message/mass/sendall": "event:masssendjobfinish",
}
_HELD = 30.0
"""So long an answer waits for the event that is to come before it."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Faulty:
    """The application with its faults: `Faulty(world, app)` is a WSGI application."""

    def __init__(self, world: World, app: WSGIApplication) -> None:
        self._world, self._app = world, app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(_PREFIXES):
            return self._app(environ, start_response)
        effect = self._world.faults.call(environ["PATH_INFO"], lambda: _fields(environ))
        kind = _EVENTS.get(environ["PATH_INFO"], "")
        held = bool(kind) and self._world.faults.early(kind, lambda: _fields(environ))
        if effect is None and not held:
            return self._app(environ, start_response)
        answer = self._held(kind, effect, environ) if held else self._answered(effect, environ)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _held(self, kind: str, effect: Effect | None, environ: WSGIEnvironment) -> _Answer:
        """The answer, not before the event with the result was pushed."""
        person = _fields(environ).get("touser")

        def is_result(push: Push) -> bool:
            return push.type == kind and (push.openid == person or not isinstance(person, str))

        with self._world.delivery.watching(is_result) as ended:
            answer = self._answered(effect, environ)
            if _object(answer.body).get("errcode") == 0:
                ended.wait(_HELD)
        return answer

    def _answered(self, effect: Effect | None, environ: WSGIEnvironment) -> _Answer:
        return self._done("", environ) if effect is None else self._struck(effect, environ)

    def _struck(self, effect: Effect, environ: WSGIEnvironment) -> _Answer:
        stalls = effect.kind is Kind.STALL
        if stalls and effect.when is When.BEFORE:
            time.sleep(effect.seconds)
        if effect.when is When.BEFORE and not (stalls and not effect.silent):
            answer = self._instead(effect, environ, b"")
            self._record(effect, environ, answer)
            return answer
        done = self._done(described(effect), environ)
        if stalls and effect.when is When.AFTER:
            time.sleep(effect.seconds)
        return done if stalls and not effect.silent else self._instead(effect, environ, done.body)

    def _done(self, struck: str, environ: WSGIEnvironment) -> _Answer:
        """What the platform meant to answer, the work done; its record says what became of it."""
        status: list[Any] = []

        def start_response(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            status[:] = [line, headers]

        token = STRUCK.set(struck)
        try:
            answer = self._app(environ, start_response)
            body = b"".join(answer)
            if (close := getattr(answer, "close", None)) is not None:
                close()
        finally:
            STRUCK.reset(token)
        return _Answer(status[0], status[1], body)

    def _instead(self, effect: Effect, environ: WSGIEnvironment, meant: bytes) -> _Answer:
        match effect.kind:
            case Kind.HTTP:
                line = _PHRASES.get(effect.status, f"{effect.status} Error")
                return _Answer(line, [("Content-Type", "text/html")], _PAGE.format(line).encode())
            case Kind.RESET | Kind.STALL:
                cut.ask(environ, Cut.RESET if effect.kind is Kind.RESET else Cut.SILENT)
                return _Answer("200 OK", [], b"")
            case Kind.GARBAGE:
                return _json(_GARBAGE)
            case Kind.TRUNCATE:
                whole = meant or self._refusal(0, "ok", b"")
                return _json(whole[: max(1, len(whole) // 2)])
            case _:
                return _json(self._refusal(effect.code, effect.errmsg or TEXTS.get(effect.code, "system error"), meant))

    def _refusal(self, code: int, text: str, meant: bytes) -> bytes:
        """One that says "it exists already" names what exists, as the platform does."""
        document: dict[str, Any] = {"errcode": code, "errmsg": f"{text} rid: {rid(self._world.clock.now())}"}
        done = _object(meant) if code == _EXISTS else {}
        return json.dumps({**document, **{name: done[name] for name in ("msg_id",) if name in done}}).encode()

    def _record(self, effect: Effect, environ: WSGIEnvironment, answer: _Answer) -> None:
        """A call that never reached the host's own record."""
        self._world.calls.add(
            self._world.clock.now(),
            Recorded.API,
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            query=dict(parse_qsl(environ["QUERY_STRING"])),
            headers={
                name[5:].lower().replace("_", "-"): str(v) for name, v in environ.items() if name.startswith("HTTP_")
            },
            request=_body(environ).decode("utf-8", "replace"),
            status=int(answer.status[:3]) if answer.headers else None,
            answer=answer.body.decode("utf-8", "replace"),
            seconds=effect.seconds,
            fault=described(effect),
        )


def described(effect: Effect) -> str:
    """A word for the record of calls; with the code as JSON, so that it is found by it."""
    detail = {
        Kind.ERRCODE: f' "errcode": {effect.code}',
        Kind.HTTP: f" {effect.status}",
        Kind.STALL: f" {effect.seconds:g} s{', no answer' if effect.silent else ''}",
    }
    return f"{effect.kind}{detail.get(effect.kind, '')} ({effect.when})"


def _json(body: bytes) -> _Answer:
    return _Answer("200 OK", [("Content-Type", "application/json; encoding=utf-8")], body)


def _fields(environ: WSGIEnvironment) -> Mapping[str, Any]:
    """The query, and above it the JSON object in the body."""
    is_form = environ.get("CONTENT_TYPE", "").startswith("multipart/")
    return {**dict(parse_qsl(environ["QUERY_STRING"])), **({} if is_form else _object(_body(environ)))}


def _body(environ: WSGIEnvironment) -> bytes:
    """The body, which stays there to be read."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
