"""What a check of a code comes to: the signature is checked, the person judged live. Every text gets an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from redis.exceptions import RedisError

from channel.clock import Clock
from domain import cards
from domain.facts import day_of
from domain.gate import Result, of_colour
from domain.linking import unite
from domain.passes import Fault, Pass
from domain.people import Level, mask_name
from domain.person import Person
from domain.verdict import Colour, World, colour_of
from store.people import People
from store.person import Damaged
from store.sealing import Unsealable
from worker.gate.scanning import Kind, OfNobody, OfPerson, OfPlace, Scanner, Withheld


@dataclass(frozen=True, slots=True)
class Answer:
    """What a checkpoint sees."""

    result: Result
    live: bool
    name: str = ""
    issued: datetime | None = None
    checked: datetime | None = None
    card: str = ""
    """The number of the printed card that was scanned, as it stands on it."""
    venue: str = ""
    """The id of the place whose code it is."""

    def as_json(self) -> dict[str, object]:
        """For the guard's app: the same, instants in Unix seconds."""
        return {
            "result": self.result.value,
            "live": self.live,
            "name": self.name,
            "issued": int(self.issued.timestamp()) if self.issued else None,
            "checked": int(self.checked.timestamp()) if self.checked else None,
            "card": self.card,
            "venue": self.venue,
        }


@dataclass(frozen=True, slots=True)
class Checker:
    """Reads what was scanned and looks the person up."""

    scanner: Scanner
    people: People
    clock: Clock
    world: Callable[[], World]

    def check(self, text: str) -> Answer:
        """Never raises: every text gets an answer."""
        now = self.clock.now()
        try:
            return self._answer(text, now)
        except (RedisError, Damaged, Unsealable):
            return Answer(Result.CANNOT_CHECK_NOW, False, checked=now)

    def of_person(self, pid: bytes) -> Answer:
        """The same of somebody who was looked up by document."""
        now = self.clock.now()
        try:
            return self._look_up(OfPerson(pid, Kind.NUMBER), now)
        except (RedisError, Damaged):
            return Answer(Result.CANNOT_CHECK_NOW, False, checked=now)

    def _answer(self, text: str, now: datetime) -> Answer:
        match self.scanner.read(text, now):
            case OfPerson(shown=shown) | OfNobody(shown=Pass() as shown) if self.world().has_ended(day_of(now)):
                return Answer(Result.ENDED, True, issued=shown.issued if shown else None, checked=now)
            case OfNobody(fault=None, shown=shown):
                return Answer(Result.NOT_FOUND, True, issued=shown.issued if shown else None, checked=now)
            case OfNobody(fault=Fault.EXPIRED, shown=shown):
                return Answer(Result.EXPIRED, False, issued=shown.issued if shown else None, checked=now)
            case Withheld():
                return Answer(Result.CANNOT_CHECK_NOW, False, checked=now)
            case OfNobody():
                return Answer(Result.BAD_SIGNATURE, False, checked=now)
            case OfPlace(venue=venue, void=void):
                return Answer(Result.REVOKED if void else Result.PLACE, True, checked=now, venue=venue)
            case OfPerson(void=True, name=name):
                return Answer(Result.REVOKED, True, mask_name(name) if name else "", checked=now)
            case OfPerson(pid=b"", name=name):
                return Answer(Result.NONE, True, mask_name(name) if name else "", checked=now)
            case OfPerson() as found:
                return self._look_up(found, now)

    def _look_up(self, found: OfPerson, now: datetime) -> Answer:
        issued = found.shown.issued if found.shown else None
        try:
            person = self.people.read([found.pid])[found.pid]
            main = self.people.read_main([found.pid])[found.pid] if person.alias_of else person
        except (RedisError, Damaged):
            return Answer(Result.CANNOT_CHECK_NOW, False, issued=issued, checked=now)
        if person.identity is None or main.identity is None:
            return Answer(Result.NOT_FOUND, True, issued=issued, checked=now)
        result = self._result(person, main, found, now)
        answer = Answer(result, True, mask_name(person.identity.name), issued, now)
        return _of_card(answer, person, issued) if found.kind is Kind.CARD and issued else answer

    def _result(self, person: Person, main: Person, found: OfPerson, now: datetime) -> Result:
        """A claim that is not proved says nothing that came from a list; a checkpoint lets nobody pass on it either.

        Nor does a code of before the proof pass after it: who proved the claim may be somebody else. A linked document
        says what the main record does.
        """
        history = person.history if main is person else unite(main.history, person.history)
        colour = colour_of(history, now, self.world())
        if colour is Colour.NONE:
            return Result.NOT_FOUND if found.kind is Kind.CODE else Result.NONE
        proved = min(person.proof, main.proof) >= Level.PHONE and not (found.shown and found.shown.unverified)
        return of_colour(colour) if proved else Result.UNVERIFIED


def _of_card(answer: Answer, person: Person, issued: datetime) -> Answer:
    """The same for a printed card, which may be void before its day."""
    card = cards.issued_at(person.cards, issued)
    if card is None or card.ended is not None:
        return replace(answer, result=Result.REVOKED, card=cards.told_number(card.number) if card else "")
    return replace(answer, card=cards.told_number(card.number))
