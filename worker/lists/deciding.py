"""Deciding: a list is submitted by one person and approved or rejected by another; large ones raise an alarm."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from channel.clock import Clock
from domain.facts import day_of
from domain.lists.rows import ALARM_ROWS, ListKind
from domain.proposals import Proposal, ProposalKind, ProposalState, decide
from domain.roles import Action, Refused, Staff, may, require
from store.changes import Act
from store.keys import LIST_WAITING_SECONDS
from store.list_values import Alarm, ListHead, Standing
from store.lists import Lists
from store.proposals import Proposals
from store.staff import StaffRegistry
from worker.context import Context
from worker.lists.checking import Shown, check
from worker.lists.stage import Submission, id_of_file, stage_file
from worker.queues import LISTS

KINDS = {ListKind.CASES: "病例名单", ListKind.CONTACTS: "密切接触者名单", ListKind.COLOURS: "上级颜色"}
STATES = {
    ProposalState.SUBMITTED: "待批准",
    ProposalState.APPROVED: "已批准，正在入库",
    ProposalState.REJECTED: "已驳回",
    ProposalState.APPLIED: "已入库",
}
ALARM_STAYS = timedelta(days=3)
"""After a list that raised an alarm was approved; of one that nobody decides, as long as its rows wait."""
ROWS_STAY = timedelta(seconds=LIST_WAITING_SECONDS)


class Desk(Protocol):
    """What submitting needs of a house: the same for the web and for the workers."""

    @property
    def lists(self) -> Lists: ...
    @property
    def proposals(self) -> Proposals: ...
    @property
    def staff(self) -> StaffRegistry: ...
    @property
    def clock(self) -> Clock: ...


def submit_file(ctx: Context, staff: Staff, kind: ListKind, path: Path, shown: Shown) -> Proposal:
    """Read, stage and check a file; it waits for another person then. The same file again is the same proposal.

    Raises Refused, BadList, OSError.
    """
    require(staff, Action.SUBMIT_LIST)
    name, there = _free_id(ctx, id_of_file(kind, path))
    if there is not None:
        return there
    submission = Submission(name, kind, path.name, staff, ctx.clock.now())
    head = stage_file(ctx.lists, ctx.settings.pid_key, submission, path, lambda share: shown(share / 2))
    ctx.lists.put_report(name, check(ctx, head, lambda share: shown(0.5 + share / 2)))
    return propose(ctx, staff, head)


def propose(ctx: Desk, staff: Staff, head: ListHead) -> Proposal:
    """A staged list becomes a proposal."""
    summary = f"{KINDS[head.kind]} {head.rows} 行，拒绝 {head.refused} 行"
    proposal = Proposal(head.id, ProposalKind.LIST, staff.id, ctx.clock.now(), summary, head.id)
    if (size := head.rows + head.refused + head.duplicates) > ALARM_ROWS:
        text = f"{KINDS[head.kind]} {head.id} 有 {size} 行，超过 {ALARM_ROWS} 行；提交：{staff.organisation} {staff.id}"
        ctx.lists.raise_alarm(Alarm(head.id, text, proposal.submitted_at))
    ctx.proposals.submit(proposal, Act(staff.id, "submit list", head.id, summary, staff.organisation))
    ctx.lists.look_after(head.id)
    return ctx.proposals.read(head.id) or proposal


def approve(ctx: Context, staff: Staff, name: str, good_rows_only: bool = False, reason: str = "") -> Proposal:
    """Approve a list and set it going. Raises Refused: besides `decide`'s reasons `expired`, `unchecked`, `faults`
    when it has some and `good_rows_only` is not said."""
    require(staff, Action.APPROVE_LIST)
    proposal, head = _list(ctx, name)
    after = decide(proposal, staff, True, ctx.clock.now(), reason)
    if head is None:
        raise Refused("expired", name)
    if ctx.lists.report(name) is None:
        raise Refused("unchecked", name)
    if head.refused and not good_rows_only:
        raise Refused("faults", str(head.refused))
    ctx.lists.keep(name)
    ctx.lists.look_after(name)
    act = Act(staff.id, "approve list", name, _said(reason, good_rows_only), staff.organisation)
    return _move(ctx, proposal, after, act)


def reject(ctx: Context, staff: Staff, name: str, reason: str) -> Proposal:
    """Reject a list; its rows are gone at once. Raises Refused."""
    require(staff, Action.APPROVE_LIST)
    proposal, _ = _list(ctx, name)
    after = decide(proposal, staff, False, ctx.clock.now(), reason)
    moved = _move(ctx, proposal, after, Act(staff.id, "reject list", name, reason, staff.organisation))
    ctx.lists.finish(name)
    ctx.lists.end_alarm(name)
    return moved


def stand(ctx: Context, staff: Staff, rows_a_day: int, reason: str) -> None:
    """Approve in advance what the upstream authority submits, up to so many rows a day; 0 ends it. Raises Refused:
    `standing_size` beyond the size that raises an alarm."""
    require(staff, Action.APPROVE_LIST)
    if not reason.strip():
        raise Refused("no_reason")
    if not 0 <= rows_a_day <= ALARM_ROWS:
        raise Refused("standing_size", str(ALARM_ROWS))
    standing = Standing(staff.id, rows_a_day, reason.strip(), ctx.clock.now()) if rows_a_day else None
    act = Act(staff.id, "standing approval", str(rows_a_day), reason, staff.organisation)
    ctx.lists.put_standing(standing, act)


def approve_by_standing(ctx: Context, proposal: Proposal, head: ListHead) -> bool:
    """Whether the standing approval covers it: only without a fault, and while whoever gave it may still approve."""
    standing = ctx.lists.standing()
    if standing is None or head.refused or head.submitted_by == standing.staff:
        return False
    try:
        officer = ctx.staff.read(standing.staff)
    except Refused:
        return False
    day = day_of(ctx.clock.now())
    if not may(officer, Action.APPROVE_LIST):
        return False
    if not ctx.lists.take_from_standing(head.id, head.rows, day, standing.rows_a_day):
        return False
    reason = f"常设批准：每日不超过 {standing.rows_a_day} 行（{standing.reason}）"
    approve(ctx, officer, proposal.id, reason=reason)
    return True


def standing_alarms(ctx: Context) -> list[str]:
    """One line for each alarm that everybody concerned should see now."""
    lines = []
    for alarm in ctx.lists.alarms():
        proposal = ctx.proposals.read(alarm.list)
        if proposal is None or _is_over(proposal, ctx.clock.now()):
            ctx.lists.end_alarm(alarm.list)
        else:
            lines.append(f"{alarm.text}；{STATES[proposal.state]}")
    return lines


def _is_over(proposal: Proposal, now: datetime) -> bool:
    """Rejected; or decided, or given up by everybody, long enough ago."""
    if proposal.state is ProposalState.SUBMITTED:
        return now - proposal.submitted_at > ROWS_STAY
    if proposal.state is ProposalState.APPLIED:
        return now - (proposal.decided_at or now) > ALARM_STAYS
    return proposal.state is ProposalState.REJECTED


def _move(ctx: Context, proposal: Proposal, after: Proposal, act: Act) -> Proposal:
    if after != proposal and not ctx.proposals.move(proposal, after, act):
        raise Refused("decided")
    ctx.waker.start(LISTS, after.id)
    return after


def _list(ctx: Context, name: str) -> tuple[Proposal, ListHead | None]:
    proposal = ctx.proposals.read(name)
    if proposal is None or proposal.kind is not ProposalKind.LIST:
        raise Refused("unknown_list", name)
    return proposal, ctx.lists.head(name)


def _free_id(ctx: Context, name: str) -> tuple[str, Proposal | None]:
    """The id under which a file may be staged, or the proposal that it is already; what was rejected is tried anew."""
    free, number = name, 1
    while (there := ctx.proposals.read(free)) is not None:
        if there.state is not ProposalState.REJECTED:
            return free, there
        number += 1
        free = f"{name}-{number}"
    return free, None


def _said(reason: str, good_rows_only: bool) -> str:
    return "；".join(part for part in (reason.strip(), "只取无误的行" if good_rows_only else "") if part)
