"""The signed revocation list and the public keys, for gates without a network and for other systems."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Blueprint, Response, jsonify, request
from redis.exceptions import RedisError

from channel.clock import Clock
from domain import passes
from domain.facts import SHANGHAI
from domain.keyring import Keyring, cose_key_set, jwks
from domain.revocations import Revocation, SignedList, sign
from domain.verdict import World
from store.revocations import Revocations

FRESH = timedelta(seconds=2)
"""How long a process hands out what it read; as much later a revocation may show at a gate."""
SLACK = 120
"""Seconds by which the clocks of two machines may differ: so much more an answer to `after` holds."""
WINDOWS = (300, 3_600, 21_600, 86_400)
"""Seconds back that a list may begin. Whoever asks for another moment gets the window around it, or everything: so few
lists are signed, however many moments are asked for."""
LIFETIMES = (int(passes.LIFETIME.total_seconds()), int(passes.CARD_LIFETIME.total_seconds()))


@dataclass
class Lists:
    """What a process knows of the list; read anew at most every `FRESH`, and only what was added."""

    signing_key: Ed25519PrivateKey
    revocations: Revocations
    clock: Clock
    world: Callable[[], World]
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _codes: dict[bytes, int] = field(default_factory=dict)
    _cards: dict[bytes, int] = field(default_factory=dict)
    _read_at: datetime | None = None
    _signed: dict[int, bytes] = field(default_factory=dict)

    def signed(self, after: int) -> bytes:
        """The list as COSE_Sign1; with an `after` (Unix seconds) what was added since then, or since some time before.

        Raises RedisError.
        """
        with self._guard:
            now = self.clock.now()
            if self._read_at is None or not timedelta(0) <= now - self._read_at < FRESH:
                self._refresh(now)
            as_of = int((self._read_at or now).timestamp())
            first = next((as_of - window for window in WINDOWS if after >= as_of - window), 0)
            if first not in self._signed:
                self._signed[first] = self._make(first, as_of)
            return self._signed[first]

    def _refresh(self, now: datetime) -> None:
        at = int(now.timestamp())
        since = int(self._read_at.timestamp()) - SLACK if self._read_at and now > self._read_at else 0
        for known, found, lifetime in zip(
            (self._codes, self._cards), self.revocations.since(since, at), LIFETIMES, strict=True
        ):
            known.update({each.tag: max(each.instant, known.get(each.tag, 0)) for each in found})
            for tag in [tag for tag, instant in known.items() if instant < at - lifetime]:
                del known[tag]
        self._read_at, self._signed = now, {}

    def _make(self, after: int, as_of: int) -> bytes:
        first = max(0, after - SLACK) if after else 0
        codes, cards = (
            tuple(Revocation(instant, tag) for tag, instant in known.items() if instant >= first)
            for known in (self._codes, self._cards)
        )
        ends_on = self.world().ends_on
        ends = datetime(ends_on.year, ends_on.month, ends_on.day, tzinfo=SHANGHAI) if ends_on else None
        over = int((ends + timedelta(days=1)).timestamp()) if ends else None
        return sign(self.signing_key, SignedList(as_of, after, over, codes, cards))


def blueprint(lists: Lists, ring: Keyring) -> Blueprint:
    """GET /gate/revocations, /gate/keys (COSE_KeySet) and /.well-known/jwks.json: public, they name nobody."""
    routes = Blueprint("gate_lists", __name__)

    @routes.get("/gate/revocations")
    def revocations() -> Response:
        told = request.args.get("after", "0")
        after = int(told) if told.isascii() and told.isdigit() and len(told) < 12 else 0
        try:
            raw = lists.signed(after)
        except RedisError:
            return Response(status=503, headers={"Retry-After": "5"})
        response = Response(raw, content_type='application/cose; cose-type="cose-sign1"')
        response.set_etag(hashlib.sha256(raw).hexdigest()[:20])
        response.headers["Cache-Control"] = "no-cache"
        return response.make_conditional(request)  # type: ignore[return-value]  # werkzeug's type, Flask's object

    @routes.get("/gate/keys")
    def keys() -> Response:
        return _kept(Response(cose_key_set(ring), content_type="application/cose-key-set"))

    @routes.get("/.well-known/jwks.json")
    def web_keys() -> Response:
        return _kept(jsonify(jwks(ring)))

    return routes


def _kept(response: Response) -> Response:
    """A new key signs nothing before it was published for as long as this."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
