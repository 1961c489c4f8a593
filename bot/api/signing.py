"""Signed requests, where a client wants them: HTTP Message Signatures (RFC 9421) with Ed25519, fresh and used once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Request
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from bot.api.problems import Problem
from domain.partners.client import Client

FRESH = timedelta(minutes=5)
COVERED = ("@method", "@target-uri", "authorization")
COVERED_WITH_BODY = (*COVERED, "content-digest")


@dataclass(frozen=True, slots=True)
class _Message:
    method: str
    url: str
    headers: dict[str, str]


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, client: Client) -> None:
        self._keys = {each.id: each.public for each in client.signing_keys}

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        raw = self._keys.get(key_id)
        return Ed25519PublicKey.from_public_bytes(raw) if raw else None


def check(client: Client, request: Request, public_url: str, is_fresh: Callable[[str, str], bool]) -> None:
    """Raises Problem (`signature`) unless the request is signed by a key of the client, or need not be."""
    if not client.must_sign and "Signature" not in request.headers:
        return
    body = request.get_data(cache=True)
    url = f"{public_url}{request.full_path if request.query_string else request.path}"
    message = _Message(request.method, url, dict(request.headers.items()))
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=_Keys(client))
    try:
        (result,) = verifier.verify(
            message,
            max_age=FRESH,
            require_components=COVERED_WITH_BODY if body else COVERED,
            body=body if body else None,
        )
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise Problem("signature", f"{type(error).__name__}.") from None
    if not result.nonce or not is_fresh(client.id, result.nonce[:128]):
        raise Problem("signature", "The nonce is missing or was used before.")
