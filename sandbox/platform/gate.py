"""The door of the host side: every call checked in the platform's order, answered and recorded.

It stands before Flask, not in it: a load test sends calls by the hundred thousand, and routing would be half of each.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.formparser import parse_form_data

from sandbox.calls import Kind
from sandbox.errors import ApiError, rid_of
from sandbox.platform import (
    account,
    assets,
    credentials,
    custom,
    followers,
    kf,
    mass,
    materials,
    menus,
    subscriptions,
    tags,
    templates,
    web,
)
from sandbox.platform.endpoint import Answer, Binary, Endpoint, Request
from sandbox.world import World

ENDPOINTS: Mapping[str, Endpoint] = {
    path: endpoint
    for family in (
        account,
        assets,
        credentials,
        custom,
        followers,
        kf,
        mass,
        materials,
        menus,
        subscriptions,
        tags,
        templates,
        web,
    )
    for path, endpoint in family.ENDPOINTS.items()
}
_PREFIXES = ("/cgi-bin/", "/sns/", "/customservice/", "/wxaapi/")
_PAGES = ("/cgi-bin/showqrcode",)
_JSON = [("Content-Type", "application/json; encoding=utf-8")]


class Gate:
    """The API for the paths that are its own; everything else goes on to `rest`."""

    def __init__(self, world: World, rest: WSGIApplication) -> None:
        self._world, self._rest = world, rest

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if not path.startswith(_PREFIXES) or path in _PAGES:
            return self._rest(environ, start_response)
        began = time.monotonic()
        request = _request(self._world, environ)
        answer = _answer(self._world, request)
        body, headers = _written(answer)
        _record(self._world, request, answer, body, time.monotonic() - began)
        start_response("200 OK", headers)
        return [body]


def _answer(world: World, request: Request) -> Answer:
    try:
        endpoint = _endpoint(request)
        if endpoint.needs_token:
            world.tokens.check(request.query.get("access_token"), request.now)
        elif request.path in credentials.ENDPOINTS:
            credentials.check_address(world, request.address)
        if request.path in world.account.unauthorized:
            raise ApiError(48001)
        world.quota.count(request.path, request.today)
        return endpoint.handle(world, request)
    except ApiError as error:
        return error.answer(world.clock.now())


def _endpoint(request: Request) -> Endpoint:
    endpoint = ENDPOINTS.get(request.path)
    if endpoint is None:
        raise ApiError(40066)
    if endpoint.method not in ("ANY", request.method):
        raise ApiError(43001 if endpoint.method == "GET" else 43002)
    return endpoint


def _request(world: World, environ: WSGIEnvironment) -> Request:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    form: Mapping[str, str] = {}
    files: Mapping[str, tuple[str, bytes]] = {}
    if environ.get("CONTENT_TYPE", "").startswith("multipart/"):
        _, stated, parts = parse_form_data({**environ, "wsgi.input": io.BytesIO(body)})
        form = stated.to_dict()
        files = {name: (item.filename or "", item.read()) for name, item in parts.items()}
    return Request(
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"],
        dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)),
        {name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")},
        body,
        form,
        files,
        environ["REMOTE_ADDR"],
        world.clock.today(),
    )


def _written(answer: Answer) -> tuple[bytes, list[tuple[str, str]]]:
    match answer:
        case Binary(content, mime, filename):
            name = filename.replace('"', "").encode("latin-1", "replace").decode("latin-1")
            return content, [("Content-Type", mime), ("Content-disposition", f'attachment; filename="{name}"')]
        case _:
            return json.dumps(answer, ensure_ascii=False).encode(), _JSON


def _record(world: World, request: Request, answer: Answer, body: bytes, seconds: float) -> None:
    if request.files:
        said = ", ".join(f"{name}: file {filename!r}" for name, (filename, _) in request.files.items())
    else:
        said = request.body.decode("utf-8", "replace")
    said_back = f"{answer.mime}, {len(body)} bytes" if isinstance(answer, Binary) else body.decode()
    world.calls.add(
        world.clock.now(),
        Kind.API,
        request.method,
        request.path,
        query=dict(request.query),
        headers=dict(request.headers),
        request=said,
        status=200,
        answer=said_back,
        seconds=round(seconds, 4),
    )
    if not isinstance(answer, Binary) and answer.get("errcode"):
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        world.refusals.add(rid_of(answer), request.now, request.path, query, said, said_back, request.address, seconds)
