"""One letter, by its kind: who sends it, and what is counted of how that went."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from channel import ladder
from channel.ladder import Rung, Step, Why
from domain.people import mask_phone
from domain.phones import is_foreign
from flows.core import Say
from store.calls import REMINDER
from store.fates import Fate, Fates
from store.sealing import Unsealable, Vault
from store.tally import Tally
from worker.delivery import letters
from worker.delivery.codes import Codes
from worker.delivery.evidence import Evidence
from worker.delivery.letters import Sendable
from worker.delivery.proofs import Proofs
from worker.delivery.reaching import Undeliverable
from worker.delivery.texts import Texts

NEWS = frozenset({"text", "reminder"})


class DeskBehind(Protocol):
    """Does what an account asked for, and knows what to say when that failed at every try."""

    def answer(self, letter: Sendable) -> tuple[Say, ...]: ...
    def failed(self, letter: Sendable) -> tuple[Say, ...]: ...


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends one letter; thread-safe. Everything it needs, wired in `worker.drains`."""

    vault: Vault
    codes: Codes
    texts: Texts
    proofs: Proofs
    evidence: Evidence
    tally: Tally
    desk: DeskBehind
    fates: Fates
    now: Callable[[], datetime]

    def open(self, body: bytes) -> Sendable | None:
        try:
            return letters.unseal(self.vault, body)
        except Unsealable:
            return None

    def send(self, letter: Sendable) -> None:
        """Raises Undeliverable or SendError."""
        try:
            way = self._send(letter)
        except Undeliverable as unreached:
            self.tally.count(letter.kind, "none", "unreached")
            self._note(letter, "", str(unreached))
            raise
        self.tally.count(letter.kind, way, "sent")
        if way != "none":
            self._note(letter, way)

    def _note(self, letter: Sendable, way: str, why: str = "") -> None:
        """What became of it, for whoever looks after the person; what was asked for and came is no news."""
        if letter.kind in NEWS or (letter.kind == "code" and not way):
            about = REMINDER if letter.kind == "reminder" else letter.says[0].template if letter.says else letter.kind
            self.fates.note(letter.openid, Fate(self.now(), letter.pid, about, way, why))

    def _send(self, letter: Sendable) -> str:
        """By what way it went."""
        match letter.kind:
            case "code":
                self.codes.send(letter.openid, (letter.pid,), letter.ref)
                return Rung.CUSTOM
            case "codes":
                self.codes.send(letter.openid, letter.pids, letter.ref)
                return Rung.CUSTOM
            case "text":
                return self.texts.send(letter)
            case "reminder":
                return self.texts.remind(letter) or "none"
            case "result":
                self.texts.came_back(letter)
            case "sms":
                self.proofs.send_sms(letter)
            case "identity":
                self.proofs.ask_identity(letter)
            case "desk":
                return self.texts.send(replace(letter, says=self.desk.answer(letter)))
            case "evidence":
                self.evidence.fetch(letter.pid)
            case other:
                raise Undeliverable(f"a letter of the unknown kind {other}")
        return letter.kind

    def give_up(self, letter: Sendable) -> None:
        """After the last try: what is done instead. Raises SendError."""
        match letter.kind:
            case "identity":
                self.proofs.give_up(letter.pid)
            case "sms" if is_foreign(letter.phone):
                said = Say("told_sms_refused", {"phone": mask_phone(letter.phone)})
                with suppress(Undeliverable):
                    self.texts.send(replace(letter, says=(said,)))
            case "text" | "reminder":
                self.texts.give_up(letter)
            case "desk":
                with suppress(Undeliverable):
                    self.texts.send(replace(letter, says=self.desk.failed(letter)))
        self.tally.count(letter.kind, "none", "given-up")
        self._note(letter, "", ladder.write((Step(Rung.CUSTOM, Why.NO_ANSWER),)))
