"""Reminders: when the clock reminds whom, what was sent today, who is missing; reminding a division now."""

from __future__ import annotations

import re

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.divisions import choices, division_in
from bot.console.doors import Console, page_of
from bot.console.prose import N_, _
from bot.console.visits import Visit
from bot.pages import moved
from domain import reminders as law
from domain.facts import day_of
from domain.missing import Risk
from domain.places import communities_in, full_name
from domain.roles import Action, Refused
from domain.scopes import Target
from domain.works import WorkKind
from worker.clockwork.roll_call import call_roll
from worker.works.starting import start

RISKS = {
    Risk.YELLOW: (N_("黄码，漏一天重新数"), "yellow"),
    Risk.LAST_DAY: (N_("绿码今天到期"), "green"),
    Risk.GREY: (N_("灰码"), "grey"),
    Risk.GREEN: (N_("绿码"), "green"),
}
MOST_COMMUNITIES = 150
"""Counted while the page waits, a trip each; a larger division is counted by its work."""
_NAME = re.compile(r"[A-Za-z0-9]{12}")


def blueprint(console: Console) -> Blueprint:
    """GET /console/reminders (`division` for a dry run); POST the same reminds."""
    routes = Blueprint("reminders", __name__)
    ctx = console.ctx

    def show(visit: Visit) -> ResponseReturnValue:
        typed = request.args.get("division", "")
        division = division_in(typed) if typed else ""
        large = bool(typed) and len(communities_in(division)) > MOST_COMMUNITIES
        roll = call_roll(ctx, visit.staff, division) if typed and not large else None
        return page_of(
            "reminders.html",
            typed=typed,
            place=full_name(division) or full_name("") or "宁夏",
            large=large,
            risks=[(_(RISKS[risk][0]), RISKS[risk][1], len(pids)) for risk, pids in roll.pids.items()] if roll else [],
            total=roll.total() if roll else 0,
            sent=ctx.reminded.count(day_of(visit.now)),
            quiet=law.is_quiet(visit.now),
            law=law,
            divisions=choices(visit.staff, Action.REMIND),
            name=ctx.works.new_name(),
        )

    def remind(visit: Visit) -> ResponseReturnValue:
        division, name = division_in(request.form.get("division", "")), request.form.get("ref", "")
        if not _NAME.fullmatch(name):
            raise Refused("form", "ref")
        visit.require(Action.REMIND, Target(division))
        if law.is_quiet(visit.now):
            raise Refused("quiet_hours")
        args = {"division": division}
        work = start(ctx, visit.staff, WorkKind.REMINDERS, args, full_name(division) or "宁夏", name=name)
        return moved(url_for("console.works.one", id=work))

    console.add(routes, "/reminders", show, Action.REMIND)
    console.add(routes, "/reminders", remind, Action.REMIND, methods=("POST",))
    return routes
