"""Looking at one person's record: for whoever may, with a purpose that the person can read in 谁看过我."""

from __future__ import annotations

import json

import click

from domain.carry_out import reason_of, target_of
from domain.documents import to_json
from domain.people import birthplace_unknown, mask_document, mask_name, mask_phone
from domain.person import Look, Person
from domain.places import full_name
from domain.roles import Action, Refused, Staff, may, require
from store.changes import Act
from worker.apply import look
from worker.changing import change_person
from worker.context import Context, context
from worker.operate.asking import part, pid_in, read_json, refusals, staff_option


@click.command("person")
@staff_option
def see_person(staff_id: str) -> None:
    """One person's record. Standard input: {"document": {…}, "purpose": "核对申诉"}; they can see that you looked."""
    ctx, given = context(), read_json()
    with refusals():
        staff, purpose = ctx.staff.read(staff_id), reason_of(part(given, "purpose", str))
        person = _seen(ctx, staff, pid_in(ctx, given), purpose)
    click.echo(_told(ctx, person))


def _seen(ctx: Context, staff: Staff, pid: bytes, purpose: str) -> Person:
    """The person, who was looked at. A look at somebody out of scope is refused, and that is an act as well."""
    moment, act = ctx.moment(), Act(staff.id, "look", reason=purpose, organisation=staff.organisation)
    person = ctx.people.read([pid])[pid]
    try:
        if not may(staff, Action.SEE_WARD, target_of(person)):
            require(staff, Action.SEE_PERSON, target_of(person))
    except Refused:
        ctx.audit.note(Act(staff.id, "look refused", reason=purpose, organisation=staff.organisation), pid)
        raise
    if person.version == 0:
        ctx.audit.note(act, pid)
        raise Refused("unknown_person")
    seen = Look(staff.organisation, moment.now, purpose)
    return change_person(ctx, pid, lambda person: look(person, seen, act, moment)).after


def _told(ctx: Context, person: Person) -> str:
    verdict = ctx.moment().judge(person)
    who = person.identity
    record = {
        "name": mask_name(who.name) if who else "",
        "document": mask_document(who.document) if who else "",
        "phone": mask_phone(who.phone) if who else "",
        "remarks": remarks(person),
        "community": full_name(person.community),
        "institution": person.institution,
        "colour": verdict.colour.value,
        "clauses": list(verdict.clauses),
        "progress": verdict.progress,
        "facts": [to_json(fact) | _recorder(person, fact.id) for fact in person.history.facts],
    }
    return json.dumps(record, ensure_ascii=False, indent=1)


def remarks(person: Person) -> list[str]:
    """What whoever looks at the document should know of it; none of it stands in anybody's way."""
    unknown = person.identity is not None and birthplace_unknown(person.identity.document)
    return ["身份证号码前六位不是现行的县区（多为已撤销的），请看一下证件原件"] if unknown else []


def _recorder(person: Person, fact: str) -> dict[str, str]:
    return {"organisation": person.recorded_by[fact]} if fact in person.recorded_by else {}
