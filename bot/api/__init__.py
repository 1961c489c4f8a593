"""/api/v1: the API for systems of partners. Modelled on the public outline of GB/T 38963; docs/api.md is its manual."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, request
from redis.exceptions import RedisError

from bot.api import authorising, changes, residents
from bot.api.description import describe
from bot.api.gates import Gates
from bot.api.problems import Problem, response
from bot.api.reference import page
from bot.api.serving import Server, dumped, not_found
from bot.api.tokens import Mint, TokenServer
from bot.console.visitors import address_of
from bot.gate import Checker
from domain.partners.client import Client
from domain.roles import Refused
from worker.context import Context

__all__ = ["blueprint"]


def blueprint(ctx: Context, checker: Checker) -> Blueprint:
    """Everything below /api/v1."""
    public, mint = ctx.settings.public_url, Mint.of(ctx.settings.secret_key)
    docs = f"{public}/api/v1/docs"
    operations = (*residents.OPERATIONS, *Gates(checker).operations(), *authorising.OPERATIONS, *changes.OPERATIONS)
    routes, server = Blueprint("api", __name__, url_prefix="/api/v1"), Server(ctx, mint, docs)
    for each in operations:
        server.add(routes, each)
    document = describe(operations, public)
    text = dumped(document)

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return Response(text, mimetype="application/json")

    @routes.get("/docs")
    def reference() -> Response:
        return Response(page(document), mimetype="text/html")

    _add_tokens(routes, ctx, mint, docs)
    for code in (404, 405):
        routes.app_errorhandler(code)(not_found(docs))
    return routes


def _add_tokens(routes: Blueprint, ctx: Context, mint: Mint, docs: str) -> None:
    """The token endpoint answers as RFC 6749 says, not with our problems."""

    def lookup(id: str) -> Client:
        client, used = ctx.partners.enter(id, ctx.clock.now())
        address = address_of(request, ctx.settings.proxies)
        if client is None or client.stopped or not client.lets_in(address) or used.minute > client.quota.minute:
            raise Refused("unknown_client")
        return client

    tokens = TokenServer(mint, lookup, ctx.clock.now)

    @routes.post("/oauth/token")
    def token() -> Response:

        try:
            answer = cast(Response, tokens.create_token_response())
        except RedisError:
            return response(Problem("unavailable", headers={"Retry-After": "2"}), docs)
        answer.headers["Cache-Control"] = "no-store"
        return answer
