"""/sandbox/…: the phones and what they do, the clock and the record of calls, as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import flask

from sandbox import scanning
from sandbox.actions import Actions, Button, NotPossible, Sending
from sandbox.clock import ClockError
from sandbox.phones import NUMBER, Phone
from sandbox.samples import from_data
from sandbox.scanning import Code, NoCode
from sandbox.world import World

_LONGEST_WAIT = 30.0
_MOST_TIMES = 20
_LARGEST_SKEW = 10 * 366 * 86400


class BadRequest(Exception):
    """The request is not one; the text names the field."""


def blueprint(world: World, actions: Actions) -> flask.Blueprint:
    """The routes of the sandbox's own API; errors are 400, 404 or 409 with {"error": …}."""
    routes = flask.Blueprint("phone_api", __name__, url_prefix="/sandbox")
    _phones(routes, world, actions)
    _clock(routes, world)
    _records(routes, world)
    answer_errors(routes)
    return routes


def _phones(routes: flask.Blueprint, world: World, actions: Actions) -> None:
    @routes.get("/phones")
    def phones() -> flask.Response:
        return flask.jsonify(documents(world, world.phones.all()))

    @routes.post("/phones")
    def add() -> flask.Response:
        stated = body()
        number = text(stated, "number")
        if number and not NUMBER.fullmatch(number):
            raise BadRequest("number: eleven digits, or E.164 with its +")
        return flask.jsonify(document(world, world.phones.add(text(stated, "name", needed=True), number or None)))

    @routes.post("/phones/<phone_id>/<act>")
    def perform(phone_id: str, act: str) -> flask.Response:
        stated = body()
        acts = _acts(world, actions.sending(_sending(stated)))
        if act not in acts:
            flask.abort(404)
        return flask.jsonify(acts[act](find_phone(world, phone_id), stated))


Act = Callable[[Phone, Mapping[str, Any]], dict[str, Any]]


def _acts(world: World, actions: Actions) -> Mapping[str, Act]:
    """What a phone can do, by the last part of the path."""

    def say(phone: Phone, stated: Mapping[str, Any]) -> dict[str, Any]:
        return actions.text(phone, text(stated, "content"), text(stated, "menu_id"))

    def click(phone: Phone, stated: Mapping[str, Any]) -> dict[str, Any]:
        if "url" in stated:
            return actions.view(phone, text(stated, "url", needed=True))
        if "media_id" in stated:
            return actions.medium(phone, text(stated, "media_id", needed=True))
        return actions.click(phone, text(stated, "key", needed=True))

    def message(phone: Phone, stated: Mapping[str, Any]) -> dict[str, Any]:
        return actions.send(phone, text(stated, "type", needed=True), stated, _button(stated))

    def event(phone: Phone, stated: Mapping[str, Any]) -> dict[str, Any]:
        return actions.event(phone, text(stated, "event", needed=True), stated.get("fields") or {})

    return {
        "follow": lambda phone, stated: actions.follow(phone, text(stated, "scene")),
        "unfollow": lambda phone, _stated: actions.unfollow(phone),
        "block": lambda phone, _stated: actions.block(phone, True),
        "unblock": lambda phone, _stated: actions.block(phone, False),
        "text": say,
        "click": click,
        "message": message,
        "scan": lambda phone, stated: actions.scan(phone, _code(world, stated), _button(stated)),
        "event": event,
    }


def _clock(routes: flask.Blueprint, world: World) -> None:
    @routes.get("/clock")
    def read() -> flask.Response:
        after = whole("after") if "after" in flask.request.args else None
        with ExitStack() as stack:
            answer = flask.jsonify(stack.enter_context(world.clock.polling(after, wait())))
            answer.call_on_close(stack.pop_all().close)
        return answer

    @routes.post("/clock")
    def set_() -> flask.Response:
        match body():
            case {"advance": int() | float() as seconds}:
                world.clock.advance(seconds)
            case {"to": str() as instant}:
                try:
                    world.clock.to(datetime.fromisoformat(instant))
                except ValueError as error:
                    raise BadRequest("to: an ISO instant with its offset") from error
            case {"reset": True}:
                world.clock.reset()
            case _:
                raise BadRequest('one of {"advance": seconds}, {"to": instant}, {"reset": true}')
        world.phones.changed()
        return flask.jsonify(world.clock.reading())


def _records(routes: flask.Blueprint, world: World) -> None:
    @routes.get("/calls")
    def calls() -> flask.Response:
        wanted = {name: value for name, value in flask.request.args.items() if name != "after"}
        return flask.jsonify(world.calls.listing(whole("after"), wanted))

    @routes.post("/verify")
    def verify() -> flask.Response:
        wrong = world.delivery.verify()
        return flask.jsonify({"ok": not wrong, "error": wrong or None})

    @routes.delete("/calls")
    def forget() -> flask.Response:
        world.calls.forget()
        return flask.jsonify({"ok": True})


def answer_errors(routes: flask.Blueprint) -> None:
    """What goes wrong in these routes is told as {"error": …}."""

    def refuse(status: int) -> Callable[[Exception], tuple[flask.Response, int]]:
        return lambda error: (flask.jsonify({"error": str(error)}), status)

    routes.register_error_handler(BadRequest, refuse(400))
    routes.register_error_handler(ValueError, refuse(400))
    routes.register_error_handler(ClockError, refuse(400))
    routes.register_error_handler(NotPossible, refuse(409))
    routes.register_error_handler(NoCode, refuse(409))
    routes.register_error_handler(404, refuse(404))


def documents(world: World, phones: Sequence[Phone]) -> list[dict[str, Any]]:
    """Phones as the API tells them, each with the menu that its person sees."""
    menus = world.menus.of_all([phone.openid for phone in phones])
    return [{**document(world, phone), "menu": menu} for phone, menu in zip(phones, menus, strict=True)]


def document(world: World, phone: Phone) -> dict[str, Any]:
    """A phone as the API tells it, without its menu."""
    return {
        "id": phone.id,
        "name": phone.name,
        "number": phone.number,
        "openid": phone.openid,
        "following": phone.following,
        "blocked": phone.blocked,
        "scene": phone.scene,
        "typing": world.phones.is_typing(phone.id),
        "windows": world.windows.look(phone.openid, world.clock.now()),
        "consents": world.consents.look(phone.openid),
    }


def body() -> Mapping[str, Any]:
    """The JSON object of the request; an empty body is an empty object. Raises BadRequest."""
    if not flask.request.get_data():
        return {}
    stated = flask.request.get_json(force=True, silent=True)
    if not isinstance(stated, dict):
        raise BadRequest("the body is not a JSON object")
    return stated


def text(stated: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    """A text or number under a name, as text. Raises BadRequest."""
    value = stated.get(name, "")
    value = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(value, str) or (needed and not value):
        raise BadRequest(f"{name}: a text")
    return value


def _sending(stated: Mapping[str, Any]) -> Sending:
    times = stated.get("times", 1)
    if not isinstance(times, int) or not 1 <= times <= _MOST_TIMES:
        raise BadRequest(f"times: 1 to {_MOST_TIMES}")
    msg_id = text(stated, "msg_id")
    if msg_id and not (msg_id.isascii() and msg_id.isdigit()):
        raise BadRequest("msg_id: digits")
    late = stated.get("late", 0)
    if isinstance(late, bool) or not isinstance(late, int | float) or not 0 <= late <= _LONGEST_WAIT:
        raise BadRequest(f"late: seconds, at most {_LONGEST_WAIT:g}")
    skews = (stated.get("created_skew", 0), stated.get("timestamp_skew", 0))
    if not all(isinstance(skew, int) and abs(skew) <= _LARGEST_SKEW for skew in skews):
        raise BadRequest(f"created_skew, timestamp_skew: whole seconds, at most {_LARGEST_SKEW} off")
    return Sending(times, bool(stated.get("overlap", False)), msg_id, late, *skews)


def _button(stated: Mapping[str, Any]) -> Button | None:
    """The menu button by which something is scanned or chosen, if it is one."""
    type_ = text(stated, "button")
    return Button(type_, text(stated, "key", needed=True)) if type_ else None


def _code(world: World, stated: Mapping[str, Any]) -> Code:
    """The code in a file, in a picture of a chat, or typed. Raises BadRequest, NoCode."""
    if data := text(stated, "data"):
        return scanning.look(from_data(data))
    if media_id := text(stated, "media_id"):
        medium = world.media.find(media_id)
        if medium is None:
            raise BadRequest("media_id: there is no such picture")
        return scanning.look(world.media.content(medium))
    return scanning.typed(text(stated, "text"))


def find_phone(world: World, phone_id: str) -> Phone:
    """The phone of the path, or 404."""
    phone = world.phones.by_id(phone_id)
    if phone is None:
        flask.abort(404, "no such phone")
    return phone


def whole(name: str) -> int:
    """A whole number of the query, 0 without. Raises BadRequest."""
    value = flask.request.args.get(name, "0")
    if not value.isascii() or not value.isdigit():
        raise BadRequest(f"{name}: a whole number")
    return int(value)


def wait() -> float:
    """How many seconds the reader will wait. Raises BadRequest."""
    try:
        return min(_LONGEST_WAIT, max(0.0, float(flask.request.args.get("wait", 0))))
    except ValueError as error:
        raise BadRequest("wait: seconds") from error
