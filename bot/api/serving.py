"""From the table of operations to routes: who calls, whether they may, what they send, what they are answered."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, request
from pydantic import BaseModel, ValidationError
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from bot.api import signing
from bot.api.operations import Call, Operation
from bot.api.problems import OF_REFUSAL, Problem, response
from bot.api.tokens import Access, Mint
from bot.console.visitors import address_of
from domain.facts import SHANGHAI
from domain.partners.client import Client, Quota
from domain.roles import Refused
from store.partners import Used
from worker.context import Context

log = logging.getLogger(__name__)

BODY_BYTES = 1 << 20
_KEY = re.compile(r"[!-~]{1,128}")
_PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Server:
    """Serves operations. `docs` is the address of the page of the API."""

    ctx: Context
    mint: Mint
    docs: str

    def add(self, routes: Blueprint, operation: Operation) -> None:
        rule = _PART.sub(r"<\1>", operation.path)
        view = self._guarded(lambda parts: self._serve(operation, parts))
        routes.add_url_rule(rule, operation.name, view, methods=[operation.method], provide_automatic_options=False)

    def _guarded(self, view: Callable[[dict[str, str]], Response]) -> Callable[..., Response]:
        """Whatever happens is told as a problem; nobody's data is in it, nor in the log."""

        def guarded(**parts: str) -> Response:
            try:
                return self._limited(view(parts))
            except Problem as problem:
                return self._limited(response(problem, self.docs))
            except Refused as refused:
                name = OF_REFUSAL.get(refused.reason, "invalid")
                return self._limited(response(Problem(name), self.docs))
            except RequestEntityTooLarge:
                return self._limited(response(Problem("too-large"), self.docs))
            except RedisError as error:
                log.warning("a request of a partner was not served: %s", type(error).__name__)
                return response(Problem("unavailable", headers={"Retry-After": "2"}), self.docs)

        return guarded

    # --- a request -------------------------------------------------------------------------------------------------

    def _serve(self, operation: Operation, parts: dict[str, str]) -> Response:
        request.max_content_length = BODY_BYTES
        client = self._enter(operation)
        key = self._key_of(client, operation)
        body = self._body(operation.body) if operation.body else None
        call = Call(self.ctx, client, parts, body, self._query(operation.query), key)
        answer = operation.run(call)
        return Response(answer.model_dump_json(), operation.status, mimetype="application/json")

    def _enter(self, operation: Operation) -> Client:
        """The client, let in. Raises Problem. The scopes of the token count only while the client has them too."""
        now = self.ctx.clock.now()
        access = self._access(now)
        client, used = self.ctx.partners.enter(access.client, now)
        if client is None or client.stopped or access.secret not in {each.id for each in client.secrets}:
            raise _unauthenticated("The client was stopped or its secret retired.")
        g.api_quota = (client.quota, used, now)
        if not client.lets_in(address_of(request, self.ctx.settings.proxies)):
            raise Problem("address")
        _require_within(client.quota, used, now)
        if operation.right not in client.rights or operation.right not in access.rights:
            told = f'Bearer error="insufficient_scope", scope="{operation.right.value}"'
            raise Problem("scope", f"It is {operation.right.value}.", headers={"WWW-Authenticate": told})
        signing.check(client, request, self.ctx.settings.public_url, self.ctx.partners.is_fresh)
        return client

    def _access(self, now: datetime) -> Access:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        access = self.mint.read(token.strip(), now) if kind.lower() == "bearer" else None
        if access is None:
            raise _unauthenticated("It is missing, malformed or has expired.")
        return access

    def _key_of(self, client: Client, operation: Operation) -> str:
        """Raises Problem: `idempotency-key`, `key-reused` for another body or operation."""
        if not operation.keyed:
            return ""
        key = request.headers.get("Idempotency-Key", "")
        if _KEY.fullmatch(key) is None:
            raise Problem("idempotency-key")
        said = hashlib.sha256(request.path.encode() + b"\0" + request.get_data(cache=True)).digest()
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        if not self.ctx.partners.take_batch(client.id, name, said):
            raise Problem("key-reused")
        return key

    def _body(self, model: type[BaseModel]) -> BaseModel:
        if request.mimetype != "application/json":
            raise Problem("media-type")
        try:
            return model.model_validate_json(request.get_data(cache=True))
        except ValidationError as error:
            if any(each["type"] == "json_invalid" for each in error.errors(include_input=False, include_url=False)):
                raise Problem("malformed") from None
            raise Problem("invalid", errors=_errors_of(error)) from None

    def _query(self, model: type[BaseModel] | None) -> BaseModel | None:
        if model is None:
            return None
        try:
            return model.model_validate(request.args.to_dict())
        except ValidationError as error:
            raise Problem("invalid", errors=_errors_of(error)) from None

    def _limited(self, answer: Response) -> Response:
        """The headers of the quotas (draft-ietf-httpapi-ratelimit-headers)."""
        if (known := g.get("api_quota")) is not None:
            quota, used, now = known
            answer.headers["RateLimit-Policy"] = f'"minute";q={quota.minute};w=60, "day";q={quota.day};w=86400'
            left = (max(0, quota.minute - used.minute), max(0, quota.day - used.day))
            minute, day = _resets(now)
            answer.headers["RateLimit"] = f'"minute";r={left[0]};t={minute}, "day";r={left[1]};t={day}'
        return answer


def not_found(docs: str) -> Callable[[HTTPException], Any]:
    """For whatever the router refuses below /api."""

    def told(error: HTTPException) -> Any:
        if not request.path.startswith("/api/"):
            return error
        headers = dict(error.get_headers())
        allowed = {"Allow": headers["Allow"]} if "Allow" in headers else {}
        return response(Problem("method" if error.code == 405 else "not-found", headers=allowed), docs)

    return told


def _require_within(quota: Quota, used: Used, now: datetime) -> None:
    minute, day = _resets(now)
    if used.day > quota.day:
        raise Problem("quota", "That of the day.", headers={"Retry-After": str(day)})
    if used.minute > quota.minute:
        raise Problem("quota", "That of the minute.", headers={"Retry-After": str(minute)})


def _resets(now: datetime) -> tuple[int, int]:
    """Seconds until the minute and the day are over."""
    at = now.astimezone(SHANGHAI)
    return 60 - int(now.timestamp()) % 60, 86_400 - (at.hour * 3600 + at.minute * 60 + at.second)


def _unauthenticated(detail: str) -> Problem:
    return Problem("unauthenticated", detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def _errors_of(error: ValidationError) -> list[tuple[str, str]]:
    """Where and what, never the value: it may be about somebody."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return [("/" + "/".join(map(str, each["loc"])), each["msg"]) for each in found][:20]


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
