"""代报: by a number of the last list at once, if nothing is wrong; else after the masked name was shown and confirmed.

The same report of the same day is the same fact, so what is carried out twice records once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.carry_out import target_of
from domain.days import last_own_day
from domain.facts import SHANGHAI, Symptom, day_of
from domain.notices import in_force
from domain.orders import ReportFor
from domain.people import Document, DocumentKind
from domain.person import Look, Person
from domain.places import full_name
from domain.roles import Action, Refused, Staff, require
from flows.core import Say
from flows.kinds.health import told_symptoms
from flows.plain import Json
from store.changes import Act
from store.sealing import person_id
from worker.changing import change_person
from worker.context import Context
from worker.decisions.ordering import order
from worker.decisions.recording import look
from worker.delivery.letters import Sendable
from worker.desk.areas import MOST_PEOPLE, areas_of, people_in
from worker.desk.listing import masked, place_in_list
from worker.staff.duties import on_duty

REPORT = "report"
REASON = "网格员在微信里代报"
PURPOSE = "代报核对"
"""What 谁看过我 says."""
BATCH = 500


def report_for(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """代报: somebody of the list is recorded at once, unless the report is abnormal; the others are shown first."""
    staff, given = on_duty(ctx, letter.openid), letter.args
    who = given["who"]
    if not isinstance(who, Mapping):
        raise Refused("no_such_person")
    pid = _meant(ctx, letter.openid, staff, who)
    asked = ReportFor(Decimal(str(given["temperature"])), _symptoms(given["symptoms"]))
    if "place" in who and not _is_abnormal(asked, _meant_at(letter)):
        return (_recorded(ctx, staff, pid, asked, _meant_at(letter)),)
    person, moment = _looked_at(ctx, staff, pid), ctx.moment()
    ctx.notes.put(letter.openid, REPORT, (pid, str(asked.temperature), sorted(asked.symptoms)), moment.now)
    return (Say("report_sure", _told(ctx, person, asked) | _stands(ctx, person)),)


def confirmed(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """确认代报."""
    staff = on_duty(ctx, letter.openid)
    noted = ctx.notes.get(letter.openid, REPORT, ctx.moment().now)
    if noted is None:
        raise Refused("nothing_to_confirm", "代报")
    pid, temperature, symptoms = noted
    return (_recorded(ctx, staff, pid, ReportFor(Decimal(temperature), _symptoms(symptoms)), _meant_at(letter)),)


def _recorded(ctx: Context, staff: Staff, pid: bytes, asked: ReportFor, at: datetime) -> Say:
    moment = replace(ctx.moment(), now=at)
    _in_scope(ctx, staff, pid)
    change = change_person(ctx, pid, lambda person: order(asked, staff, person, REASON, moment))
    known = {fact.id for fact in change.before.history.facts}
    again = change.act is not None and change.act.fact in known
    colour = moment.colour(change.after).value
    return Say("reported_for", _told(ctx, change.after, asked) | {"colour": colour, "again": again})


def _in_scope(ctx: Context, staff: Staff, pid: bytes) -> Person:
    """The person, if this member of the staff may report for them. Raises Refused; that it was tried is an act."""
    person = ctx.people.read([pid])[pid]
    if person.version == 0:
        raise Refused("no_such_person")
    try:
        require(staff, Action.REPORT_FOR, target_of(person))
    except Refused:
        ctx.audit.note(Act(staff.id, "report refused", reason=REASON, organisation=staff.organisation), pid)
        raise
    return person


def _looked_at(ctx: Context, staff: Staff, pid: bytes) -> Person:
    """The same, shown to the staff: the resident sees in 谁看过我 that it was."""
    _in_scope(ctx, staff, pid)
    moment, act = ctx.moment(), Act(staff.id, "look", reason=REASON, organisation=staff.organisation)
    seen = Look(staff.organisation, moment.now, PURPOSE)
    return change_person(ctx, pid, lambda person: look(person, seen, act, moment)).after


def _meant(ctx: Context, openid: str, staff: Staff, who: Mapping[str, Any]) -> bytes:
    match who:
        case {"place": int(number)}:
            return place_in_list(ctx, openid, number)
        case {"name": str(name)}:
            return _named(ctx, staff, name)
        case {"kind": str(kind), "number": str(number)}:
            document = Document(DocumentKind(kind), number)
            pid = person_id(ctx.settings.pid_key, document.kind.value, document.number)
            return ctx.people.read_main([pid])[pid].pid
        case _:
            raise Refused("no_such_person")


def _named(ctx: Context, staff: Staff, name: str) -> bytes:
    """The only one of that name where the staff works: their identities are opened one by one, 500 a trip.

    Raises Refused: `too_many_for_a_name`, `no_such_name`, `same_name` (how many).
    """
    pids = [pid for pid, _, _ in people_in(ctx, areas_of(staff, Action.REPORT_FOR))]
    if len(pids) > MOST_PEOPLE:
        raise Refused("too_many_for_a_name", str(len(pids)))
    found = [
        person.pid
        for batch in (pids[n : n + BATCH] for n in range(0, len(pids), BATCH))
        for person in ctx.people.read_sound(batch).values()
        if person.identity is not None and person.identity.name == name
    ]
    if len(found) != 1:
        raise Refused("same_name", str(len(found))) if found else Refused("no_such_name")
    return found[0]


def _told(ctx: Context, person: Person, asked: ReportFor) -> dict[str, Json]:
    symptoms: list[Json] = [each.value for each in Symptom if each in asked.symptoms]
    told = {"temperature": str(asked.temperature), "symptoms": told_symptoms(symptoms)}
    return {"name": masked(person), "community": full_name(person.community), "grid": person.grid, **told}


def _stands(ctx: Context, person: Person) -> dict[str, Json]:
    moment = ctx.moment()
    reported = last_own_day(person.history) == day_of(moment.now)
    return {"colour": moment.colour(person).value, "reported": reported}


def _symptoms(given: Any) -> frozenset[Symptom]:
    return frozenset(Symptom(each) for each in given)


def _meant_at(letter: Sendable) -> datetime:
    """When it was said: tried again after midnight, it is still yesterday's report."""
    return datetime.fromisoformat(str(letter.args["at"])).astimezone(SHANGHAI)


def _is_abnormal(asked: ReportFor, at: datetime) -> bool:
    return bool(asked.symptoms) or asked.temperature >= in_force(day_of(at)).limits.fever.value
