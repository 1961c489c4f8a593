"""A person as recorded: who they are, what is known, who claims them. The colour is not here: it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from domain.appeals import Ticket
from domain.cards import PassCard
from domain.care import Carer, active
from domain.facts import (
    By,
    Case,
    Contact,
    Cured,
    Declaration,
    Exposure,
    Fact,
    History,
    Recheck,
    Report,
    Review,
    Upstream,
    Withdraw,
    day_of,
)
from domain.ledger import GATE, INSTITUTION, OWN, SOURCE
from domain.partners.bindings import Binding
from domain.people import Identity, Level, Profile, mask_document, mask_name, mask_phone
from domain.reminders import BY_DEFAULT

LOOKS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at a person's record: the organisation, not the private name; when; for what, in Chinese."""

    organisation: str
    at: datetime
    purpose: str


@dataclass(frozen=True, slots=True)
class Link:
    """Another document of a person, as far as what is recorded under it is taken up here.

    `version` is that of the alias record; `base` its version when it was linked: what an account is shown under that
    document is counted on from there. `account`, `proof` and `watermarks` are the alias record's.
    """

    pid: bytes
    version: int
    base: int
    account: str = ""
    proof: Level = Level.UNVERIFIED
    watermarks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """One person. `pid` is 12 bytes; `version` rises by one with every write and orders everything that follows."""

    pid: bytes
    version: int = 0
    generation: int = 0
    """How often this person was erased; the tombstone keeps it together with the watermarks."""
    identity: Identity | None = None
    address: str = ""
    community: str = ""
    level: Level = Level.UNVERIFIED
    account: str = ""
    """OpenID of the account that acts as this person, or empty: unclaimed."""
    contesting: tuple[str, ...] = ()
    """OpenIDs of accounts that claim the same document and wait for a community worker."""
    history: History = field(default_factory=History)
    watermarks: Mapping[str, int] = field(default_factory=dict)
    """Per account tag, the last effect applied; nothing at or below it is applied again."""
    erasing: bool = False
    """Asked to be erased while yellow or red: done as soon as the colour lapses."""
    salt: bytes = b""
    """Of the key that seals the identity; kept apart from the person, so that destroying it erases backups too."""
    asking: bool = False
    """The identity service is being asked about name, number and telephone; until it answers nothing is proved."""
    looks: tuple[Look, ...] = ()
    """Who looked, oldest first, the last `LOOKS_KEPT`; the audit has them all."""
    recorded_by: Mapping[str, str] = field(default_factory=dict)
    """Id of a fact that somebody else recorded -> their organisation."""
    institution: str = ""
    """Id of the isolation institution that this person is admitted to, or empty."""
    noticed: date | None = None
    """The last day of a colour of whose end by itself the account was told, so that it is told once."""
    tickets: tuple[Ticket, ...] = ()
    """Appeals, oldest first."""
    remind: int = BY_DEFAULT
    """The hour at which the person wants to be reminded, or `domain.reminders.OFF`."""
    grid: int = 0
    """The grid cell (1 to 99) of the community that this person belongs to, 0 for none yet."""
    cards: tuple[PassCard, ...] = ()
    """Printed cards, oldest first."""
    alias_of: bytes = b""
    """Pid of the person whose second document this is, or empty; what is recorded here is carried on to there."""
    links: tuple[Link, ...] = ()
    """The second documents of this person."""
    apart: History | None = None
    """What was recorded under this document alone, while `history` holds that of the linked ones too."""
    carers: tuple[Carer, ...] = ()
    """Accounts that act for this person or asked to, in the order in which they came."""
    bindings: tuple[Binding, ...] = ()
    """What the person allows systems of partners, oldest first."""

    @property
    def proof(self) -> Level:
        """How well the claim is proved now; below PHONE nothing that came from a list may be shown."""
        return Level.UNVERIFIED if self.asking else self.level

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that act as this person: its own, and the proved ones of linked documents."""
        return (self.account, *(link.account for link in self.links if link.proof >= Level.PHONE))

    @property
    def listeners(self) -> tuple[tuple[str, str], ...]:
        """(OpenID, what it calls the person) of whom to tell: the person, or the carers of one without an account."""
        own = tuple((each, "") for each in dict.fromkeys(self.accounts) if each)
        return own or tuple((each.account, each.relation) for each in active(self.carers))

    @property
    def declared_for(self) -> bool:
        """Whether somebody acts for this person, or something on record was said by them or for them at home."""
        said = [f for f in self.history.facts if isinstance(f, Declaration | Report | Exposure)]
        own = any(SOURCE[f.by] == OWN for f in said) or any(bits & OWN for _, bits in self.history.normal)
        return own or bool(self.account or self.alias_of or active(self.carers))

    @property
    def travelled(self) -> bool:
        """Whether a place is named on record that may be listed as a risk area later."""
        return any(isinstance(fact, Declaration | Exposure) and fact.stays for fact in self.history.facts)

    def has_applied(self, tag: str, seq: int) -> bool:
        return seq <= self.watermarks.get(tag, 0)

    def marked(self, tag: str, seq: int) -> Person:
        return replace(self, watermarks={**self.watermarks, tag: seq})

    def moved_to(self, community: str) -> Person:
        """The person in a community; the grid cell is one of the community left behind."""
        return replace(self, community=community, grid=self.grid if community == self.community else 0)

    def with_facts(self, *facts: Fact) -> Person:
        """The person with more facts; a fact whose id is known already is not added twice."""
        apart = None if self.apart is None else _plus(self.apart, facts)
        return replace(self, history=_plus(self.history, facts), apart=apart)

    def with_recorder(self, organisation: str, *facts: Fact) -> Person:
        """The person with whose facts these are; the first to record one stays, and what was folded is forgotten."""
        known = {fact.id for fact in self.history.facts}
        kept = {name: who for name, who in self.recorded_by.items() if name in known}
        new = {fact.id: organisation for fact in facts if organisation and fact.id in known}
        return replace(self, recorded_by=new | kept)

    def looked_at(self, look: Look) -> Person:
        """The person with one more look; a second one of a day for the same purpose takes the place of the first."""
        others = tuple(each for each in self.looks if not _same_look(each, look))
        return replace(self, looks=(*others, look)[-LOOKS_KEPT:])

    def erased(self) -> Person:
        """The tombstone: no older effect brings the person back. An unproved claim takes nothing of others' along."""
        own = self.history if self.apart is None else self.apart
        facts = () if self.proof >= Level.PHONE else tuple(f for f in own.facts if _from_elsewhere(f))
        return Person(self.pid, self.version, self.generation + 1, history=History(facts), watermarks=self.watermarks)

    def profile(self) -> Profile:
        """What the bound account may be shown."""
        if self.identity is None:
            return Profile("", "", "", self.community, self.address)
        who = self.identity
        return Profile(
            mask_name(who.name), mask_document(who.document), mask_phone(who.phone), self.community, self.address
        )

    def history_for_claimant(self) -> History:
        """The facts that the claimant may see: below phone-verified, nothing that somebody else recorded."""
        if self.proof >= Level.PHONE:
            return self.history
        days = tuple((day, bits & ~(INSTITUTION | GATE)) for day, bits in self.history.normal)
        facts = tuple(f for f in self.history.facts if not _from_elsewhere(f))
        return History(facts, tuple((day, bits) for day, bits in days if bits))

    def watchers_for_claimant(self) -> tuple[tuple[Look, ...], Mapping[str, str]]:
        """Who looked and who recorded, as far as the claimant may see it: below phone-verified, nobody."""
        return (self.looks, self.recorded_by) if self.proof >= Level.PHONE else ((), {})

    def tickets_for_claimant(self) -> tuple[Ticket, ...]:
        """The appeals as 申诉进度 tells them; below phone-verified without the reason, which may speak of a list."""
        bare = tuple(each.bare() for each in self.tickets)
        return bare if self.proof >= Level.PHONE else tuple(replace(each, reason="") for each in bare)


def _plus(history: History, facts: tuple[Fact, ...]) -> History:
    known = {fact.id for fact in history.facts}
    return history.plus(*(fact for fact in facts if fact.id not in known))


def _same_look(one: Look, other: Look) -> bool:
    return (one.organisation, one.purpose, day_of(one.at)) == (other.organisation, other.purpose, day_of(other.at))


def _from_elsewhere(fact: Fact) -> bool:
    match fact:
        case Case() | Cured() | Contact() | Upstream() | Withdraw() | Recheck() | Review():
            return True
        case _:
            return getattr(fact, "by", By.SELF) in (By.INSTITUTION, By.GATE)
