"""/sandbox/…: what is told to the platform's side from outside: consents, oddities, templates, populations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import flask

from sandbox import pushes
from sandbox.actions import Actions
from sandbox.notices import BadTemplate, Kind, Template, template
from sandbox.phone_api import BadRequest, answer_errors, body, find_phone, text, whole
from sandbox.phones import Phone
from sandbox.world import World

_PREFIX = re.compile(r"[a-z][a-z0-9-]{0,31}")
_LARGEST_POPULATION = 1_000_000
_PAGE = 10_000
_MOST_TEMPLATES = 3
_SETTINGS = "settings"
_H5_SCENE = 2
"""PopupScene of a consent given in a page."""


def blueprint(world: World, actions: Actions) -> flask.Blueprint:
    """The routes; errors are 400, 404 or 409 with {"error": …}."""
    routes = flask.Blueprint("host_api", __name__, url_prefix="/sandbox")
    _people(routes, world, actions)
    _templates(routes, world)
    _populations(routes, world)
    answer_errors(routes)
    routes.register_error_handler(BadTemplate, lambda error: (flask.jsonify({"error": str(error)}), 400))
    return routes


def _people(routes: flask.Blueprint, world: World, actions: Actions) -> None:
    @routes.post("/phones/<phone_id>/consent")
    def consent(phone_id: str) -> flask.Response:
        phone, stated = find_phone(world, phone_id), body()
        scene = stated.get("scene", _H5_SCENE)
        answers = _answers(world, stated)
        if scene == _SETTINGS:
            return flask.jsonify(_withdraw(world, actions, phone, answers))
        if isinstance(scene, bool) or not isinstance(scene, int):
            raise BadRequest(f'scene: a whole number, or "{_SETTINGS}"')
        return flask.jsonify(_answer(world, actions, phone, answers, scene))

    @routes.post("/phones/<phone_id>/traits")
    def traits(phone_id: str) -> flask.Response:
        phone, stated = find_phone(world, phone_id), body()
        known = {"broken": world.traits.break_, "snapshot": world.traits.preview}
        if not stated or not all(name in known and isinstance(value, bool) for name, value in stated.items()):
            raise BadRequest(f"{' and '.join(known)}: true or false")
        for name, value in stated.items():
            known[name](phone.openid, value)
        trait = world.traits.of(phone.openid)
        return flask.jsonify({"broken": trait.broken, "snapshot": trait.snapshot})

    @routes.get("/jsapi")
    def signature() -> flask.Response:
        return flask.jsonify({"ok": world.tickets.verify(flask.request.args.to_dict(), world.clock.now())})


def _answers(world: World, stated: Mapping[str, Any]) -> list[tuple[Template, bool]]:
    """`{template_id, accept}`, or `{templates: {id: accept}}` for several in one pop-up. Raises BadRequest."""
    given = stated.get("templates", {text(stated, "template_id"): stated.get("accept")})
    if not isinstance(given, dict) or not 1 <= len(given) <= _MOST_TEMPLATES:
        raise BadRequest(f"templates: 1 to {_MOST_TEMPLATES}, id to true or false")
    there = {one.id: one for one in world.templates.all(Kind.ONCE, Kind.LONG_TERM)}
    for id_, accept in given.items():
        if id_ not in there:
            raise BadRequest(f"template_id: {id_ or 'missing'}: no template for subscription notices of the account")
        if not isinstance(accept, bool):
            raise BadRequest("accept: true or false")
    return [(there[id_], accept) for id_, accept in given.items()]


def _answer(
    world: World, actions: Actions, phone: Phone, answers: list[tuple[Template, bool]], scene: int
) -> dict[str, Any]:
    for one, accept in answers:
        if accept:
            world.consents.give(phone.openid, one)
    items: list[pushes.Fields] = [
        {
            "TemplateId": one.id,
            "SubscribeStatusString": "accept" if accept else "reject",
            "PopupScene": str(scene),
        }
        for one, accept in answers
    ]
    told = actions.event(phone, "subscribe_msg_popup_event", {"SubscribeMsgPopupEvent": {"List": items}})
    return {**told, "consents": world.consents.look(phone.openid)}


def _withdraw(world: World, actions: Actions, phone: Phone, answers: list[tuple[Template, bool]]) -> dict[str, Any]:
    if any(accept for _, accept in answers):
        raise BadRequest("accept: in the settings a person can only refuse")
    for one, _ in answers:
        world.consents.withdraw(phone.openid, one.id)
    items: list[pushes.Fields] = [{"TemplateId": one.id, "SubscribeStatusString": "reject"} for one, _ in answers]
    told = actions.event(phone, "subscribe_msg_change_event", {"SubscribeMsgChangeEvent": {"List": items}})
    return {**told, "consents": world.consents.look(phone.openid)}


def _templates(routes: flask.Blueprint, world: World) -> None:
    @routes.get("/templates")
    def listing() -> flask.Response:
        return flask.jsonify([one.document() for one in world.templates.all()])

    @routes.post("/templates")
    def add() -> flask.Response:
        made = template(dict(body()))
        world.templates.put(made, world.clock.now())
        return flask.jsonify(made.document())


def _populations(routes: flask.Blueprint, world: World) -> None:
    @routes.post("/population")
    def make() -> flask.Response:
        stated = body()
        count, age, prefix = stated.get("n"), stated.get("message_age", 0), text(stated, "prefix") or "people"
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _LARGEST_POPULATION:
            raise BadRequest(f"n: 1 to {_LARGEST_POPULATION}")
        if isinstance(age, bool) or not isinstance(age, int | float) or age < 0:
            raise BadRequest("message_age: seconds since all of them wrote")
        new = world.population.add(count, _checked(prefix), float(age))
        return flask.jsonify({"prefix": prefix, "new": new, "size": world.population.size(prefix)})

    @routes.get("/population")
    def people() -> flask.Response:
        prefix = _checked(flask.request.args.get("prefix", "people"))
        after, most = whole("after"), min(_PAGE, whole("most") or _PAGE)
        return flask.jsonify(world.population.listing(prefix, after, most, flask.request.args.get("said", "")))


def _checked(prefix: str) -> str:
    if not _PREFIX.fullmatch(prefix):
        raise BadRequest("prefix: up to 32 small letters, digits and -, a letter first")
    return prefix
