"""Looking at one person's record: for whoever may, with a purpose that the person can read in 谁看过我."""

from __future__ import annotations

import json

import click

from domain.carry_out import reason_of
from domain.documents import to_json
from domain.people import mask_document, mask_name, mask_phone
from domain.person import Person
from domain.places import full_name
from worker.context import Context
from worker.operate.asking import part, pid_in, read_json, refusals, staff_option
from worker.staff.looking import looked_at, remarks
from worker.wiring import context


@click.command("person")
@staff_option
def see_person(staff_id: str) -> None:
    """One person's record. Standard input: {"document": {…}, "purpose": "核对申诉"}; they can see that you looked."""
    ctx, given = context(), read_json()
    with refusals():
        staff, purpose = ctx.staff.read(staff_id), reason_of(part(given, "purpose", str))
        person = looked_at(ctx, staff, pid_in(ctx, given), purpose)
    click.echo(_told(ctx, person))


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


def _recorder(person: Person, fact: str) -> dict[str, str]:
    return {"organisation": person.recorded_by[fact]} if fact in person.recorded_by else {}
