"""A person as recorded: who they are, what is known, who claims them. The colour is not here: it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from domain.facts import (
    By,
    Case,
    Contact,
    Cured,
    Fact,
    History,
    Recheck,
    Review,
    Upstream,
    Withdraw,
)
from domain.people import Identity, Level, Profile, mask_document, mask_name, mask_phone


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

    def has_applied(self, tag: str, seq: int) -> bool:
        return seq <= self.watermarks.get(tag, 0)

    def marked(self, tag: str, seq: int) -> Person:
        return replace(self, watermarks={**self.watermarks, tag: seq})

    def with_facts(self, *facts: Fact) -> Person:
        """The person with more facts; a fact whose id is known already is not added twice."""
        known = {fact.id for fact in self.history.facts}
        return replace(self, history=self.history.plus(*(fact for fact in facts if fact.id not in known)))

    def erased(self) -> Person:
        """The tombstone: older effects cannot bring the person back."""
        return Person(self.pid, self.version, self.generation + 1, watermarks=self.watermarks)

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
        if self.level >= Level.PHONE:
            return self.history
        return History(tuple(f for f in self.history.facts if not _from_elsewhere(f)), self.history.normal)


def _from_elsewhere(fact: Fact) -> bool:
    match fact:
        case Case() | Cured() | Contact() | Upstream() | Withdraw() | Recheck() | Review():
            return True
        case _:
            return getattr(fact, "by", By.SELF) in (By.INSTITUTION, By.GATE)
