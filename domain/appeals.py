"""Appeals: a resident says that something recorded is wrong. A decision never sets a colour: it is about the record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.facts import day_of
from domain.roles import Refused

DEADLINE = timedelta(hours=24)
"""For the community; then the county has it."""
MOST_OPEN = 3
DECIDED_KEPT = 3
"""Decided appeals kept with the person, the newest; the audit has them all."""
MOST_PICTURES = 3
COUNTY_DIGITS = 6

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, which are read as others over the telephone."""


class TicketState(StrEnum):
    OPEN = "open"
    ESCALATED = "escalated"
    DECIDED = "decided"


class Outcome(StrEnum):
    """What became of the record that an appeal is about."""

    WITHDRAW = "withdraw"
    """It is wrong: its withdrawal is proposed, and another person decides on that."""
    CORRECTED = "corrected"
    """It was put right by a record of its own: a review, an attested day, a symptom check."""
    CONFIRMED = "confirmed"
    """It is right."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One appeal under its number."""

    number: str
    at: datetime
    owner: str
    """Code of whoever has to decide: the person's community, after the deadline its county."""
    clause: str
    """The clause that is contested, or empty: something else."""
    fact: str
    """Id of the record that is contested, or empty."""
    about: str
    """What the resident chose, in words."""
    text: str
    pictures: tuple[str, ...]
    """The platform's media ids; the pictures themselves are kept apart, sealed and for a time."""
    due: datetime
    state: TicketState = TicketState.OPEN
    outcome: Outcome | None = None
    reason: str = ""
    decided_by: str = ""
    """The organisation, never a private name."""
    decided_at: datetime | None = None
    proposal: str = ""
    """Id of the withdrawal that was proposed."""

    @property
    def is_open(self) -> bool:
        return self.state is not TicketState.DECIDED

    def bare(self) -> Ticket:
        """Without what the resident wrote and sent: enough for 申诉进度."""
        return replace(self, text="", pictures=())


def number_of_ticket(effect: str, at: datetime) -> str:
    """The number that the resident is told at once: month and day, and eight characters of the effect's own id."""
    value = int.from_bytes(hashlib.blake2b(effect.encode(), digest_size=5, person=b"yima ticket").digest())
    letters = "".join(_DIGITS[value >> 5 * place & 31] for place in reversed(range(8)))
    return f"{day_of(at):%m%d}-{letters[:4]}-{letters[4:]}"


def filed(tickets: tuple[Ticket, ...], ticket: Ticket) -> tuple[Ticket, ...]:
    """The tickets of a person with one more, and without the oldest decided ones. The same number again is the same."""
    if any(each.number == ticket.number for each in tickets):
        return tickets
    decided = [each for each in tickets if not each.is_open]
    dropped = {each.number for each in decided[:-DECIDED_KEPT]}
    return (*(each for each in tickets if each.number not in dropped), ticket)


def escalated(ticket: Ticket, now: datetime) -> Ticket:
    """The ticket at its county, if its community has let the deadline pass; else as it is."""
    if ticket.state is not TicketState.OPEN or now < ticket.due:
        return ticket
    return replace(ticket, state=TicketState.ESCALATED, owner=ticket.owner[:COUNTY_DIGITS])


def decided(ticket: Ticket, outcome: Outcome, reason: str, organisation: str, now: datetime, proposal: str) -> Ticket:
    """The ticket as it was decided. Raises Refused: `decided` before, `no_reason`, `no_such_record` to withdraw."""
    if not ticket.is_open:
        raise Refused("decided")
    if not reason.strip():
        raise Refused("no_reason")
    if outcome is Outcome.WITHDRAW and not ticket.fact:
        raise Refused("no_such_record")
    return replace(
        ticket,
        state=TicketState.DECIDED,
        outcome=outcome,
        reason=reason.strip(),
        decided_by=organisation,
        decided_at=now,
        proposal=proposal,
    )
