"""/v/<token>: what a scan of a code opens. The signature is checked, the person judged live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Blueprint, Response
from redis.exceptions import RedisError

from bot.pages import render_page
from channel.clock import Clock
from domain import cards, passes
from domain.facts import SHANGHAI, day_of
from domain.linking import unite
from domain.passes import Fault, HandleKind, Invalid, Pass, Valid
from domain.people import Level, mask_name
from domain.person import Person
from domain.verdict import Colour, World, judge
from store.people import Damaged, People


@dataclass(frozen=True, slots=True)
class Answer:
    """What a checkpoint sees. `result`: a colour, unverified, expired, not-found, bad-signature, cannot-check-now,
    revoked (a card that is lost or was replaced), none (a card whose holder never declared), or ended, the notice and
    with it every code."""

    result: str
    live: bool
    name: str = ""
    issued: datetime | None = None
    checked: datetime | None = None
    card: str = ""
    """The number of the printed card that was scanned, as it stands on it."""


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
        found = Answer(self._colour(person, main, shown, now), True, mask_name(person.identity.name), issued, now)
        return self._of_card(found, person, issued) if opened.kind is HandleKind.CARD else found

    def _colour(self, person: Person, main: Person, shown: Pass, now: datetime) -> str:
        """A claim that is not proved says nothing that came from a list; a checkpoint lets nobody pass on it either.

        Nor does a code of before the proof pass after it: who proved the claim may be somebody else. A linked document
        says what the main record does.
        """
        history = person.history if main is person else unite(main.history, person.history)
        colour = judge(history, now, self.world()).colour
        if colour is Colour.NONE:
            return "none" if shown.card else "not-found"
        proved = min(person.proof, main.proof) >= Level.PHONE and not shown.unverified
        return colour.value if proved else "unverified"

    def _of_card(self, found: Answer, person: Person, issued: datetime) -> Answer:
        """The same for a printed card, which may be void before its day."""
        card = cards.issued_at(person.cards, issued)
        if card is None or card.ended is not None:
            return replace(found, result="revoked", card=cards.told_number(card.number) if card else "")
        return replace(found, card=cards.told_number(card.number))


def blueprint(checker: Checker) -> Blueprint:
    """The page, under `/v/` and, as the QR spells it, `/V/`."""
    routes = Blueprint("gate", __name__)

    @routes.get("/v/<token>")
    @routes.get("/V/<token>")
    def show(token: str) -> Response:
        response = Response(render_page("gate.html", answer=checker.check(token), zone=SHANGHAI))
        response.vary.add("Accept-Language")
        return response

    return routes
