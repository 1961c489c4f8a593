"""What two people decide: listed, read and decided alike, whatever it is about."""

from __future__ import annotations

import click

from domain.proposals import Proposal, ProposalKind, decide
from domain.roles import Action, Refused, Staff, holds
from store.changes import Act
from worker.context import Context


def show_all(ctx: Context, staff: Staff, kind: ProposalKind, action: Action) -> None:
    """What waits and what was decided, the latest first. Raises Refused for whom the action is not allowed anywhere."""
    if not holds(staff, action):
        raise Refused("role")
    for each in ctx.proposals.all():
        if each.kind is kind:
            decided = f"{each.decided_by} {each.reason}".strip()
            click.echo(f"{each.id}\t{each.state}\t{each.submitted_by}\t{each.summary}\t{decided}")


def read(ctx: Context, id: str, kind: ProposalKind) -> Proposal:
    """Raises Refused (`unknown_proposal`)."""
    proposal = ctx.proposals.read(id)
    if proposal is None or proposal.kind is not kind:
        raise Refused("unknown_proposal", id)
    return proposal


def decided_by(ctx: Context, staff: Staff, proposal: Proposal, ok: bool, reason: str, act: Act) -> Proposal:
    """The proposal decided, with its act. The same decision again is none more. Raises Refused."""
    decided = decide(proposal, staff, ok, ctx.clock.now(), reason)
    if decided != proposal and not ctx.proposals.move(proposal, decided, act):
        raise Refused("decided")
    return decided
