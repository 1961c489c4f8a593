"""Looks at one person's record: for whoever may, with a purpose that the person can read in 谁看过我."""

from __future__ import annotations

from domain.carry_out import target_of
from domain.facts import day_of
from domain.people import birthplace_unknown
from domain.person import Look, Person
from domain.roles import Action, Refused, Staff, may, require
from store.changes import Act
from worker.changing import change_person
from worker.context import Context
from worker.decisions.recording import look

OPENED = "工作台查看"
"""What 谁看过我 says about a page of the console that was opened, with the identity masked."""


def looked_at(ctx: Context, staff: Staff, pid: bytes, purpose: str, what: str = "look") -> Person:
    """The person, who can see from now on that they were looked at. A look at somebody out of scope is refused, and
    that is an act as well. Raises Refused: `role`, `scope`, `unknown_person`."""
    moment, act = ctx.moment(), Act(staff.id, what, reason=purpose, organisation=staff.organisation)
    person = ctx.people.read([pid])[pid]
    try:
        if not may(staff, Action.SEE_WARD, target_of(person)):
            require(staff, Action.SEE_PERSON, target_of(person))
    except Refused:
        ctx.audit.note(Act(staff.id, f"{what} refused", reason=purpose, organisation=staff.organisation), pid)
        raise
    if person.version == 0:
        ctx.audit.note(act, pid)
        raise Refused("unknown_person")
    seen = Look(staff.organisation, moment.now, purpose)
    return change_person(ctx, pid, lambda person: look(person, seen, act, moment)).after


def opened(ctx: Context, staff: Staff, pid: bytes) -> Person:
    """The same for a page that is looked at again and again: one look a day and organisation stands with the person,
    every one in the audit. An auditor may, too, and changes nothing: that look is in the audit alone."""
    person = ctx.people.read([pid])[pid]
    act = Act(staff.id, "open person", reason=OPENED, organisation=staff.organisation)
    if may(staff, Action.READ_AUDIT) or _was_seen(person, staff, ctx):
        if person.version == 0:
            raise Refused("unknown_person")
        ctx.audit.note(act, pid)
        return person
    return looked_at(ctx, staff, pid, OPENED, act.what)


def remarks(person: Person) -> list[str]:
    """What whoever looks at the document should know of it; none of it stands in anybody's way."""
    unknown = person.identity is not None and birthplace_unknown(person.identity.document)
    return ["身份证号码前六位不是现行的县区（多为已撤销的），请看一下证件原件"] if unknown else []


def _was_seen(person: Person, staff: Staff, ctx: Context) -> bool:
    """Whether this organisation looked today, and whoever looks now may look."""
    if not any(may(staff, each, target_of(person)) for each in (Action.SEE_PERSON, Action.SEE_WARD)):
        return False
    now = (staff.organisation, OPENED, day_of(ctx.clock.now()))
    return any((each.organisation, each.purpose, day_of(each.at)) == now for each in person.looks)
