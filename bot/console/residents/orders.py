"""The orders that somebody may give about a resident, as forms: what each needs, and its JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from bot.console.forms import temperature_in
from bot.console.prose import N_
from bot.console.visits import Visit
from domain.carry_out import reason_of, target_of
from domain.orders import order_from_json
from domain.person import Person
from domain.roles import Action, Refused, Staff
from worker.changing import change_person
from worker.context import Context
from worker.decisions.ordering import order


@dataclass(frozen=True, slots=True)
class Form:
    """One order: what it is called, what its form asks for, in the order of the form, and a word of explanation."""

    name: str
    title: str
    action: Action
    fields: tuple[str, ...] = ()
    hint: str = ""


FORMS = (
    Form("report", N_("代报"), Action.REPORT_FOR, ("temperature", "symptoms")),
    Form("attest", N_("证明漏报的一天"), Action.ATTEST, ("day",), N_("三天以内，本人当天确实正常")),
    Form("recheck", N_("复核症状"), Action.RECHECK, ("temperature", "symptoms"), N_("居家隔离期满前后的症状复核")),
    Form("isolate", N_("居家隔离已开始"), Action.ISOLATE, ("from",)),
    Form("release", N_("解除居家隔离"), Action.RELEASE, (), N_("没有期满的会被退回")),
    Form("confirm", N_("确认证件是本人的"), Action.CONFIRM, ("account",), N_("看过证件原件以后")),
    Form("grid", N_("划入网格"), Action.PLACE, ("cell",)),
    Form("ward-report", N_("隔离机构日报"), Action.REPORT_WARD, ("temperature", "symptoms", "ward_day")),
    Form("cure", N_("已治愈"), Action.CURE, ("on",)),
    Form("discharge", N_("出院"), Action.DISCHARGE),
)
"""`review` stands with the report that it is about, `admit` with the ward."""
BY_NAME = {each.name: each for each in FORMS}
ACTIONS_NEEDED = (*(each.action for each in FORMS), Action.REVIEW)


def allowed(visit: Visit, person: Person) -> list[Form]:
    """Those whose order they may give about this person; whether it holds is said when it is given."""
    target = target_of(person)
    waits = person.contesting or person.account or person.carers
    return [each for each in FORMS if visit.may(each.action, target) and (each.name != "confirm" or waits)]


def give(ctx: Context, staff: Staff, pid: bytes, name: str) -> None:
    """Carry out the order of the form that was sent. Raises Refused, BadRecord."""
    if name not in BY_NAME and name != "review":
        raise Refused("bad_order", name)
    fields = BY_NAME[name].fields if name in BY_NAME else ("of", "temperature")
    asked = order_from_json(name, given(fields, optional=name == "review"))
    reason, moment = reason_of(request.form.get("reason", "")), ctx.moment()
    change_person(ctx, pid, lambda person: order(asked, staff, person, reason, moment))


def given(fields: tuple[str, ...], optional: bool = False) -> dict[str, Any]:
    """The JSON of an order; an `optional` temperature may be left out. Raises Refused (`temperature`)."""
    form, found = request.form, dict[str, Any]()
    for name in fields:
        match name:
            case "temperature":
                if not optional or form.get(name):
                    found[name] = str(temperature_in())
            case "symptoms":
                found[name] = form.getlist(name)
            case "cell":
                found[name] = int(form[name]) if form.get(name, "").isdecimal() else form.get(name)
            case "ward_day":
                found["day"] = form.get("day") or None
            case _:
                found[name] = form.get(name, "")
    return found
