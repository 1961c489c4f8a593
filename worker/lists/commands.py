"""Commands for lists: submit, look, approve or reject, follow the progress. Who does it stands behind `--as`."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from domain.facts import SHANGHAI
from domain.lists.columns import BadList
from domain.lists.rows import ListKind
from domain.proposals import Proposal, ProposalKind, ProposalState
from domain.roles import Action, Refused, require
from store.list_values import ListHead
from worker.context import Context
from worker.lists.applying import apply_list
from worker.lists.circuit import Circuit
from worker.lists.deciding import KINDS, STATES, approve, reject, stand, submit_file
from worker.operate.asking import refusals, staff_option
from worker.wiring import context

LOOK_SECONDS = 0.5
COLOURS = {"none": "无码", "green": "绿", "grey": "灰", "yellow": "黄", "red": "红"}


@click.group("lists")
def lists() -> None:
    """Lists of cases and of close contacts: two people, a report before, progress, refusals by row."""


@lists.command("submit")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice([ListKind.CASES.value, ListKind.CONTACTS.value]), required=True)
@staff_option
def submit(file: Path, kind: str, staff_id: str) -> None:
    """Hand in a CSV or .xlsx. Nothing happens before somebody else approves it; what would happen is shown."""
    ctx = context()
    with refusals():
        who = ctx.staff.read(staff_id)
        try:
            with click.progressbar(length=1000, label="读取与核对 · reading") as bar:
                proposal = submit_file(ctx, who, ListKind(kind), file, lambda share: _show(bar, share))
        except BadList as why:
            raise click.ClickException(f"没有收下这个文件：{why} · the file was not taken") from None
    _describe(ctx, proposal)


@lists.command("show")
@click.argument("name", metavar="ID")
@staff_option
def show(name: str, staff_id: str) -> None:
    """What a list is and what it would change."""
    ctx = context()
    with refusals():
        _describe(ctx, _readable(ctx, name, staff_id))


@lists.command("pending")
@staff_option
def pending(staff_id: str) -> None:
    """The lists that wait for a decision or are being applied."""
    ctx = context()
    with refusals():
        _require_reader(ctx, staff_id)
    for proposal in ctx.proposals.all():
        if proposal.kind is ProposalKind.LIST and proposal.state in (ProposalState.SUBMITTED, ProposalState.APPROVED):
            click.echo(f"{proposal.id}\t{STATES[proposal.state]}\t{proposal.summary}\t{proposal.submitted_by}")


@lists.command("approve")
@click.argument("name", metavar="ID")
@staff_option
@click.option("--good-rows-only", is_flag=True, help="Apply the rows that were understood, and leave out the refused.")
@click.option("--reason", default="", help="Kept with the decision.")
def approve_list(name: str, staff_id: str, good_rows_only: bool, reason: str) -> None:
    """Approve a list that somebody else submitted; it is applied at once, in the background."""
    ctx = context()
    with refusals():
        approve(ctx, ctx.staff.read(staff_id), name, good_rows_only, reason)
    click.echo(f"{name} 已批准，正在入库；进度：lists progress {name} · approved")


@lists.command("reject")
@click.argument("name", metavar="ID")
@staff_option
@click.option("--reason", required=True)
def reject_list(name: str, staff_id: str, reason: str) -> None:
    """Reject a list; its rows are gone at once."""
    ctx = context()
    with refusals():
        reject(ctx, ctx.staff.read(staff_id), name, reason)
    click.echo(f"{name} 已驳回 · rejected")


@lists.command("progress")
@click.argument("name", metavar="ID")
@staff_option
@click.option("--here", is_flag=True, help="Apply it in this process instead of waiting for the bulk worker.")
def progress(name: str, staff_id: str, here: bool) -> None:
    """Follow a list until it is applied."""
    ctx = context()
    with refusals():
        proposal, head = _readable(ctx, name, staff_id), ctx.lists.head(name)
        if head is None or proposal.state not in (ProposalState.APPROVED, ProposalState.APPLIED):
            raise Refused("not_approved", name)
    with click.progressbar(length=max(1, head.chunks), label="入库 · applying") as bar:
        while True:
            if here:
                apply_list(ctx, proposal, LOOK_SECONDS)
            done, after = ctx.lists.progress(name), ctx.proposals.read(name)
            bar.update(done.chunks - bar.pos)
            if after is None or after.state is not ProposalState.APPROVED:
                break
            time.sleep(0 if here else LOOK_SECONDS)
    click.echo(f"新记录 {done.recorded}，已有 {done.known}" + (f"，档案损坏 {done.damaged}" if done.damaged else ""))


@lists.command("refusals")
@click.argument("name", metavar="ID")
@staff_option
def refused_rows(name: str, staff_id: str) -> None:
    """The refused rows as CSV: row, column, reason. Never what stood there."""
    ctx = context()
    with refusals():
        _readable(ctx, name, staff_id)
    click.echo("行号,列,原因")
    for fault in ctx.lists.faults(name):
        # A spreadsheet must not take a field's name, which came from outside, for a formula.
        column = ("'" if fault.column[:1] in ("=", "+", "-", "@") else "") + fault.column.replace('"', '""')
        click.echo(f'{fault.row},"{column}","{fault.reason}"')


@lists.command("standing")
@staff_option
@click.option("--rows-a-day", type=int, required=True, help="0 ends it.")
@click.option("--reason", required=True)
def standing(staff_id: str, rows_a_day: int, reason: str) -> None:
    """Approve in advance what the upstream authority submits without a fault, up to so many rows a day."""
    ctx = context()
    with refusals():
        stand(ctx, ctx.staff.read(staff_id), rows_a_day, reason)
    click.echo(f"常设批准：每日 {rows_a_day} 行 · standing approval" if rows_a_day else "常设批准已取消 · ended")


@lists.command("upstream")
@staff_option
def upstream(staff_id: str) -> None:
    """Where the upstream authority stands: how old its data are, whether it answers, the standing approval."""
    ctx = context()
    with refusals():
        _require_reader(ctx, staff_id)
    polled, approval = ctx.lists.polled(), ctx.lists.standing()
    circuit = Circuit(polled.failures, polled.failed_at).state(ctx.clock.now())
    click.echo(f"轮询：{'开' if ctx.settings.upstream_url else '未设置 UPSTREAM_URL'}；电路 {circuit}")
    click.echo(f"数据截至：{_time(polled.as_of)}；最近应答：{_time(polled.heard_at)}")
    if polled.error:
        click.echo(f"最近失败：{_time(polled.failed_at)} {polled.error}（连续 {polled.failures} 次）")
    given = f"每日 {approval.rows_a_day} 行，{approval.staff}，{approval.reason}" if approval else "没有"
    click.echo(f"常设批准：{given}")


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else "从未"


def _require_reader(ctx: Context, staff_id: str) -> None:
    who = ctx.staff.read(staff_id)
    try:
        require(who, Action.SUBMIT_LIST)
    except Refused:
        require(who, Action.APPROVE_LIST)


def _readable(ctx: Context, name: str, staff_id: str) -> Proposal:
    _require_reader(ctx, staff_id)
    proposal = ctx.proposals.read(name)
    if proposal is None or proposal.kind is not ProposalKind.LIST:
        raise Refused("unknown_list", name)
    return proposal


def _describe(ctx: Context, proposal: Proposal) -> None:
    head = ctx.lists.head(proposal.id)
    click.echo(f"名单 {proposal.id}：{STATES[proposal.state]}。提交 {proposal.submitted_by}。{proposal.summary}")
    if proposal.decided_by:
        click.echo(f"决定：{proposal.decided_by} {proposal.reason}")
    if head is not None:
        for line in _report(ctx, head):
            click.echo(line)


def _report(ctx: Context, head: ListHead) -> list[str]:
    lines = [
        f"{KINDS[head.kind]} {head.origin}：可用 {head.rows} 行，拒绝 {head.refused} 行，重复 {head.duplicates} 行"
    ]
    if head.ignored:
        lines.append(f"没有用到的列：{'、'.join(head.ignored)}")
    if head.refused or head.duplicates:
        lines.append(f"逐行原因：lists refusals {head.id}")
    if head.birthplace_unknown:
        lines.append(f"注意：{head.birthplace_unknown} 行的身份证号码前六位不是现行的县区（多为已撤销的），照收")
    report = ctx.lists.report(head.id)
    if report is None:
        return [*lines, "尚未核对"]
    if head.as_of:
        lines.append(f"数据截至 {_time(head.as_of)}")
    lines.append(f"核对于 {_time(report.at)}（没有写入）：")
    lines.append(f"  已申报 {report.matched}，未申报（先行记录） {report.waiting}，已有 {report.known}")
    if report.other_name:
        lines.append(f"  注意：{report.other_name} 行的姓名与本人申报的不一致")
    for pair, count in sorted(report.changes.items()):
        before, after = pair.split()
        lines.append(f"  {COLOURS[before]} → {COLOURS[after]}：{count} 人")
    return lines


def _show(bar: Any, share: float) -> None:
    bar.update(int(share * 1000) - bar.pos)
