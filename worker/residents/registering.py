"""Registering: somebody is on record as living somewhere, before they ever declare. No colour comes of it.

What somebody with an account has said of themselves is never replaced by what a table says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from domain.people import Identity, Level
from domain.person import Person
from domain.roles import Action, Staff, require
from domain.scopes import Target
from store.changes import Act, Change
from worker.decisions.moment import Moment
from worker.decisions.recording import beside


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in a table. `temperature` None: nothing is declared by this."""

    identity: Identity
    community: str
    address: str = ""
    temperature: Decimal | None = None


def registered(person: Person, entry: Entry, level: Level = Level.UNVERIFIED) -> Person:
    """The person as the table has them, proved at least to `level`."""
    if person.account:
        return replace(person, level=max(person.level, level) if person.proof >= Level.PHONE else person.level)
    community, address = entry.community or person.community, entry.address or person.address
    return replace(
        person, identity=entry.identity, community=community, address=address, level=max(person.level, level)
    )


def enrol(person: Person, entry: Entry, staff: Staff, reason: str, moment: Moment) -> Change | None:
    """The change that puts somebody on their community's roster; None when they stand there so already.

    Raises Refused: `role`, `scope`.
    """
    require_here(staff, person, entry, Action.ENROL)
    after = registered(person, entry)
    if after == person:
        return None
    act = Act(staff.id, "enrol", reason=reason, organisation=staff.organisation)
    return beside(person, after, moment, act=act)


def require_here(staff: Staff, person: Person, entry: Entry, action: Action) -> None:
    """Of somebody on record their own community counts, not the one that the table says. Raises Refused."""
    require(staff, action, Target(person.community or entry.community, person.institution))
