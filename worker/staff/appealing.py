"""What becomes of appeals: past the deadline the county has them; decisions come back by chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.appeals import Outcome, Ticket, decided, escalated
from domain.person import Person
from domain.places import full_name
from domain.roles import Refused, Staff
from domain.tasks import APPEAL
from flows.core import Say
from flows.plain import Json
from store.changes import Act, Change, Letter, Task
from worker.context import Context
from worker.decisions import telling
from worker.decisions.moment import Moment
from worker.decisions.recording import beside

REASON_SHOWN = 200
"""Characters of the reason in the message about a decision."""


def escalate(person: Person, moment: Moment) -> Change | None:
    """The appeals whose deadline has passed go to the county, and the resident is told; None if there is none."""
    tickets = tuple(escalated(each, moment.now) for each in person.tickets)
    passed = [each for each, before in zip(tickets, person.tickets, strict=True) if each is not before]
    if not passed:
        return None
    after = replace(person, tickets=tickets)
    says = tuple(Say("told_escalated", {"number": each.number, "owner": full_name(each.owner)}) for each in passed)
    numbers = " ".join(each.number for each in passed)
    act = Act("clock", "escalate appeal", reason=numbers)
    return beside(person, after, moment, _letter(person, *says), _tasks(person, after), act)


def settle_ticket(
    person: Person, number: str, outcome: Outcome, reason: str, staff: Staff, moment: Moment, proposal: str = ""
) -> Change:
    """The decision about one appeal, told with its reason. Raises Refused (`no_such_appeal`, those of `decided`)."""
    ticket = ticket_of(person, number)
    done = decided(ticket, outcome, reason, staff.organisation, moment.now, proposal)
    after = replace(person, tickets=tuple(done if each.number == number else each for each in person.tickets))
    told = next(each for each in after.tickets_for_claimant() if each.number == number)
    act = Act(staff.id, f"decide appeal {outcome}", ticket.fact, f"{number} {reason}", staff.organisation)
    return beside(person, after, moment, _letter(person, told_decision(told)), _tasks(person, after), act)


def ticket_of(person: Person, number: str) -> Ticket:
    """Raises Refused (`no_such_appeal`)."""
    found = next((each for each in person.tickets if each.number == number), None)
    if found is None:
        raise Refused("no_such_appeal", number)
    return found


def told_decision(ticket: Ticket) -> Say:
    args: dict[str, Json] = {"number": ticket.number, "about": ticket.about, "reason": ticket.reason[:REASON_SHOWN]}
    return Say("told_decision", args | {"outcome": str(ticket.outcome), "organisation": ticket.decided_by})


def escalate_overdue(ctx: Context) -> int:
    """For the clock's leader; how many persons' appeals went to their county."""
    moment, done = ctx.moment(), 0
    waiting = ctx.due.deadlines(moment.now)
    for person in ctx.people.read_sound(waiting).values():
        change = escalate(person, moment)
        if change is not None and ctx.people.write([change])[0]:
            ctx.changed(person.pid)
            done += 1
    return done


def _letter(person: Person, *says: Say) -> tuple[Letter, ...]:
    return telling.to_everybody(person, (Letter(person.account, "text", says),)) if person.account else ()


def _tasks(before: Person, after: Person) -> tuple[Task, ...]:
    """The task of every owner that had or has an open appeal of this person."""
    owners = dict.fromkeys(each.owner for each in (*before.tickets, *after.tickets) if each.owner)
    still: dict[str, datetime] = {}
    for each in after.tickets:
        if each.is_open:
            still[each.owner] = min(each.due, still.get(each.owner, each.due))
    return tuple(Task(owner, APPEAL, owner not in still, still.get(owner)) for owner in owners)
