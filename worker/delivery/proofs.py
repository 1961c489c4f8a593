"""How a claim is proved: by the code of a text message, by the identity service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from channel.adapters import Adapters, Match
from channel.platform import SendError
from channel.render import render
from domain.person import Person
from flows.core import Say
from store.people import People
from store.sms import SmsLimit
from worker.decisions.claims import identified
from worker.decisions.moment import Moment
from worker.delivery.letters import Sendable
from worker.delivery.reaching import Undeliverable


@dataclass(frozen=True, slots=True)
class Proofs:
    """Sends text messages and asks the identity service; thread-safe."""

    people: People
    adapters: Adapters
    sms_limit: SmsLimit
    sms_code: Callable[[str, str], str]
    language_of: Callable[[str], str]
    """In which an account wants to be written to."""
    moment: Callable[[], Moment]
    changed: Callable[[bytes], None]
    """Called with a pid after this person was written: what follows has to be drained."""

    def send_sms(self, letter: Sendable) -> None:
        """Raises Undeliverable or SendError."""
        if not self.sms_limit.allow(letter.phone, letter.ref):
            raise Undeliverable("too many text messages to this telephone today")
        code = self.sms_code(letter.phone, letter.nonce)
        text = render((Say("sms_code", {"code": code}),), self.language_of(letter.openid))
        self.adapters.send_sms(letter.phone, text, letter.ref)

    def ask_identity(self, letter: Sendable) -> None:
        """Raises SendError."""
        person = self.people.read([letter.pid])[letter.pid]
        if person.identity is None or not person.asking or person.account != letter.openid:
            return
        self._answered(person, self.adapters.match(person.identity, letter.ref))

    def give_up(self, pid: bytes) -> None:
        """Nobody could match the claim: it stays unproved, and its code is sent. Raises SendError."""
        self._answered(self.people.read([pid])[pid], None)

    def _answered(self, person: Person, answer: Match | None) -> None:
        change = identified(person, answer, self.moment())
        if change is not None and not self.people.write([change])[0]:
            raise SendError("identity: the person changed meanwhile", permanent=False)
        self.changed(person.pid)
