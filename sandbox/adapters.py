"""/adapters/…: the text-message gateway and the identity service, as docs/adapters.md describes them."""

from __future__ import annotations

import hmac
import time

import flask

from sandbox.calls import Kind
from sandbox.phone_api import BadRequest, body, text
from sandbox.phones import NUMBER
from sandbox.world import World

_RESULTS = ("match", "mismatch", "unknown")
_LONGEST_TEXT = 500


class _Refused(Exception):
    """An HTTP status and what is wrong."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def blueprint(world: World) -> flask.Blueprint:
    """The two services that a real installation connects elsewhere, and the exceptions that a test sets."""
    routes = flask.Blueprint("adapters", __name__)
    _services(routes, world)
    _settings(routes, world)
    routes.before_request(_begin)
    routes.after_request(lambda answer: _record(world, answer))
    routes.register_error_handler(BadRequest, lambda error: (flask.jsonify({"error": str(error)}), 400))
    routes.register_error_handler(_Refused, lambda error: (flask.jsonify({"error": str(error)}), error.status))
    return routes


def _services(routes: flask.Blueprint, world: World) -> None:
    @routes.post("/adapters/sms")
    def sms() -> flask.Response:
        _authorise(world)
        return _send(world)

    @routes.post("/adapters/identity")
    def identity() -> flask.Response:
        _authorise(world)
        return _identify(world)


def _settings(routes: flask.Blueprint, world: World) -> None:
    @routes.post("/sandbox/identity")
    def exception() -> flask.Response:
        stated = body()
        number, result = text(stated, "number"), text(stated, "result")
        if not number or result not in _RESULTS:
            raise _Refused(400, f"number, and result: one of {', '.join(_RESULTS)}")
        world.database.rows("insert or replace into identity values (?, ?)", (number.upper(), result))
        return flask.jsonify({"ok": True})

    @routes.get("/sandbox/sms")
    def tray() -> flask.Response:
        rows = world.database.rows("select n, at, number, text from sms order by n desc limit 100")
        return flask.jsonify([{**dict(row), "phone": row["number"]} for row in rows])


def _authorise(world: World) -> None:
    stated = flask.request.headers.get("Authorization", "")
    if not hmac.compare_digest(stated.encode(), f"Bearer {world.account.sms_key}".encode()):
        raise _Refused(401, "Authorization: Bearer and the adapter key")


def _send(world: World) -> flask.Response:
    stated = body()
    number, said = text(stated, "phone"), text(stated, "text")
    if not NUMBER.fullmatch(number) or number[0] not in "1+":
        raise _Refused(400, "phone: eleven digits beginning with 1, or E.164 with its +")
    if not 1 <= len(said) <= _LONGEST_TEXT:
        raise _Refused(400, f"text: 1 to {_LONGEST_TEXT} characters")
    key = flask.request.headers.get("Idempotency-Key") or None
    inserted = world.database.rows(
        "insert into sms (at, number, text, key) values (?, ?, ?, ?) on conflict do nothing returning n",
        (world.clock.now(), number, said, key),
    )
    if inserted:
        for phone in world.phones.by_number(number):
            world.phones.say(phone.id, "sms", "sms", {"text": said}, "sms")
        world.phones.changed()
    return flask.jsonify({"ok": True})


def _identify(world: World) -> flask.Response:
    stated = body()
    wanting = [name for name in ("name", "kind", "number", "phone") if not text(stated, name)]
    if wanting:
        raise _Refused(400, f"missing: {', '.join(wanting)}")
    row = world.database.row("select result from identity where number = ?", (text(stated, "number").upper(),))
    return flask.jsonify({"result": row["result"] if row else "match"})


def _begin() -> None:
    flask.g.began = time.monotonic()


def _record(world: World, answer: flask.Response) -> flask.Response:
    if flask.request.path.startswith("/adapters/"):
        world.calls.add(
            world.clock.now(),
            Kind.ADAPTER,
            flask.request.method,
            flask.request.path,
            query=flask.request.args.to_dict(),
            headers={name: value for name, value in flask.request.headers.items() if name != "Authorization"},
            request=flask.request.get_data().decode("utf-8", "replace"),
            status=answer.status_code,
            answer=answer.get_data().decode(),
            seconds=round(time.monotonic() - flask.g.began, 4),
        )
    return answer
