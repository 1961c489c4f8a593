"""Withdrawing a case, a contact or an upstream colour: one proposes, another approves, the record stays visible."""

from __future__ import annotations

import base64
import secrets

import click

from domain.carry_out import reason_of, target_of
from domain.facts import Withdraw
from domain.proposals import Proposal, ProposalKind, applied
from domain.roles import Action, Staff, require
from domain.withdrawals import withdrawable
from store.changes import Act
from store.keys import pid_text
from worker.changing import change_person
from worker.context import Context
from worker.decisions.ordering import withdraw
from worker.operate import proposing
from worker.operate.asking import part, pid_in, read_json, refusals, staff_option
from worker.wiring import context


@click.group("withdraw")
def withdrawals() -> None:
    """Take back a case, a contact or an upstream colour: two people."""


@withdrawals.command("propose")
@staff_option
def propose(staff_id: str) -> None:
    """Standard input: {"document": {…}, "of": "<id of the fact>", "reason": "…"}."""
    ctx, given = context(), read_json()
    with refusals():
        staff, pid, reason = ctx.staff.read(staff_id), pid_in(ctx, given), reason_of(part(given, "reason", str))
        proposal = submit(ctx, staff, pid, part(given, "of", str), reason)
    click.echo(f"{proposal.id} 已提交，待另一人批准 · submitted, another person decides")


@withdrawals.command("list")
@staff_option
def show(staff_id: str) -> None:
    """What waits and what was decided, the latest first."""
    ctx = context()
    with refusals():
        proposing.show_all(ctx, ctx.staff.read(staff_id), ProposalKind.WITHDRAW, Action.SUBMIT_WITHDRAWAL)


@withdrawals.command("approve")
@click.argument("id")
@staff_option
def approve(id: str, staff_id: str) -> None:
    """Take the record back, as proposed by somebody else."""
    ctx = context()
    with refusals():
        settle(ctx, ctx.staff.read(staff_id), id)
    click.echo("已撤回 · withdrawn")


@withdrawals.command("reject")
@click.argument("id")
@click.option("--reason", required=True)
@staff_option
def reject(id: str, reason: str, staff_id: str) -> None:
    """Leave the record as it is."""
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        turn_down(ctx, staff, id, reason)
    click.echo("已驳回 · rejected")


def submit(ctx: Context, staff: Staff, pid: bytes, of: str, reason: str) -> Proposal:
    """Propose to take back the fact `of` of a person. Raises Refused."""
    person = ctx.people.read([pid])[pid]
    require(staff, Action.SUBMIT_WITHDRAWAL, target_of(person))
    withdrawable(person, of)
    id = f"w{secrets.token_hex(5)}"
    subject = f"{pid_text(pid)} {of}"
    proposal = Proposal(id, ProposalKind.WITHDRAW, staff.id, ctx.clock.now(), reason, subject)
    ctx.proposals.submit(proposal, Act(staff.id, "propose withdraw", of, reason, staff.organisation))
    return proposal


def settle(ctx: Context, staff: Staff, id: str) -> None:
    """Approve and carry out. Whoever dies in between gives the same command again. Raises Refused."""
    proposal = _decide(ctx, staff, proposing.read(ctx, id, ProposalKind.WITHDRAW), ok=True, reason="")
    pid, of = _subject(proposal)
    moment, done = ctx.moment(), {f.of for f in ctx.people.read([pid])[pid].history.facts if isinstance(f, Withdraw)}
    if of not in done:
        change_person(
            ctx, pid, lambda person: withdraw(person, of, staff, proposal.submitted_by, proposal.summary, moment)
        )
    ctx.proposals.move(proposal, applied(proposal), Act(staff.id, "withdrawn", of, organisation=staff.organisation))


def turn_down(ctx: Context, staff: Staff, id: str, reason: str) -> None:
    """Leave the record as it is. Raises Refused."""
    _decide(ctx, staff, proposing.read(ctx, id, ProposalKind.WITHDRAW), ok=False, reason=reason)


def _decide(ctx: Context, staff: Staff, proposal: Proposal, ok: bool, reason: str) -> Proposal:
    pid, of = _subject(proposal)
    require(staff, Action.APPROVE_WITHDRAWAL, target_of(ctx.people.read([pid])[pid]))
    act = Act(staff.id, f"{'approve' if ok else 'reject'} withdraw", of, reason or proposal.summary, staff.organisation)
    return proposing.decided_by(ctx, staff, proposal, ok, reason, act)


def _subject(proposal: Proposal) -> tuple[bytes, str]:
    pid, _, of = proposal.subject.partition(" ")
    return base64.urlsafe_b64decode(pid), of
