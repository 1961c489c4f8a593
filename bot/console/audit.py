"""The audit: who did what, to whom and why; whether the chain is whole. Nothing of it can be changed."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.me import day_in
from bot.console.visits import Visit
from bot.pages import moved
from domain.facts import SHANGHAI
from domain.roles import Action, Refused
from store.keys import pid_text
from worker.staff.acts import Wanted, read, reference_in, reference_of
from worker.staff.audit import verify

MOST_BYTES = 200_000_000
"""Of files that a page verifies: a million acts, some ten seconds."""
MOST = 300
"""Acts on one page; whoever looks for more narrows it down, or reads the files."""


def blueprint(console: Console) -> Blueprint:
    """GET /console/audit; POST …/person finds a person's reference, …/verify recomputes the chain."""
    routes = Blueprint("audit", __name__)
    ctx = console.ctx

    def acts(visit: Visit) -> ResponseReturnValue:
        asked = request.args
        day = day_in(asked["day"]) if asked.get("day") else _today()
        staff, person = asked.get("staff", "").strip(), asked.get("person", "").strip()
        pid = reference_in(person) if person else b""
        found = read(ctx, visit.staff, Wanted(day, pid, staff), MOST)
        return page_of("audit.html", found=found, day=day, staff=staff, person=person, most=MOST, root=ctx.audit.root())

    def person(visit: Visit) -> ResponseReturnValue:
        """The number is posted, so that it stands in no address."""
        pid = reference_of(ctx, visit.staff, request.form.get("number", ""))
        day = request.form.get("day") or str(_today())
        return moved(url_for("console.audit.acts", person=pid_text(pid), day=day))

    def verified(visit: Visit) -> ResponseReturnValue:
        visit.require(Action.READ_AUDIT)
        if sum(path.stat().st_size for path in ctx.audit_folder.glob("*.jsonl")) > MOST_BYTES:
            raise Refused("audit_large")
        return page_of("audit_verified.html", found=verify(ctx.audit, ctx.audit_folder))

    console.add(routes, "/audit", acts, Action.READ_AUDIT)
    console.add(routes, "/audit/person", person, Action.READ_AUDIT, methods=("POST",))
    console.add(routes, "/audit/verify", verified, Action.READ_AUDIT, methods=("POST",))
    return routes


def _today() -> date:
    """Acts have the time of the database's server, which is this day's even where a sandbox's clock is not."""
    return datetime.now(SHANGHAI).date()
