"""Proposals: what one person submits and another approves before it happens. A list of cases, a withdrawal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.roles import Refused, Staff


class ProposalKind(StrEnum):
    LIST = "list"
    WITHDRAW = "withdraw"
    UNLINK = "unlink"


class ProposalState(StrEnum):
    """A proposal only ever moves on: submitted, then approved or rejected; what was approved is applied."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    APPLIED = "applied"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something to be done to records, by whom, and what became of it.

    `summary` is for whoever decides and holds no name and no number; `subject` is for whoever carries it out: the id of
    a list, a person's pid and the id of a fact, or the pids of a link.
    """

    id: str
    kind: ProposalKind
    submitted_by: str
    """Id of the staff member."""
    submitted_at: datetime
    summary: str
    subject: str = ""
    state: ProposalState = ProposalState.SUBMITTED
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    """Why it was decided so."""


def decide(proposal: Proposal, staff: Staff, ok: bool, now: datetime, reason: str = "") -> Proposal:
    """The proposal as `staff` decided it at `now`. Whether their role may decide at all is asked of `may` before.

    The same decision by the same person again is no second one. Raises Refused: `same_person` for whoever submitted it,
    `decided` when it was decided otherwise, `no_reason` for a rejection without one.
    """
    if staff.id == proposal.submitted_by:
        raise Refused("same_person")
    state = ProposalState.APPROVED if ok else ProposalState.REJECTED
    if proposal.state is not ProposalState.SUBMITTED:
        if (proposal.state, proposal.decided_by) == (state, staff.id):
            return proposal
        raise Refused("decided")
    if not ok and not reason.strip():
        raise Refused("no_reason")
    return replace(proposal, state=state, decided_by=staff.id, decided_at=now, reason=reason.strip())


def applied(proposal: Proposal) -> Proposal:
    """The proposal once everything it asked for is done. Raises Refused (`not_approved`)."""
    if proposal.state is ProposalState.APPLIED:
        return proposal
    if proposal.state is not ProposalState.APPROVED:
        raise Refused("not_approved")
    return replace(proposal, state=ProposalState.APPLIED)
