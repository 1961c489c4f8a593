"""Appeals of the residents: what waits in one's own area, one of them with its pictures, and the decision about it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from domain.appeals import Outcome, Ticket
from domain.carry_out import reason_of
from domain.people import mask_name
from domain.person import Look, Person
from domain.places import full_name
from domain.roles import Action, Refused, Staff, require
from domain.scopes import Target
from domain.tasks import APPEAL
from store.changes import Act
from worker.changing import change_person
from worker.context import Context
from worker.decisions.recording import look
from worker.operate.asking import refusals, staff_option
from worker.operate.withdrawals import submit
from worker.staff.appealing import settle_ticket, ticket_of
from worker.wiring import context

PURPOSE = "核对申诉"
"""What 谁看过我 says about a look at an appeal."""


@click.group("appeals")
def appeals() -> None:
    """Residents' appeals: list, show, decide. A decision never sets a colour."""


@appeals.command("list")
@click.argument("owner")
@staff_option
def waiting(owner: str, staff_id: str) -> None:
    """What waits for a decision by OWNER: a community (12 digits), or a county (6) after the deadline."""
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, Action.DECIDE_APPEAL, Target(owner))
        ctx.audit.note(Act(staff.id, "list appeals", reason=owner, organisation=staff.organisation))
    pids = [task.pid for task in ctx.tasks.open(owner) if task.about == APPEAL]
    people = ctx.people.read_sound(pids).values()
    tickets = [each for person in people for each in person.tickets if each.is_open and each.owner == owner]
    for each in sorted(tickets, key=lambda each: each.due):
        click.echo(f"{each.number}\t{each.state}\t{each.due:%Y-%m-%d %H:%M}\t{each.about}")


@appeals.command("show")
@click.argument("number")
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), help="A folder to write the pictures to.")
@staff_option
def show(number: str, pictures: Path | None, staff_id: str) -> None:
    """One appeal; the resident can see that it was looked at."""
    ctx = context()
    with refusals():
        staff, pid = ctx.staff.read(staff_id), pid_of(ctx, number)
        person = seen(ctx, staff, pid, number)
    click.echo(json.dumps(_told(person, ticket_of(person, number)), ensure_ascii=False, indent=1))
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        for place, jpeg in ctx.appeals.pictures(pid, person.salt, number).items():
            (pictures / f"{number}-{place + 1}.jpg").write_bytes(jpeg)


@appeals.command("decide")
@click.argument("number")
@click.option("--outcome", type=click.Choice([each.value for each in Outcome]), required=True)
@click.option("--reason", required=True, help="What the resident is told.")
@staff_option
def decide(number: str, outcome: str, reason: str, staff_id: str) -> None:
    """The resident is told the outcome and the reason.

    withdraw: the record is wrong, its withdrawal is proposed and another person approves; corrected: it was put right
    by an order; confirmed: it is right.
    """
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        proposal = decided(ctx, staff, number, Outcome(outcome), reason_of(reason))
    click.echo(f"已答复 · decided{f'；撤回申请 · withdrawal proposed: {proposal}' if proposal else ''}")


def decided(ctx: Context, staff: Staff, number: str, outcome: Outcome, reason: str) -> str:
    """Decide and tell; the id of the proposed withdrawal, or empty. Raises Refused."""
    pid = pid_of(ctx, number)
    person, moment = ctx.people.read([pid])[pid], ctx.moment()
    _require(staff, ticket_of(person, number))
    # Refuses what cannot be decided, before a withdrawal is proposed.
    settle_ticket(person, number, outcome, reason, staff, moment)
    proposal = ""
    if outcome is Outcome.WITHDRAW:
        proposal = submit(ctx, staff, pid, ticket_of(person, number).fact, f"申诉 {number}：{reason}").id
    change_person(ctx, pid, lambda person: settle_ticket(person, number, outcome, reason, staff, moment, proposal))
    ctx.appeals.let_go(pid, number)
    return proposal


def seen(ctx: Context, staff: Staff, pid: bytes, number: str) -> Person:
    """The person behind an appeal, who can read that it was looked at. Raises Refused."""
    person, moment = ctx.people.read([pid])[pid], ctx.moment()
    _require(staff, ticket_of(person, number))
    act = Act(staff.id, "look at appeal", reason=number, organisation=staff.organisation)
    looked = Look(staff.organisation, moment.now, PURPOSE)
    return change_person(ctx, pid, lambda person: look(person, looked, act, moment)).after


def _require(staff: Staff, ticket: Ticket) -> None:
    """The owner decides, and whoever has a wider area around it. Raises Refused."""
    require(staff, Action.DECIDE_APPEAL, Target(ticket.owner))


def pid_of(ctx: Context, number: str) -> bytes:
    """Of whom an appeal is. Raises Refused (`no_such_appeal`)."""
    pid = ctx.appeals.find(number)
    if pid is None:
        raise Refused("no_such_appeal", number)
    return pid


def _told(person: Person, ticket: Ticket) -> dict[str, object]:
    fact = next((each for each in person.history.facts if each.id == ticket.fact), None)
    return {
        "number": ticket.number,
        "name": mask_name(person.identity.name) if person.identity else "",
        "community": full_name(person.community),
        "filed": ticket.at.isoformat(),
        "due": ticket.due.isoformat(),
        "owner": ticket.owner,
        "state": ticket.state.value,
        "clause": ticket.clause,
        "fact": ticket.fact,
        "recorded_by": person.recorded_by.get(ticket.fact, ""),
        "recorded": fact.at.isoformat() if fact else "",
        "about": ticket.about,
        "text": ticket.text,
        "pictures": len(ticket.pictures),
    }
