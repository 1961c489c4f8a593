"""Isolation institutions as the console shows them: which there are, who is there, who has today's report."""

from __future__ import annotations

from dataclasses import dataclass

from domain.facts import By, History, Report, day_of
from domain.ledger import INSTITUTION
from domain.person import Look, Person
from domain.roles import Action, Role, Staff, holds, may, require
from domain.scopes import Institution as InstitutionScope
from domain.scopes import Target
from domain.verdict import Verdict
from store.changes import Act
from worker.changing import change_person
from worker.context import Context
from worker.decisions.recording import look

PURPOSE = "查看在院名单"


@dataclass(frozen=True, slots=True)
class Institution:
    """One institution: how many are there, how many of them have today's report, who reports."""

    id: str
    patients: int
    reported: int
    reporters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One inpatient."""

    person: Person
    verdict: Verdict
    reported: bool


def institutions_of(ctx: Context, staff: Staff) -> list[Institution]:
    """Those of which somebody reports, by id: a reporter's own; everyone's for whoever manages staff or lists, or
    audits. Two trips an institution."""
    everybody = [each for each in ctx.staff.all() if each.grants]
    wider = any(holds(staff, each) for each in (Action.MANAGE_STAFF, Action.SUBMIT_LIST, Action.READ_AUDIT))
    found: dict[str, list[str]] = {}
    for each in everybody:
        for grant in each.grants:
            if grant.role is Role.INSTITUTION_REPORTER and isinstance(grant.scope, InstitutionScope):
                found.setdefault(grant.scope.id, []).append(each.name)
    mine = [id for id in sorted(found) if wider or may(staff, Action.SEE_WARD, Target(institution=id))]
    return [_institution(ctx, id, tuple(found[id])) for id in mine]


def ward_of(ctx: Context, staff: Staff, institution: str) -> list[Line]:
    """Everybody who is admitted, whoever has no report today first. Each can see that the institution looked, once a
    day; an auditor's look is in the audit alone. Raises Refused: `role`, `scope`."""
    if not holds(staff, Action.READ_AUDIT):
        require(staff, Action.SEE_WARD, Target(institution=institution))
    ctx.audit.note(Act(staff.id, "look ward", reason=institution, organisation=staff.organisation))
    moment = ctx.moment()
    people = list(ctx.people.read_sound(ctx.wards.read(institution)).values())
    if may(staff, Action.SEE_WARD, Target(institution=institution)):
        people = [_seen(ctx, staff, person) for person in people]
    lines = [Line(person, moment.judge(person), _has_report(person.history, ctx)) for person in people]
    return sorted(lines, key=lambda line: (line.reported, line.person.pid))


def _institution(ctx: Context, id: str, reporters: tuple[str, ...]) -> Institution:
    people = ctx.people.read_sound(ctx.wards.read(id)).values()
    return Institution(id, len(people), sum(_has_report(each.history, ctx) for each in people), reporters)


def _has_report(history: History, ctx: Context) -> bool:
    """Whether the institution has reported today."""
    today = day_of(ctx.clock.now())
    folded = any(day == today and bits & INSTITUTION for day, bits in history.normal)
    return folded or any(
        isinstance(fact, Report) and fact.by is By.INSTITUTION and day_of(fact.taken or fact.at) == today
        for fact in history.facts
    )


def _seen(ctx: Context, staff: Staff, person: Person) -> Person:
    moment = ctx.moment()
    now = (staff.organisation, PURPOSE, day_of(moment.now))
    if any((each.organisation, each.purpose, day_of(each.at)) == now for each in person.looks):
        return person
    looked, act = Look(staff.organisation, moment.now, PURPOSE), Act(staff.id, "look ward", reason=PURPOSE)
    return change_person(ctx, person.pid, lambda them: look(them, looked, act, moment)).after
