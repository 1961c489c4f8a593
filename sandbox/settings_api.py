"""/sandbox/limits, /sandbox/account and the page of settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from sandbox.config import ConfigError, Mode
from sandbox.limit_words import GROUPS, WORDS
from sandbox.phone_api import BadRequest, body
from sandbox.world import World

_MODES = {Mode.PLAIN: "明文", Mode.COMPATIBLE: "兼容", Mode.SAFE: "安全"}


def blueprint(world: World) -> flask.Blueprint:
    """Errors are 400 with {"error": …}, one line for each mistake."""
    routes = flask.Blueprint("settings_api", __name__, url_prefix="/sandbox")
    _api(routes, world)
    _page(routes, world)
    routes.register_error_handler(BadRequest, lambda error: ({"error": str(error)}, 400))
    routes.register_error_handler(ConfigError, lambda error: ({"error": str(error)}, 400))
    return routes


def _api(routes: flask.Blueprint, world: World) -> None:
    @routes.get("/limits")
    def limits() -> flask.Response:
        return flask.jsonify({"limits": world.overrides.listing()})

    @routes.post("/limits")
    def limit() -> flask.Response:
        world.overrides.change(body())
        return flask.jsonify({"limits": world.overrides.listing()})

    @routes.get("/account")
    def account() -> flask.Response:
        return flask.jsonify(_account(world))

    @routes.post("/account")
    def change() -> flask.Response:
        world.delivery.wire.change(body())
        return flask.jsonify(_account(world))


def _account(world: World) -> dict[str, Any]:
    """The account without its secret and adapter key."""
    fixed = {name: getattr(world.account, name) for name in ("app_id", "original_id", "account_name")}
    reading = world.delivery.wire.reading()
    return {**fixed, **reading["now"], "mixed_until": reading["mixed_until"]}


def _page(routes: flask.Blueprint, world: World) -> None:
    @routes.get("/settings.html")
    def page() -> str:
        return _rendered(world, "")

    @routes.post("/settings.html")
    def save() -> flask.typing.ResponseReturnValue:
        form = flask.request.form
        try:
            if "mode" in form:
                world.delivery.wire.change(_wire(world, form))
            elif "reset" in form:
                world.overrides.change({form["reset"]: None})
            else:
                world.overrides.change(_stated(world, form))
        except ConfigError as error:
            return _rendered(world, str(error)), 400
        return flask.redirect(flask.url_for("settings_api.page", saved=form.get("reset") or next(iter(form), "")), 303)


def _wire(world: World, form: Mapping[str, str]) -> dict[str, Any]:
    """The fields that differ from what is in use."""
    now = world.delivery.wire.reading()["now"]
    changed: dict[str, Any] = {
        name: form[name].strip() for name in now if name in form and form[name].strip() != now[name]
    }
    mixed = form.get("mixed_for", "").strip()
    return {**changed, **({"mixed_for": _number("mixed_for", mixed)} if mixed else {})}


def _stated(world: World, form: Mapping[str, str]) -> dict[str, Any]:
    """The form's fields as numbers: `name`, or `name|key` for an entry of a table. Raises ConfigError."""
    stated: dict[str, Any] = {}
    listed = world.overrides.listing()
    for field, text in form.items():
        name, _, key = field.partition("|")
        if name not in listed:
            raise ConfigError(f"{name}: unknown")
        value = _value(listed[name]["default"], field, text.strip())
        if key:
            stated.setdefault(name, {})[key] = value
        else:
            stated[name] = value
    return stated


def _value(usual: object, name: str, text: str) -> object:
    match usual:
        case bool():
            return text == "true"
        case int() | float() | Mapping():
            return _number(name, text)
        case _:
            return text


def _number(name: str, text: str) -> float | int:
    try:
        return int(text) if text.removeprefix("-").isdigit() else float(text)
    except ValueError as error:
        raise ConfigError(f"{name}: a number") from error


def _rendered(world: World, wrong: str) -> str:
    listed = world.overrides.listing()
    rows = [{"name": name, "words": WORDS.get(name) or told["about"], **told} for name, told in listed.items()]
    grouped = {title: [row for row in rows if row["name"].startswith(prefixes)] for title, prefixes in GROUPS.items()}
    taken = {row["name"] for group in grouped.values() for row in group}
    grouped["其他"] = [row for row in rows if row["name"] not in taken]
    return flask.render_template(
        "settings.html",
        groups={title: group for title, group in grouped.items() if group},
        wire=world.delivery.wire.reading()["now"],
        modes=_MODES,
        wrong=wrong,
        saved=flask.request.args.get("saved", ""),
    )
