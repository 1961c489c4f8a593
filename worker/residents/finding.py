"""Finding somebody by document, telephone or name, where one works. How often is limited; every try is an act."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from domain.carry_out import target_of
from domain.people import DocumentKind, Identity, looks_like_resident_id, parse_document, plain_number
from domain.person import Person
from domain.phones import parse_phone
from domain.reject import Reject
from domain.roles import Action, Refused, Staff, holds, may
from store.changes import Act
from store.limits import Limit
from store.sealing import person_id
from worker.context import Context
from worker.desk.areas import MOST_PEOPLE, areas_of, people_in

SEARCHES = Limit("search", 60, timedelta(hours=1))
"""Of one member of the staff: a hundred calls a day are made in one community, and nobody looks up a city."""
MOST_SHOWN = 20
BATCH = 500


def find(ctx: Context, staff: Staff, text: str, kind: str = "") -> list[Person]:
    """Who may be meant, at most MOST_SHOWN: by the number of a document (of `kind`, else a resident ID), a telephone or
    a whole name. Names and telephones are looked up only where one works, and among up to 5,000 people.

    Raises Refused: `searched_too_often`, `too_many_for_a_name`, `too_wide`.
    """
    if ctx.limits.attempt(SEARCHES, staff.id, ctx.clock.now()) is None:
        ctx.audit.note(Act(staff.id, "search refused", organisation=staff.organisation))
        raise Refused("searched_too_often")
    text = text.strip()
    found = _by_document(ctx, staff, text, kind)
    way = "document"
    if found is None:
        way, found = "name or telephone", _by_identity(ctx, staff, text)
    said = f"by {way}: {len(found)}"
    ctx.audit.note(Act(staff.id, "search", reason=said, organisation=staff.organisation))
    return found[:MOST_SHOWN]


def _by_document(ctx: Context, staff: Staff, text: str, kind: str) -> list[Person] | None:
    """None when it is the number of no document."""
    if not kind and not looks_like_resident_id(text):
        return None
    try:
        document = parse_document(DocumentKind(kind or "10"), text, date.max)
    except Reject:
        return None if not kind else []
    pid = person_id(ctx.settings.pid_key, document.kind.value, document.number)
    person = ctx.people.read_main([pid])[pid]
    return [person] if person.version and _is_mine(staff, person) else []


def _by_identity(ctx: Context, staff: Staff, text: str) -> list[Person]:
    try:
        phone = parse_phone(text)
    except Reject:
        phone = ""
    name = "" if phone else text
    if not text:
        return []
    return [each for each in _people(ctx, staff) if each.identity and _is_meant(each.identity, name, phone)]


def _people(ctx: Context, staff: Staff) -> Iterator[Person]:
    if holds(staff, Action.SEE_WARD):
        wards = [grant.scope.id for grant in staff.grants if hasattr(grant.scope, "id")]
        yield from ctx.people.read_sound(pid for ward in wards for pid in ctx.wards.read(ward)).values()
    if not holds(staff, Action.SEE_PERSON):
        return
    pids = [pid for pid, _, _ in people_in(ctx, areas_of(staff, Action.SEE_PERSON))]
    if len(pids) > MOST_PEOPLE:
        raise Refused("too_many_for_a_name", str(len(pids)))
    for first in range(0, len(pids), BATCH):
        yield from ctx.people.read_sound(pids[first : first + BATCH]).values()


def _is_meant(who: Identity, name: str, phone: str) -> bool:
    return who.phone == phone if phone else plain_number(who.name) == plain_number(name)


def _is_mine(staff: Staff, person: Person) -> bool:
    return any(may(staff, each, target_of(person)) for each in (Action.SEE_PERSON, Action.SEE_WARD))
