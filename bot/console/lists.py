"""Lists of cases and of close contacts: handed in with a report of what they would change, decided by somebody else."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.forms import tried, uploaded
from bot.console.prose import N_, _
from bot.console.visits import Visit
from bot.pages import moved
from domain.lists.columns import BadList
from domain.lists.rows import ListKind
from domain.proposals import Proposal, ProposalKind, ProposalState
from domain.roles import Action, Refused
from domain.works import WorkKind
from worker.context import Context
from worker.lists.deciding import approve, reject, standing_alarms, submit_file
from worker.works.starting import start

FILE_BYTES = 60_000_000
"""Larger files go by `lists submit`."""
AT_ONCE_BYTES = 300_000
"""A few thousand rows are read while the officer waits; a larger file is a work with its own progress."""
DOES = (Action.SUBMIT_LIST, Action.APPROVE_LIST)
KINDS = {
    ListKind.CASES: N_("病例名单"),
    ListKind.CONTACTS: N_("密切接触者名单"),
    ListKind.COLOURS: N_("上级颜色"),
}
STATES = {
    ProposalState.SUBMITTED: N_("待批准"),
    ProposalState.APPROVED: N_("已批准，正在入库"),
    ProposalState.REJECTED: N_("已驳回"),
    ProposalState.APPLIED: N_("已入库"),
}
MOST = 100
FAULTS_SHOWN = 50


def blueprint(console: Console) -> Blueprint:
    """GET /console/lists, …/<id>, …/<id>/refusals.csv; POST …/submit, …/<id>/approve, …/<id>/reject."""
    routes = Blueprint("lists", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        return page_of("worker/lists.html", **_listed(ctx, visit))

    def submit(visit: Visit) -> ResponseReturnValue:
        return _submit(ctx, visit)

    def show(visit: Visit, id: str) -> ResponseReturnValue:
        return page_of("worker/list.html", **_shown(ctx, visit, id))

    def refusals(visit: Visit, id: str) -> ResponseReturnValue:
        _read(ctx, id)
        response = Response(_csv(ctx, id), mimetype="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{id}.csv"'
        return response

    def yes(visit: Visit, id: str) -> ResponseReturnValue:
        good, reason = bool(request.form.get("good_rows_only")), request.form.get("reason", "")
        return tried(lambda: _done(approve(ctx, visit.staff, id, good, reason)), _page(id), "approved")

    def no(visit: Visit, id: str) -> ResponseReturnValue:
        reason = request.form.get("reason", "")
        return tried(lambda: _done(reject(ctx, visit.staff, id, reason)), _page(id), "rejected")

    console.add(routes, "/lists", listed, *DOES)
    console.add(routes, "/lists/submit", submit, Action.SUBMIT_LIST, methods=("POST",), body_bytes=FILE_BYTES)
    console.add(routes, "/lists/<id>", show, *DOES)
    console.add(routes, "/lists/<id>/refusals.csv", refusals, *DOES)
    console.add(routes, "/lists/<id>/approve", yes, Action.APPROVE_LIST, methods=("POST",))
    console.add(routes, "/lists/<id>/reject", no, Action.APPROVE_LIST, methods=("POST",))
    return routes


def _listed(ctx: Context, visit: Visit, wrong: str = "") -> dict[str, Any]:
    proposals = [each for each in ctx.proposals.all() if each.kind is ProposalKind.LIST][:MOST]
    return {
        "proposals": proposals,
        "waiting": [each for each in proposals if each.state is ProposalState.SUBMITTED],
        "alarms": standing_alarms(ctx),
        "states": STATES,
        "kinds": [(each.value, _(KINDS[each])) for each in (ListKind.CASES, ListKind.CONTACTS)],
        "submits": visit.may(Action.SUBMIT_LIST),
        "wrong": wrong,
    }


def _submit(ctx: Context, visit: Visit) -> ResponseReturnValue:
    """What would change is shown; nothing does before somebody else approves."""
    kind = request.form.get("kind", "")
    if kind not in (ListKind.CASES, ListKind.CONTACTS):
        raise Refused("bad_order", "kind")
    try:
        with uploaded() as path:
            if path.stat().st_size > AT_ONCE_BYTES:
                given = (path.name, iter([path.read_bytes()]))
                work = start(ctx, visit.staff, WorkKind.LIST_CHECK, {"list": kind}, path.name, given=given)
                return moved(f"/console/works/{work}")
            made = submit_file(ctx, visit.staff, ListKind(kind), path, lambda _share: None)
    except BadList as bad:
        return page_of("worker/lists.html", 400, **_listed(ctx, visit, str(bad)))
    return moved(f"{_page(made.id)}?done=submitted")


def _shown(ctx: Context, visit: Visit, id: str) -> dict[str, Any]:
    proposal, head = _read(ctx, id), ctx.lists.head(id)
    report = ctx.lists.report(id)
    return {
        "proposal": proposal,
        "head": head,
        "kind": _(KINDS[head.kind]) if head else "",
        "report": report,
        "changes": [(*pair.split(), count) for pair, count in sorted(report.changes.items())] if report else [],
        "progress": ctx.lists.progress(id),
        "faults": [fault for fault, _n in zip(ctx.lists.faults(id), range(FAULTS_SHOWN), strict=False)],
        "states": STATES,
        "decides": visit.may(Action.APPROVE_LIST) and proposal.state is ProposalState.SUBMITTED,
        "own": proposal.submitted_by == visit.staff.id,
    }


def _read(ctx: Context, id: str) -> Proposal:
    proposal = ctx.proposals.read(id)
    if proposal is None or proposal.kind is not ProposalKind.LIST:
        raise Refused("unknown_list", id)
    return proposal


def _csv(ctx: Context, id: str) -> str:
    """Row, column, reason. Never what stood there; a spreadsheet must not take a title for a formula."""
    lines = ["\ufeff行号,列,原因"]
    for fault in ctx.lists.faults(id):
        column = ("'" if fault.column[:1] in ("=", "+", "-", "@") else "") + fault.column.replace('"', '""')
        lines.append(f'{fault.row},"{column}","{fault.reason}"')
    return "\r\n".join(lines) + "\r\n"


def _page(id: str) -> str:
    return url_for("console.lists.show", id=id)


def _done(_proposal: Proposal) -> None:
    return None
