"""Appeals of the residents: what waits with its deadline, one of them with its pictures, and the decision."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.forms import tried
from bot.console.prose import N_
from bot.console.residents.wording import said
from bot.console.today import place_in
from bot.console.visits import Visit
from domain.appeals import Outcome, Ticket
from domain.carry_out import reason_of, target_of
from domain.people import mask_name
from domain.person import Person
from domain.places import full_name
from domain.roles import Action, Refused
from domain.scopes import Target
from domain.tasks import APPEAL
from store.keys import pid_text
from worker.context import Context
from worker.desk.chores import owners_of
from worker.operate.appeals import decided, pid_of, seen
from worker.staff.appealing import ticket_of

OUTCOMES = {
    Outcome.CONFIRMED: N_("记录无误"),
    Outcome.CORRECTED: N_("已另行更正"),
    Outcome.WITHDRAW: N_("记录有误，申请撤回"),
}


def blueprint(console: Console) -> Blueprint:
    """GET /console/appeals, …/<number>, …/<number>/<place>.jpg; POST …/<number>/decide."""
    routes = Blueprint("appeals", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        return page_of("worker/appeals.html", rows=waiting(ctx, visit), now=visit.now, full_name=full_name)

    def show(visit: Visit, number: str) -> ResponseReturnValue:
        return page_of("worker/appeal.html", **_shown(ctx, visit, number))

    def picture(visit: Visit, number: str, place: int) -> ResponseReturnValue:
        pid, person = _readable(ctx, visit, number)
        found = ctx.appeals.pictures(pid, person.salt, number)
        if place not in found:
            raise Refused("picture_gone")
        return Response(found[place], mimetype="image/jpeg")

    def decide(visit: Visit, number: str) -> ResponseReturnValue:
        back = url_for("console.appeals.show", number=number)
        return tried(lambda: _decide(ctx, visit, number), back, "decided")

    console.add(routes, "/appeals", listed, Action.DECIDE_APPEAL)
    console.add(routes, "/appeals/<number>", show, Action.DECIDE_APPEAL)
    console.add(routes, "/appeals/<number>/<int:place>.jpg", picture, Action.DECIDE_APPEAL)
    console.add(routes, "/appeals/<number>/decide", decide, Action.DECIDE_APPEAL, methods=("POST",))
    return routes


def waiting(ctx: Context, visit: Visit) -> list[tuple[Ticket, str]]:
    """What waits where they decide, or, for an auditor, in a division that is named; the next deadline first."""
    owners = [place_in()] if place_in() else list(dict.fromkeys(owners_of(visit.staff)))
    tasks = [task for task in ctx.tasks.open_of(owners) if task.about == APPEAL]
    people = ctx.people.read_sound(task.pid for task in tasks)
    found = {
        ticket.number: (ticket, _name(person))
        for person in people.values()
        for ticket in person.tickets
        if ticket.is_open and ticket.owner in owners and visit.sees(Action.DECIDE_APPEAL, Target(ticket.owner))
    }
    return sorted(found.values(), key=lambda each: each[0].due)


def _shown(ctx: Context, visit: Visit, number: str) -> dict[str, Any]:
    pid, person = _readable(ctx, visit, number)
    decides = visit.may(Action.DECIDE_APPEAL, Target(ticket_of(person, number).owner))
    if decides:
        person = seen(ctx, visit.staff, pid, number)
    ticket = ticket_of(person, number)
    fact = next((each for each in person.history.facts if each.id == ticket.fact), None)
    return {
        "ticket": ticket,
        "name": _name(person),
        "place": full_name(person.community),
        "pid": pid_text(pid),
        "fact": fact,
        "said": said(fact) if fact else "",
        "recorded_by": person.recorded_by.get(ticket.fact, ""),
        "pictures": sorted(ctx.appeals.pictures(pid, person.salt, number)),
        "outcomes": {each: name for each, name in OUTCOMES.items() if each is not Outcome.WITHDRAW or fact},
        "decides": decides and ticket.is_open,
        "sees_person": visit.sees(Action.SEE_PERSON, target_of(person)),
        "now": visit.now,
    }


def _readable(ctx: Context, visit: Visit, number: str) -> tuple[bytes, Person]:
    """Raises Refused."""
    pid = pid_of(ctx, number)
    person = ctx.people.read([pid])[pid]
    if not visit.sees(Action.DECIDE_APPEAL, Target(ticket_of(person, number).owner)):
        raise Refused("scope")
    return pid, person


def _decide(ctx: Context, visit: Visit, number: str) -> None:
    outcome = request.form.get("outcome", "")
    if outcome not in set(Outcome):
        raise Refused("bad_order", "outcome")
    decided(ctx, visit.staff, number, Outcome(outcome), reason_of(request.form.get("reason", "")))


def _name(person: Person) -> str:
    return mask_name(person.identity.name) if person.identity else ""
