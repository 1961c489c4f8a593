"""What can go wrong, by RFC 9457: each problem has a name and a title, and says what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response

MIME = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    title: str
    todo: str


KINDS: Mapping[str, Kind] = {
    "malformed": Kind(400, "The body is not JSON", "Send one JSON document, UTF-8, with its Content-Type."),
    "invalid": Kind(422, "The request is not what the operation takes", "Mend what `errors` names and send it again."),
    "idempotency-key": Kind(400, "Idempotency-Key is missing", "Send 1 to 128 visible ASCII characters, new for each."),
    "cursor": Kind(400, "This is no cursor of ours", "Send a cursor as an answer gave it."),
    "unauthenticated": Kind(401, "No valid access token", "Get one from /api/v1/oauth/token and send it as Bearer."),
    "signature": Kind(401, "The signature of the request is missing or does not hold", "Sign as docs/api.md says."),
    "address": Kind(403, "Requests of this client do not come from here", "Have the address put on the client's list."),
    "scope": Kind(403, "The client or the token lacks a scope", "Ask for a token with it; the operator grants scopes."),
    "not-allowed": Kind(403, "The resident has not allowed this", "Ask for an authorisation; they may have ended it."),
    "not-yours": Kind(403, "Recorded by somebody else", "Correct what your own receipts name."),
    "not-found": Kind(404, "There is nothing here", "See /api/v1/docs for what there is."),
    "unknown-handle": Kind(404, "Nobody is known to you by this handle", "Drop it: handles end with a record."),
    "unknown-receipt": Kind(
        404, "No record stands under this receipt", "It was corrected, or is older than three days."
    ),
    "unknown-authorisation": Kind(404, "No such authorisation", "Ask for a new one; they are kept for a day."),
    "method": Kind(405, "The method does not fit the address", "Use one of those in Allow."),
    "too-late": Kind(409, "Too late to take this back", "Have the community review the record."),
    "no-code": Kind(409, "There is no code to show now", "The resident declares first, or the notice has ended."),
    "changing": Kind(409, "The record changes all the time just now", "Send the same once more."),
    "cursor-gone": Kind(410, "What came after this cursor is not kept any more", "Begin again with /api/v1/residents."),
    "too-large": Kind(413, "The body is too large", "Send at most 1,000 rows and 1 MiB at a time."),
    "media-type": Kind(415, "The body is of another kind", "Send Content-Type: application/json."),
    "key-reused": Kind(422, "This Idempotency-Key came with another body", "Use a new key for another batch."),
    "quota": Kind(429, "The quota is used up", "Wait for Retry-After seconds; the operator raises quotas."),
    "unavailable": Kind(503, "Not now", "Send the same again a little later, with the same Idempotency-Key."),
}

OF_REFUSAL: Mapping[str, str] = {
    "unknown_handle": "unknown-handle",
    "not_allowed": "not-allowed",
    "not_yours": "not-yours",
    "no_such_record": "unknown-receipt",
    "too_late": "too-late",
    "keeps_changing": "changing",
    "authorisation_unknown": "unknown-authorisation",
    "cursor": "cursor",
    "no_code": "no-code",
}
"""What a refusal of the house is to a partner."""


@dataclass
class Problem(Exception):
    """`errors` are (JSON pointer, what is wrong there); never a value, which may be about somebody."""

    name: str
    detail: str = ""
    errors: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def document(problem: Problem, docs: str) -> dict[str, Any]:
    kind = KINDS[problem.name]
    told: dict[str, Any] = {"type": f"{docs}#{problem.name}", "title": kind.title, "status": kind.status}
    told["detail"] = f"{problem.detail} {kind.todo}".strip()
    if problem.errors:
        told["errors"] = [{"pointer": pointer, "detail": what} for pointer, what in problem.errors]
    return told


def response(problem: Problem, docs: str) -> Response:
    answer = Response(json.dumps(document(problem, docs)), KINDS[problem.name].status, mimetype=MIME)
    for name, value in problem.headers.items():
        answer.headers[name] = value
    return answer
