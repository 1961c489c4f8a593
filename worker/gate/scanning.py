"""What was scanned: whose code, card or code of before it is. One reader for the gate, the guard's app and systems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain import cards, handles, passes
from domain.facts import day_of
from domain.handles import HandleKind
from domain.keyring import Keyring
from domain.passes import Fault, Invalid, Pass, Valid
from domain.roles import Refused
from store.aliases import Alias, Aliases, plain
from store.cards import CardNumbers, OldCard, Ours

_TOKEN = re.compile(r"[A-Z2-7]{60,189}")
_OUR_PATH = re.compile(r".*/[Vv]/([^/?#]+)$")


class Kind(StrEnum):
    CODE = "code"
    CARD = "card"
    NUMBER = "number"
    """A card's number, as it was typed."""
    BEFORE = "before"
    """A code or card of before this service (正文三)."""


@dataclass(frozen=True, slots=True)
class OfPerson:
    """`pid` is empty for a card of before that names nobody on record."""

    pid: bytes
    kind: Kind
    shown: Pass | None = None
    name: str = ""
    void: bool = False
    """Lost, ended or out of its time."""


@dataclass(frozen=True, slots=True)
class OfPlace:
    venue: str
    void: bool = False


@dataclass(frozen=True, slots=True)
class OfNobody:
    """`shown` of a pass that we signed, but that is over or not valid yet, or whose handle opens nowhere."""

    fault: Fault | None
    shown: Pass | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something of before, or a number: whoever asks may not have it looked up, for those can be guessed."""


Scanned = OfPerson | OfPlace | OfNobody | Withheld


@dataclass(frozen=True, slots=True)
class Scanner:
    """Reads what a camera or a keyboard gave. Without `aliases` and `numbers` only our own codes are looked up: so it
    is for strangers, who could else go through all numbers for the names behind them."""

    keys: Keyring
    handle_key: bytes
    aliases: Aliases | None = None
    numbers: CardNumbers | None = None

    def read(self, text: str, now: datetime) -> Scanned:
        """Raises RedisError and Unsealable where a code of before is looked up."""
        token = token_in(text)
        match passes.verify(token, self.keys, now):
            case Valid(content=shown):
                return self._of_pass(shown)
            case Invalid(fault=Fault.MALFORMED) as invalid:
                return self._of_before(text, now) or OfNobody(invalid.fault)
            case invalid:
                return OfNobody(invalid.fault, invalid.content)

    def _of_pass(self, shown: Pass) -> Scanned:
        opened = handles.open_handle(self.handle_key, shown.handle)
        if opened is None:
            return OfNobody(None, shown)
        return OfPerson(opened.pid, Kind.CARD if opened.kind is HandleKind.CARD else Kind.CODE, shown)

    def _of_before(self, text: str, now: datetime) -> Scanned | None:
        """What looks like one of our tokens is none of before: whoever forges those costs no look-up."""
        if _TOKEN.fullmatch(token_in(text)):
            return None
        if self.aliases is None or self.numbers is None:
            return Withheld()
        alias = self.aliases.find(text) or self.aliases.find(token_in(text))
        return _of_alias(alias, now) if alias else self._by_number(text, now)

    def _by_number(self, text: str, now: datetime) -> Scanned | None:
        try:
            number = cards.read_number(plain(text))
        except Refused:
            return None
        match self.numbers.find(number) if self.numbers else None:
            case Ours(pid):
                return OfPerson(pid, Kind.NUMBER)
            case OldCard() as old:
                return OfPerson(old.pid, Kind.BEFORE, name=old.name, void=not old.holds_on(day_of(now)))
            case None:
                return None


def token_in(text: str) -> str:
    """The token in a link of ours, or the text itself."""
    found = _OUR_PATH.fullmatch(text.strip()) if len(text) < 500 else None
    return found[1] if found else text


def _of_alias(alias: Alias, now: datetime) -> Scanned:
    void = not alias.holds_on(day_of(now))
    if alias.venue:
        return OfPlace(alias.venue, void)
    return OfPerson(alias.pid, Kind.BEFORE, void=void)
