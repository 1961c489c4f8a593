"""What people do with a broadcast: draft, preview, submit, approve or reject, stop and go on, correct.

Each asks the role first, writes the act into the audit with what it does, and sets the jobs going.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from channel.platform import Platform, SendError
from domain.broadcasts import steps as law
from domain.broadcasts.account import Plan
from domain.broadcasts.audience import Audience
from domain.broadcasts.audience import checked as checked_audience
from domain.broadcasts.broadcast import Broadcast, Route, State
from domain.broadcasts.content import Content, Picture, Template
from domain.broadcasts.content import checked as checked_content
from domain.roles import Action, Refused, Staff, require
from flows.core import Say
from store.changes import Act
from worker.broadcasts.calling import wire_content
from worker.broadcasts.planning import plan
from worker.broadcasts.recipients import Shown
from worker.broadcasts.telling import tell_admins, tell_author
from worker.context import Context
from worker.queues import BROADCASTS

PICTURE_BYTES = 1_000_000
WOKEN_SECONDS = 10
"""A worker that dies before it says that it began leaves its wake behind: so long."""
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to send. `ref`: the same draft handed in twice is one broadcast."""

    content: Content
    audience: Audience
    route: Route
    ref: str
    emergency: bool = False
    send_at: datetime | None = None
    corrects: int = 0
    picture: bytes = b""


def draft(ctx: Context, staff: Staff, given: Draft) -> Broadcast:
    """Nothing is sent yet. Raises Refused."""
    require(staff, Action.BROADCAST_DRAFT)
    law.route_fits(given.content, given.route)
    content = checked_content(given.content, bool(given.corrects))
    if isinstance(content, Picture) and (len(given.picture) > PICTURE_BYTES or not given.picture.startswith(_PICTURES)):
        raise Refused("picture_kind")
    number, now = ctx.broadcasts.new_number(given.ref), ctx.clock.now()
    if isinstance(content, Picture):
        ctx.broadcasts.put_picture(number, given.picture)
    made = Broadcast(
        number,
        staff.id,
        staff.organisation,
        now,
        content,
        checked_audience(given.audience),
        given.route,
        emergency=given.emergency,
        corrects=given.corrects,
        send_at=given.send_at,
    )
    return ctx.broadcasts.create(made, _act(staff, "draft broadcast", number, made.audience.words()))


def correct(ctx: Context, staff: Staff, number: int, given: Draft) -> Broadcast:
    """A draft to all who got broadcast `number` or may have got it, by the same route unless it says otherwise."""
    law.corrects(ctx.broadcasts.read(number))
    return draft(ctx, staff, replace(given, audience=Audience(recipients_of=number), corrects=number))


def count(ctx: Context, platform: Platform, number: int, shown: Shown = lambda _: None) -> Plan:
    """The plan of a broadcast, counted now and kept beside it. Raises SendError, Refused."""
    made = plan(ctx, platform, ctx.broadcasts.read(number), shown)
    ctx.broadcasts.put_plan(number, made)
    return made


def preview(ctx: Context, platform: Platform, staff: Staff, number: int) -> Broadcast:
    """Send it to one's own phone, as everybody would get it. Raises Refused: `no_phone` for who has none bound,
    `not_shown` when the platform does not take it."""
    require(staff, Action.BROADCAST_DRAFT)
    before = ctx.broadcasts.read(number)
    if not staff.account:
        raise Refused("no_phone", staff.id)
    try:
        _show(ctx, platform, before, staff.account)
    except SendError as error:
        raise Refused("not_shown", str(error)) from None
    act = _act(staff, "preview broadcast", number)
    return ctx.broadcasts.change(number, lambda now: law.previewed(now, staff, ctx.clock.now()), act)


def _show(ctx: Context, platform: Platform, broadcast: Broadcast, openid: str) -> None:
    match broadcast.content:
        case Template(template_id, values, url):
            client_id = f"preview-{broadcast.number}-{ctx.clock.now():%H%M%S}"
            platform.send_template(openid, template_id, values, url, client_id)
        case content:
            made = wire_content(ctx, platform, broadcast.number, content)
            ctx.reaches.spend([(openid, ctx.clock.now())])
            platform.send(openid, made)


def submit(ctx: Context, staff: Staff, number: int) -> Broadcast:
    """Hand it to a second administrator, who is told; an emergency goes out at once. Raises Refused."""
    require(staff, Action.BROADCAST_DRAFT)
    made = _change(ctx, staff, number, "submit broadcast", lambda now: law.submitted(now, staff, ctx.clock.now()))
    tell_admins(ctx, made, Say("broadcast_emergency") if made.emergency else Say("broadcast_waits"), but=staff.id)
    return made


def approve(ctx: Context, staff: Staff, number: int) -> Broadcast:
    """Its recipients are frozen now, and it goes out now or at its time. Raises Refused."""
    require(staff, Action.BROADCAST_APPROVE)
    made = _change(ctx, staff, number, "approve broadcast", lambda now: law.approved(now, staff, ctx.clock.now()))
    tell_author(ctx, made, Say("broadcast_decided"))
    return made


def reject(ctx: Context, staff: Staff, number: int, reason: str) -> Broadcast:
    """Raises Refused."""
    require(staff, Action.BROADCAST_APPROVE)
    at = ctx.clock.now()
    made = _change(ctx, staff, number, "reject broadcast", lambda now: law.rejected(now, staff, at, reason), reason)
    tell_author(ctx, made, Say("broadcast_decided"))
    return made


def start(ctx: Context, staff: Staff, number: int, send_at: datetime | None) -> Broadcast:
    """Begin at another time, or (None) as soon as it is approved. Raises Refused."""
    require(staff, Action.BROADCAST_DRAFT)
    when = f"{send_at:%Y-%m-%d %H:%M}" if send_at else "立即"
    return _change(ctx, staff, number, "time broadcast", lambda now: law.timed(now, send_at), when)


def pause(ctx: Context, staff: Staff, number: int) -> Broadcast:
    """Obeyed within a second. Raises Refused."""
    require(staff, Action.BROADCAST_DRAFT)
    return _change(ctx, staff, number, "pause broadcast", law.paused)


def resume(ctx: Context, staff: Staff, number: int) -> Broadcast:
    """Raises Refused."""
    require(staff, Action.BROADCAST_DRAFT)
    ctx.broadcasts.hold(number, None)
    return _change(ctx, staff, number, "resume broadcast", law.resumed)


def cancel(ctx: Context, staff: Staff, number: int, reason: str) -> Broadcast:
    """What has not gone out does not. Obeyed within a second. Raises Refused."""
    require(staff, Action.BROADCAST_DRAFT)
    at = ctx.clock.now()
    return _change(ctx, staff, number, "cancel broadcast", lambda now: law.cancelled(now, at, reason), reason)


Edit = Callable[[Broadcast], Broadcast]


def _change(ctx: Context, staff: Staff, number: int, what: str, edit: Edit, reason: str = "") -> Broadcast:
    made = ctx.broadcasts.change(number, edit, _act(staff, what, number, reason))
    if made.state in (State.APPROVED, State.SENDING):
        ctx.waker.start(BROADCASTS, str(number), WOKEN_SECONDS)
    return made


def _act(staff: Staff, what: str, number: int, reason: str = "") -> Act:
    return Act(staff.id, what, str(number), reason, staff.organisation)
