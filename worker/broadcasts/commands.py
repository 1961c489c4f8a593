"""Commands for broadcasts: draft, look, preview, approve, stop and go on, follow, account for. `--as` says who."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import click

from channel.platform import SendError
from domain.broadcasts.audience import Audience
from domain.broadcasts.broadcast import OVER
from domain.facts import SHANGHAI
from domain.notice import Colour
from worker.broadcasts import deciding
from worker.broadcasts.accounts import everybody, require_reader, unknown
from worker.broadcasts.calling import platform_of
from worker.broadcasts.drafting import content_options, draft_of
from worker.broadcasts.jobs import advance_broadcast
from worker.broadcasts.telling import masses, report
from worker.broadcasts.wording import described, planned, reported
from worker.context import Context
from worker.operate.asking import refusals, staff_option
from worker.wiring import context

LOOK_SECONDS = 0.5
number = click.argument("number", type=int)


@click.group("broadcast")
def broadcast() -> None:
    """Notices to many residents: two people, a preview, a plan before, progress, a report after."""


@broadcast.command("draft")
@content_options
@click.option("--place", default="", help="Division or community, 4 to 12 digits; default: the whole region.")
@click.option("--colour", "colours", multiple=True, type=click.Choice([colour.value for colour in Colour]))
@click.option("--silent", type=int, default=0, metavar="DAYS", help="Who has not reported on so many days.")
@click.option("--language", default="", metavar="zh_CN", help="As the platform knows it of each account.")
@click.option("--tag", type=int, default=0, help="Id of a tag of the platform.")
@staff_option
def draft(
    staff_id: str, place: str, colours: tuple[str, ...], silent: int, language: str, tag: int, **said: Any
) -> None:
    """Write one, and see whom it would reach and what it would take. Nothing is sent."""
    ctx, colour_set = context(), frozenset(Colour(colour) for colour in colours)
    audience = Audience(place, colour_set, silent, language, tag)
    with refusals():
        made = deciding.draft(ctx, ctx.staff.read(staff_id), draft_of(audience, **said))
    _count_and_show(ctx, made.number)
    click.echo(f"下一步：broadcast preview {made.number}，再 broadcast submit {made.number}")


@broadcast.command("correct")
@number
@content_options
@staff_option
def correct(number: int, staff_id: str, **said: Any) -> None:
    """Draft a correction, for all who got NUMBER or may have got it."""
    ctx = context()
    with refusals():
        before = ctx.broadcasts.read(number)
        said["by"] = said["by"] or (None if said["template"] else before.route.value)
        made = deciding.correct(ctx, ctx.staff.read(staff_id), number, draft_of(Audience(), **said))
    _count_and_show(ctx, made.number)


@broadcast.command("show")
@number
@click.option("--count", "again", is_flag=True, help="Count the audience anew.")
@staff_option
def show(number: int, again: bool, staff_id: str) -> None:
    """What a broadcast is, whom it would reach, what it would take."""
    ctx = context()
    with refusals():
        require_reader(ctx, staff_id)
        ctx.broadcasts.read(number)
    if again:
        _count_and_show(ctx, number)
    else:
        _show(ctx, number)


@broadcast.command("list")
@click.option("--most", default=20, show_default=True)
@staff_option
def list_all(most: int, staff_id: str) -> None:
    """The last ones, the latest first."""
    ctx = context()
    with refusals():
        require_reader(ctx, staff_id)
    for each in ctx.broadcasts.latest(most):
        click.echo(described(each).splitlines()[0])


@broadcast.command("preview")
@number
@staff_option
def preview(number: int, staff_id: str) -> None:
    """Send it to one's own phone, bound with `staff invite`."""
    ctx = context()
    with refusals():
        deciding.preview(ctx, platform_of(ctx, 1), ctx.staff.read(staff_id), number)
    click.echo(f"已发到您的手机。无误后：broadcast submit {number} · sent to your phone")


@broadcast.command("submit")
@number
@staff_option
def submit(number: int, staff_id: str) -> None:
    """Hand it to a second administrator, after the preview; an emergency goes out now."""
    _do(staff_id, lambda ctx, staff: deciding.submit(ctx, staff, number))


@broadcast.command("approve")
@number
@staff_option
def approve(number: int, staff_id: str) -> None:
    """Approve what somebody else submitted; it goes out now or at its time."""
    _do(staff_id, lambda ctx, staff: deciding.approve(ctx, staff, number))


@broadcast.command("reject")
@number
@click.option("--reason", required=True)
@staff_option
def reject(number: int, reason: str, staff_id: str) -> None:
    """Reject it; of an emergency that is under way the rest is stopped."""
    _do(staff_id, lambda ctx, staff: deciding.reject(ctx, staff, number, reason))


@broadcast.command("start")
@number
@click.option("--at", "send_at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="Another time; default: now.")
@staff_option
def start(number: int, send_at: datetime | None, staff_id: str) -> None:
    """Begin an approved one now, or at another time."""
    at = send_at.replace(tzinfo=SHANGHAI) if send_at else None
    _do(staff_id, lambda ctx, staff: deciding.start(ctx, staff, number, at))


@broadcast.command("pause")
@number
@staff_option
def pause(number: int, staff_id: str) -> None:
    """Stop for a while; obeyed within a second."""
    _do(staff_id, lambda ctx, staff: deciding.pause(ctx, staff, number))


@broadcast.command("resume")
@number
@staff_option
def resume(number: int, staff_id: str) -> None:
    """Go on, also where a quota is waited for."""
    _do(staff_id, lambda ctx, staff: deciding.resume(ctx, staff, number))


@broadcast.command("cancel")
@number
@click.option("--reason", required=True)
@staff_option
def cancel(number: int, reason: str, staff_id: str) -> None:
    """End it: what has not gone out does not."""
    _do(staff_id, lambda ctx, staff: deciding.cancel(ctx, staff, number, reason))


@broadcast.command("progress")
@number
@click.option("--here", is_flag=True, help="Send in this process too, beside whoever does already.")
@staff_option
def progress(number: int, here: bool, staff_id: str) -> None:
    """Follow it until it is over; Ctrl-C leaves it running."""
    ctx = context()
    with refusals():
        require_reader(ctx, staff_id)
        made = ctx.broadcasts.read(number)
    with click.progressbar(length=max(1, report(ctx, made).total), label=f"广播 {number}", show_pos=True) as bar:
        while True:
            if here:
                advance_broadcast(ctx, number, LOOK_SECONDS * 4)
            made = ctx.broadcasts.read(number)
            now = report(ctx, made)
            bar.length = max(1, now.total)
            bar.update(now.total - now.left - bar.pos)
            if made.state in OVER:
                break
            time.sleep(0 if here else LOOK_SECONDS)
    click.echo(reported(made, now, masses(ctx, made)))


@broadcast.command("report")
@number
@staff_option
def show_report(number: int, staff_id: str) -> None:
    """What became of everybody: sent, failed and why, unreachable and why, unknown."""
    ctx = context()
    with refusals():
        require_reader(ctx, staff_id)
        made = ctx.broadcasts.read(number)
    click.echo(reported(made, report(ctx, made), masses(ctx, made)))


def _do(staff_id: str, act: Any) -> None:
    ctx = context()
    with refusals():
        made = act(ctx, ctx.staff.read(staff_id))
    click.echo(described(made).splitlines()[0])


def _count_and_show(ctx: Context, number: int) -> None:
    try:
        with refusals(), click.progressbar(length=1000, label="清点收件人 · counting") as bar:
            deciding.count(ctx, platform_of(ctx), number, lambda share: bar.update(int(share * 1000) - bar.pos))
    except SendError as error:
        click.echo(f"平台没有应答，收件人未能清点（{error}）：broadcast show {number} --count", err=True)
    _show(ctx, number)


def _show(ctx: Context, number: int) -> None:
    made = ctx.broadcasts.read(number)
    click.echo(described(made))
    if (plan := ctx.broadcasts.plan(number)) is not None:
        click.echo(planned(made, plan))


for _command in (unknown, everybody):
    broadcast.add_command(_command)
