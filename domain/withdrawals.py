"""Withdrawing a record: proposed by one, approved by another."""

from __future__ import annotations

from datetime import datetime

from domain.carry_out import reason_of
from domain.facts import Case, Contact, Upstream, Withdraw
from domain.person import Person
from domain.roles import Refused


def withdrawable(person: Person, of: str) -> Case | Contact | Upstream:
    """The standing record of that id. Raises Refused: `no_such_record`, or `not_withdrawable` for other kinds."""
    gone = {fact.of for fact in person.history.facts if isinstance(fact, Withdraw)}
    for fact in person.history.facts:
        if fact.id == of and of not in gone:
            if isinstance(fact, Case | Contact | Upstream):
                return fact
            raise Refused("not_withdrawable", of)
    raise Refused("no_such_record", of)


def withdrawal(person: Person, of: str, reason: str, now: datetime) -> Withdraw:
    """The fact that takes a record back; the record stays, and is judged as if it had never been. Raises Refused."""
    withdrawable(person, of)
    return Withdraw(id=f"w-{of}", at=now, of=of, reason=reason_of(reason))
