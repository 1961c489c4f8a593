"""The OpenAPI 3.1 document, made from the table of operations and the models."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.api import models, problems
from bot.api.operations import Operation
from domain.partners.rights import Right

VERSION = "1.0.0"
REF = "#/components/schemas/{model}"
ABOUT = (
    "Systems of communities read whether somebody may pass, record what they measured, and act for residents who "
    "agreed to it in the chat. Modelled on the public outline of GB/T 38963. A colour is computed from facts and only "
    "ever read; `until` and `then` say what time alone will make of it."
)
SCOPES = {
    Right.QUERY: "see what a display shows of a resident",
    Right.DECLARE: "declare health for a resident who agreed",
    Right.TRIP: "declare trips for a resident who agreed",
    Right.CODE: "make the code of a resident who agreed",
    Right.VERIFY: "verify a code that is shown",
    Right.UPLOAD: "hand in temperatures and passages",
    Right.CORRECT: "take back what the client recorded",
    Right.AUTHORISE: "ask a resident for an authorisation",
    Right.CHANGES: "follow changes",
}


def describe(operations: Sequence[Operation], public_url: str) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    flow = {"tokenUrl": f"{public_url}/api/v1/oauth/token", "scopes": {r.value: told for r, told in SCOPES.items()}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yima Partner API", "version": VERSION, "description": ABOUT},
        "servers": [{"url": f"{public_url}/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(operations),
            "securitySchemes": {"oauth": {"type": "oauth2", "flows": {"clientCredentials": flow}}},
        },
    }


def _operation(each: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {str(each.status): _answer(each.answer)}
    for status, names in _by_status(each.all_problems).items():
        answers[str(status)] = _problem(names)
    told: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "security": [{"oauth": [each.right.value]}],
        "parameters": _parameters(each),
        "responses": answers,
    }
    if each.answer.__doc__:
        told["description"] = " ".join(each.answer.__doc__.split())
    if each.body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(each.body)}}}
    return told


def _parameters(each: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": _PATTERNS[name]}}
        for name in re.findall(r"\{(\w+)\}", each.path)
    ]
    if each.keyed:
        schema = {"type": "string", "pattern": "^[!-~]{1,128}$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema})
    if each.query is not None:
        schema_of_query = each.query.model_json_schema()
        found += [{"name": n, "in": "query", "schema": s} for n, s in schema_of_query["properties"].items()]
    return found


_PATTERNS = {"handle": "^[A-Za-z0-9_-]{22}$", "id": "^[0-9a-f]{32}$"}


def _answer(model: type[BaseModel]) -> dict[str, Any]:
    return {
        "description": " ".join((model.__doc__ or "Done.").split()),
        "headers": {name: {"schema": {"type": "string"}} for name in ("RateLimit", "RateLimit-Policy")},
        "content": {"application/json": {"schema": _ref(model)}},
    }


def _by_status(names: Sequence[str]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for name in names:
        found.setdefault(problems.KINDS[name].status, []).append(name)
    return dict(sorted(found.items()))


def _problem(names: Sequence[str]) -> dict[str, Any]:
    told = "; ".join(f"{name}: {problems.KINDS[name].title}" for name in names)
    headers = {"Retry-After": {"schema": {"type": "string"}}} if {"quota", "unavailable"} & set(names) else {}
    content = {problems.MIME: {"schema": _ref(models.ProblemDocument)}}
    return {"description": told, "headers": headers, "content": content}


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    taken = {each.body for each in operations if each.body is not None}
    given: set[type[BaseModel]] = {models.ProblemDocument, *(each.answer for each in operations)}
    wanted = [(m, "validation") for m in _named(taken)] + [(m, "serialization") for m in _named(given)]
    _, document = models_json_schema(wanted, ref_template=REF)  # type: ignore[arg-type]  # the modes are literals
    schemas: dict[str, Any] = document["$defs"]
    return schemas


def _named(found: set[type[BaseModel]]) -> list[type[BaseModel]]:
    return sorted(found, key=lambda model: model.__name__)


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}
