"""Two documents of one person: linked by an officer, taken apart again by two. Nothing ever suggests a link."""

from __future__ import annotations

import base64
import secrets

import click

from domain.carry_out import reason_of, target_of
from domain.linking import unlinked
from domain.people import mask_document, mask_name
from domain.person import Person
from domain.proposals import Proposal, ProposalKind, applied
from domain.roles import Action, Staff, require
from store.changes import Act
from store.keys import pid_text
from worker.changing import change_person
from worker.context import Context
from worker.decisions.linking import link, unlink
from worker.operate import proposing
from worker.operate.asking import own_pid_in, part, pid_in, read_json, refusals, staff_option
from worker.wiring import context


@click.group("link")
def links() -> None:
    """Two documents of one person; to undo it takes two people."""


@links.command("make")
@staff_option
def make(staff_id: str) -> None:
    """Standard input: {"document": {the second one}, "main": {the one that stays}, "reason": "…"}."""
    ctx, given = context(), read_json()
    with refusals():
        staff, reason = ctx.staff.read(staff_id), reason_of(part(given, "reason", str))
        second = own_pid_in(ctx, given)
        main = pid_in(ctx, given, "main")
        holder = _made(ctx, staff, second, main, reason)
    click.echo(f"已关联到 {_shown(holder)} · linked")


@links.command("propose")
@staff_option
def propose(staff_id: str) -> None:
    """That a link is a mistake. Standard input: {"document": {the second one}, "reason": "…"}."""
    ctx, given = context(), read_json()
    with refusals():
        staff, reason = ctx.staff.read(staff_id), reason_of(part(given, "reason", str))
        proposal = submit(ctx, staff, own_pid_in(ctx, given), reason)
    click.echo(f"{proposal.id} 已提交，待另一人批准 · submitted, another person decides")


@links.command("list")
@staff_option
def show(staff_id: str) -> None:
    """What waits and what was decided, the latest first."""
    ctx = context()
    with refusals():
        proposing.show_all(ctx, ctx.staff.read(staff_id), ProposalKind.UNLINK, Action.LINK)


@links.command("approve")
@click.argument("id")
@staff_option
def approve(id: str, staff_id: str) -> None:
    """Take the two documents apart, as proposed by somebody else."""
    ctx = context()
    with refusals():
        settle(ctx, ctx.staff.read(staff_id), id)
    click.echo("已解除关联 · taken apart")


@links.command("reject")
@click.argument("id")
@click.option("--reason", required=True)
@staff_option
def reject(id: str, reason: str, staff_id: str) -> None:
    """Leave them linked."""
    ctx = context()
    with refusals():
        _decide(ctx, ctx.staff.read(staff_id), proposing.read(ctx, id, ProposalKind.UNLINK), ok=False, reason=reason)
    click.echo("已驳回 · rejected")


def submit(ctx: Context, staff: Staff, pid: bytes, reason: str) -> Proposal:
    """Propose that the document `pid` is not that of the person it is linked to. Raises Refused."""
    main = ctx.people.read_main([pid])[pid]
    require(staff, Action.LINK, target_of(main))
    unlinked(ctx.people.read([pid])[pid], main)
    id, subject = f"u{secrets.token_hex(5)}", f"{pid_text(pid)} {pid_text(main.pid)}"
    proposal = Proposal(id, ProposalKind.UNLINK, staff.id, ctx.clock.now(), reason, subject)
    ctx.proposals.submit(proposal, Act(staff.id, "propose unlink", reason=reason, organisation=staff.organisation))
    return proposal


def settle(ctx: Context, staff: Staff, id: str) -> None:
    """Approve and carry out. Whoever dies in between gives the same command again. Raises Refused."""
    proposal = _decide(ctx, staff, proposing.read(ctx, id, ProposalKind.UNLINK), ok=True, reason="")
    (pid, main), moment = _subject(proposal), ctx.moment()
    if ctx.people.read([pid])[pid].alias_of == main:
        holder = ctx.people.read([main])[main]
        why = f"{proposal.submitted_by}: {proposal.summary}"
        act = Act(staff.id, f"unlink for {proposal.submitted_by}", pid_text(main), why, staff.organisation)
        change_person(ctx, pid, lambda second: unlink(second, holder, act, moment))
    ctx.proposals.move(proposal, applied(proposal), Act(staff.id, "unlinked", organisation=staff.organisation))


def _made(ctx: Context, staff: Staff, second: bytes, main: bytes, reason: str) -> Person:
    """The main record. The same link again is no second one."""
    if second != main and ctx.people.read([second])[second].alias_of == main:
        require(staff, Action.LINK, target_of(ctx.people.read([main])[main]))
        return ctx.people.read([main])[main]
    moment, act = ctx.moment(), Act(staff.id, "link", pid_text(main), reason, staff.organisation)
    holder = ctx.people.read([main])[main]
    change_person(ctx, second, lambda person: link(person, holder, staff, act, moment))
    return holder


def _decide(ctx: Context, staff: Staff, proposal: Proposal, ok: bool, reason: str) -> Proposal:
    _, main = _subject(proposal)
    require(staff, Action.LINK, target_of(ctx.people.read([main])[main]))
    what = f"{'approve' if ok else 'reject'} unlink"
    act = Act(staff.id, what, reason=reason or proposal.summary, organisation=staff.organisation)
    return proposing.decided_by(ctx, staff, proposal, ok, reason, act)


def _subject(proposal: Proposal) -> tuple[bytes, bytes]:
    """Pids of the alias record and of whom it is linked to."""
    second, _, main = proposal.subject.partition(" ")
    return base64.urlsafe_b64decode(second), base64.urlsafe_b64decode(main)


def _shown(main: Person) -> str:
    return f"{mask_name(main.identity.name)} {mask_document(main.identity.document)}" if main.identity else ""
