"""The call list: whom no message reached, about what and why; what a call brought is put down and stays to be seen."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_in, page_of
from bot.console.forms import pid_in, tried
from bot.console.prose import N_
from bot.console.today import place_in, place_name
from bot.console.visits import Visit
from channel import ladder
from domain.roles import Action, Refused
from store.calls import Outcome
from store.keys import pid_text
from worker.desk.areas import areas_of
from worker.staff import calling

PAGE = 50
OUTCOMES = {
    Outcome.ANSWERED: N_("已接通"),
    Outcome.NO_ANSWER: N_("无人接听"),
    Outcome.WRONG_NUMBER: N_("号码有误"),
    Outcome.MOVED: N_("已搬离"),
}


def blueprint(console: Console) -> Blueprint:
    """GET /console/calls; POST …/outcome, …/telephone."""
    routes = Blueprint("calls", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        found = calling.call_list(ctx, areas_of(visit.staff, Action.SEE_PERSON, place_in()))
        first, more = page_in(request.args.get("page", ""), len(found), PAGE)
        return page_of(
            "worker/calls.html",
            rows=found[first : first + PAGE],
            waiting=sum(not each.over for each in found),
            outcomes=OUTCOMES,
            place=place_in(),
            place_name=place_name,
            about=calling.about,
            trail=ladder.told,
            pid_text=pid_text,
            calls=visit.may_somewhere(Action.SEE_PERSON),
            **more,
        )

    def outcome(visit: Visit) -> ResponseReturnValue:
        return tried(lambda: put_down(visit), url_for("console.calls.listed", place=place_in() or None), "put_down")

    def telephone(visit: Visit) -> ResponseReturnValue:
        pid = pid_in(request.form.get("who", ""))
        number = calling.telephone(ctx, visit.staff, pid)
        return page_of("worker/telephone.html", number=number, who=pid_text(pid), place=place_in(), outcomes=OUTCOMES)

    def put_down(visit: Visit) -> None:
        said = request.form.get("outcome", "")
        if said not in set(Outcome):
            raise Refused("bad_order")
        calling.put_down(ctx, visit.staff, pid_in(request.form.get("who", "")), Outcome(said))

    console.add(routes, "/calls", listed, Action.SEE_PERSON)
    console.add(routes, "/calls/outcome", outcome, Action.SEE_PERSON, methods=("POST",))
    console.add(routes, "/calls/telephone", telephone, Action.SEE_PERSON, methods=("POST",))
    return routes
