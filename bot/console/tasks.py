"""Tasks: what there is to look after, by deadline, and what isolates at home; done by hand with a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_in, page_of
from bot.console.forms import pid_in, tried
from bot.console.prose import N_
from bot.console.today import place_in, place_name
from bot.console.visits import Visit
from bot.pages import moved
from domain.carry_out import reason_of
from domain.roles import Action, Refused
from domain.tasks import ABNORMAL, APPEAL, CONFIRM, CONTESTED, ISOLATION, LET_IN
from flows.names import MODE_NAMES
from store.changes import Act
from store.keys import pid_text
from store.tasks import OpenTask
from worker.context import Context
from worker.desk.areas import areas_of
from worker.desk.chores import close, tasks_of
from worker.desk.isolating import isolating
from worker.staff.today import shown_of

PAGE = 50
NAMES = {
    ABNORMAL: N_("异常，请联系"),
    CONTESTED: N_("证件有争议"),
    CONFIRM: N_("身份待核实"),
    ISOLATION: N_("居家隔离"),
    APPEAL: N_("申诉待答复"),
    LET_IN: N_("断网时放进，当时不是绿码"),
}


def blueprint(console: Console) -> Blueprint:
    """GET /console/tasks, /console/isolation; POST /console/tasks/done."""
    routes = Blueprint("tasks", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        about = request.args.get("about", "")
        tasks = [each for each in _tasks(ctx, visit) if not about or each.about == about]
        return page_of("worker/tasks.html", **_page(ctx, tasks), about=about, closes=visit.may_somewhere(Action.REVIEW))

    def isolation(visit: Visit) -> ResponseReturnValue:
        return _isolation(ctx, visit)

    def done(visit: Visit) -> ResponseReturnValue:
        return tried(lambda: _done(ctx, visit), url_for("console.tasks.listed"), "done")

    console.add(routes, "/tasks", listed, Action.REVIEW)
    console.add(routes, "/isolation", isolation, Action.REVIEW)
    console.add(routes, "/tasks/done", done, Action.REVIEW, methods=("POST",))
    return routes


def _isolation(ctx: Context, visit: Visit) -> ResponseReturnValue:
    """Everybody yellow who isolates where they work."""
    try:
        areas = areas_of(visit.staff, Action.REVIEW, place_in())
    except Refused as refused:
        if refused.reason != "too_wide":
            raise
        areas = []
    if not areas:
        return moved(url_for("console.communities.listed", place=place_in() or None))
    found = isolating(ctx, areas)
    said = f"{len(found)}"
    ctx.audit.note(Act(visit.staff.id, "list isolating", reason=said, organisation=visit.staff.organisation))
    first, more = page_in(request.args.get("page", ""), len(found), PAGE)
    return page_of(
        "worker/isolation.html",
        rows=found[first : first + PAGE],
        total=len(found),
        modes=MODE_NAMES,
        shown=shown_of,
        pid_text=pid_text,
        place_name=place_name,
        rechecks=visit.may_somewhere(Action.RECHECK),
        releases=visit.may_somewhere(Action.RELEASE),
        **more,
    )


def _tasks(ctx: Context, visit: Visit) -> list[OpenTask]:
    """Their own; an auditor's are those of the division that is named."""
    if visit.may_somewhere(Action.REVIEW):
        return tasks_of(ctx, visit.staff)
    return ctx.tasks.open(place_in()) if place_in() else []


def _page(ctx: Context, tasks: list[OpenTask]) -> dict[str, Any]:
    first, more = page_in(request.args.get("page", ""), len(tasks), PAGE)
    rows = tasks[first : first + PAGE]
    people = {pid: shown_of(each) for pid, each in ctx.people.read_sound(task.pid for task in rows).items()}
    now = ctx.clock.now()
    return {
        "rows": rows,
        "people": people,
        "total": len(tasks),
        "late": sum(each.due is not None and each.due <= now for each in tasks),
        "names": NAMES,
        "pid_text": pid_text,
        "place_name": place_name,
        "now": now,
        **more,
    }


def _done(ctx: Context, visit: Visit) -> None:
    form = request.form
    pid, reason = pid_in(form.get("who", "")), reason_of(form.get("reason", ""))
    close(ctx, visit.staff, pid, form.get("about", ""), form.get("owner", ""), reason)
