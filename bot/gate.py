"""/v/<token>: what a scan of a code opens. The signature is checked, the person judged live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Blueprint, render_template
from redis.exceptions import RedisError

from channel.clock import Clock
from domain import passes
from domain.facts import SHANGHAI, day_of
from domain.linking import unite
from domain.passes import Fault, Invalid, Pass, Valid
from domain.people import Level, mask_name
from domain.verdict import Colour, World, judge
from store.people import Damaged, People


@dataclass(frozen=True, slots=True)
class Answer:
    """What a checkpoint sees. `result`: a colour, unverified, expired, not-found, bad-signature, cannot-check-now, or
    ended, the notice and with it every code."""

    result: str
    live: bool
    name: str = ""
    issued: datetime | None = None
    checked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checker:
    """Verifies tokens against the public keys and looks the person up."""

    keys: Mapping[bytes, Ed25519PublicKey]
    handle_key: bytes
    people: People
    clock: Clock
    world: Callable[[], World]

    def check(self, token: str) -> Answer:
        """Never raises: every text gets an answer."""
        now = self.clock.now()
        match passes.verify(token, self.keys, now):
            case Valid(content=Pass() as shown) | Invalid(content=Pass() as shown) if self._has_ended(now):
                return Answer("ended", True, issued=shown.issued, checked=now)
            case Invalid(fault=Fault.EXPIRED, content=content):
                return Answer("expired", False, issued=content.issued if content else None, checked=now)
            case Invalid():
                return Answer("bad-signature", False, checked=now)
            case Valid(content=content):
                return self._look_up(content, now)

    def _has_ended(self, now: datetime) -> bool:
        return self.world().has_ended(day_of(now))

    def _look_up(self, shown: Pass, now: datetime) -> Answer:
        issued, opened = shown.issued, passes.open_handle(self.handle_key, shown.handle)
        if opened is None:
            return Answer("not-found", True, issued=issued, checked=now)
        try:
            person = self.people.read([opened.pid])[opened.pid]
            main = self.people.read_main([opened.pid])[opened.pid] if person.alias_of else person
        except (RedisError, Damaged):
            return Answer("cannot-check-now", False, issued=issued, checked=now)
        if person.identity is None or main.identity is None:
            return Answer("not-found", True, issued=issued, checked=now)
        history = person.history if main is person else unite(main.history, person.history)
        colour = judge(history, now, self.world()).colour
        # A claim that is not proved says nothing that came from a list; a checkpoint lets nobody pass on it either.
        # Nor does a code of before the proof pass after it: who proved the claim may be somebody else.
        proved = min(person.proof, main.proof) >= Level.PHONE and not shown.unverified
        result = colour.value if proved else "unverified"
        if colour is Colour.NONE:
            result = "not-found"
        return Answer(result, True, mask_name(person.identity.name), issued, now)


def blueprint(checker: Checker) -> Blueprint:
    """The page, under `/v/` and, as the QR spells it, `/V/`."""
    routes = Blueprint("gate", __name__)

    @routes.get("/v/<token>")
    @routes.get("/V/<token>")
    def show(token: str) -> str:
        return render_template("gate.html", answer=checker.check(token), zone=SHANGHAI)

    return routes
