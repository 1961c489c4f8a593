"""The job behind every broadcast: whatever is due next with it is done, and may be done twice or side by side."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from channel.platform import Platform, SendError
from domain.broadcasts.broadcast import OVER, UNDER_WAY, Broadcast, State
from domain.broadcasts.steps import escalation_due
from domain.roles import Refused
from flows.core import Say
from store.changes import Act
from store.lease import lease
from worker.broadcasts import deciding
from worker.broadcasts.calling import platform_of
from worker.broadcasts.deciding import WOKEN_SECONDS
from worker.broadcasts.planning import freeze
from worker.broadcasts.sending import RUN_SECONDS, begin, sender_of
from worker.broadcasts.telling import tell_admins, tell_author
from worker.context import Context
from worker.queues import BESIDE, BROADCASTS
from worker.wiring import context

log = logging.getLogger(__name__)

AFTER_FAILURE = timedelta(seconds=30)


def advance(number: str) -> None:
    """Freeze its recipients, begin when it is time, send, finish."""
    advance_broadcast(context(), int(number))


def send_beside(number: str) -> None:
    """Send a broadcast together with the job that advances it; what is left of it then is that one's affair."""
    beside(context(), int(number))


def beside(ctx: Context, number: int, seconds: float = RUN_SECONDS) -> None:
    """As `send_beside`."""
    ctx.waker.started(BESIDE, str(number))
    with _held_up(ctx, number):
        sender_of(ctx, platform_of(ctx), number).run(seconds)


def advance_broadcast(ctx: Context, number: int, seconds: float = RUN_SECONDS) -> None:
    """As `advance`; one that is not done in one run is woken again."""
    ctx.waker.started(BROADCASTS, str(number))
    with _held_up(ctx, number):
        if _advance(ctx, number, seconds):
            ctx.waker.start(BROADCASTS, str(number), WOKEN_SECONDS)


@contextmanager
def _held_up(ctx: Context, number: int) -> Iterator[None]:
    """What the platform refuses holds the broadcast up for a while, what somebody decided meanwhile ends the job."""
    try:
        yield
    except SendError as error:
        log.warning("broadcast %d waits: %s", number, error)
        ctx.broadcasts.hold(number, ctx.clock.now() + AFTER_FAILURE, error.code)
    except Refused as refused:
        log.info("broadcast %d: %s", number, refused.reason)


def _advance(ctx: Context, number: int, seconds: float) -> bool:
    platform = platform_of(ctx)
    broadcast = ctx.broadcasts.read(number)
    if broadcast.state is State.DRAFT:
        _count(ctx, platform, number)
        return False
    if broadcast.state in UNDER_WAY and not broadcast.pile:
        freeze(ctx, platform, number)
        broadcast = ctx.broadcasts.read(number)
    if broadcast.is_due(ctx.clock.now()):
        broadcast = begin(ctx, broadcast)
    if broadcast.state is not State.SENDING:
        return False
    ctx.waker.start(BESIDE, str(number), WOKEN_SECONDS)
    return sender_of(ctx, platform, number).run(seconds)


def _count(ctx: Context, platform: Platform, number: int) -> None:
    """A draft by chat: its size, and the preview on its author's phone, before the words about both. Once, though the
    sweep wakes it as long as it is not counted.
    """
    with lease(ctx.redis, ctx.keys.broadcast_lease(number)) as held:
        if held is None or number not in ctx.broadcasts.unfinished():
            return
        deciding.count(ctx, platform, number)
        broadcast = ctx.broadcasts.read(number)
        try:
            deciding.preview(ctx, platform, ctx.staff.read(broadcast.author), number)
        except Refused as refused:
            log.info("broadcast %d could not be previewed: %s", number, refused.reason)
        tell_author(ctx, broadcast, Say("broadcast_drafted"))
        ctx.broadcasts.look_away(number)


def sweep_broadcasts(ctx: Context) -> None:
    """Wake every broadcast with which something is due: scheduled ones, what a crash left behind, quotas that are back;
    and have an emergency approved that nobody has approved."""
    for number in ctx.broadcasts.unfinished():
        broadcast, now = ctx.broadcasts.read(number), ctx.clock.now()
        if escalation_due(broadcast, now):
            act = Act("clock", "escalate broadcast", str(number), "紧急广播超时未批准")
            ctx.broadcasts.change(number, lambda before: replace(before, escalated_at=ctx.clock.now()), act)
            tell_admins(ctx, broadcast, Say("broadcast_overdue"))
        if broadcast.state in OVER and not broadcast.is_unapproved:
            ctx.broadcasts.look_away(number)
        elif _needs_work(ctx, broadcast) and not ctx.broadcasts.is_running(number):
            ctx.waker.start(BROADCASTS, str(number), WOKEN_SECONDS)


def broadcast_alarms(ctx: Context) -> list[str]:
    """One line for each emergency whose approval is missing."""
    lines = []
    for number in ctx.broadcasts.unfinished():
        broadcast = ctx.broadcasts.read(number)
        if broadcast.is_unapproved and broadcast.approve_by is not None:
            late = "已超时" if ctx.clock.now() >= broadcast.approve_by else f"须在 {broadcast.approve_by:%H:%M} 前"
            lines.append(f"紧急广播 {number} 已发出，{late}由第二人批准：broadcast approve {number}")
    return lines


def _needs_work(ctx: Context, broadcast: Broadcast) -> bool:
    control, now = ctx.broadcasts.control(broadcast.number), ctx.clock.now()
    if control.held_until is not None and control.held_until > now:
        return False
    if broadcast.state is State.DRAFT:
        return True  # it is looked after until it is counted
    unfrozen = broadcast.state in UNDER_WAY and not broadcast.pile
    return unfrozen or broadcast.is_due(now) or broadcast.state is State.SENDING
