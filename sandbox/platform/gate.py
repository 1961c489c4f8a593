"""The door of the host side: one route, and every call checked in the platform's order and recorded."""

from __future__ import annotations

import json
import time

import flask

from sandbox.calls import Kind
from sandbox.errors import ApiError
from sandbox.platform import assets, credentials, followers, messages
from sandbox.platform.endpoint import Answer, Binary, Endpoint, Request
from sandbox.scenes import picture
from sandbox.world import World

ENDPOINTS = {**credentials.ENDPOINTS, **messages.ENDPOINTS, **assets.ENDPOINTS, **followers.ENDPOINTS}
_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


def blueprint(world: World) -> flask.Blueprint:
    """The routes that the account's server calls."""
    routes = flask.Blueprint("platform", __name__)

    @routes.get("/cgi-bin/showqrcode")
    def show_qr() -> flask.Response:
        scene = world.scenes.by_ticket(flask.request.args.get("ticket", ""), world.clock.now())
        if scene is None:
            return flask.Response("404", 404)
        return flask.Response(picture(f"{world.base}/q/{scene.code}"), mimetype="image/jpg")

    @routes.route("/cgi-bin/<path:_rest>", methods=_METHODS)
    @routes.route("/sns/<path:_rest>", methods=_METHODS)
    @routes.route("/customservice/<path:_rest>", methods=_METHODS)
    @routes.route("/wxaapi/<path:_rest>", methods=_METHODS)
    def call(_rest: str) -> flask.Response:
        began = time.monotonic()
        answer = _answer(world, flask.request)
        _record(world, flask.request, answer, time.monotonic() - began)
        return _response(answer)

    return routes


def _answer(world: World, request: flask.Request) -> Answer:
    try:
        endpoint = _endpoint(request)
        now = world.clock.now()
        if endpoint.needs_token:
            world.tokens.check(request.args.get("access_token"), now)
        world.quota.count(request.path, world.clock.today())
        return endpoint.handle(world, _request(world, request))
    except ApiError as error:
        return error.answer(world.clock.now())


def _endpoint(request: flask.Request) -> Endpoint:
    endpoint = ENDPOINTS.get(request.path)
    if endpoint is None:
        raise ApiError(40066)
    if endpoint.method not in ("ANY", request.method):
        raise ApiError(43001 if endpoint.method == "GET" else 43002)
    return endpoint


def _request(world: World, request: flask.Request) -> Request:
    files = {name: (item.filename or "", item.read()) for name, item in request.files.items()}
    return Request(request.args.to_dict(), request.get_data(), files, world.clock.now(), world.clock.today())


def _record(world: World, request: flask.Request, answer: Answer, seconds: float) -> None:
    if request.files:
        said = ", ".join(f"{name}: file {item.filename!r}" for name, item in request.files.items())
    else:
        said = request.get_data().decode("utf-8", "replace")
    said_back = f"{answer.mime}, {len(answer.content)} bytes" if isinstance(answer, Binary) else _json(answer)
    world.calls.add(
        world.clock.now(),
        Kind.API,
        request.method,
        request.path,
        query=request.args.to_dict(),
        headers=dict(request.headers.items()),
        request=said,
        status=200,
        answer=said_back,
        seconds=round(seconds, 4),
        fault=flask.g.get("fault", ""),
    )


def _response(answer: Answer) -> flask.Response:
    match answer:
        case Binary(content, mime, filename):
            headers = {"Content-disposition": f'attachment; filename="{filename}"'}
            return flask.Response(content, mimetype=mime, headers=headers)
        case _:
            return flask.Response(_json(answer), content_type="application/json; encoding=utf-8")


def _json(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False)
