"""The way of a broadcast: drafted, previewed and submitted by one, approved by another, sent, ended. All pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from domain.broadcasts.broadcast import OVER, UNDECIDED, UNDER_WAY, WORDS, Broadcast, Frozen, Route, State
from domain.broadcasts.content import Content, Template
from domain.roles import Refused, Staff

APPROVE_WITHIN = timedelta(hours=2)
"""An emergency goes out at once; a second administrator has so long to approve it afterwards."""

# --- drafting --------------------------------------------------------------------------------------------------------


def route_fits(content: Content, route: Route) -> None:
    """Raises Refused (`route`): a template message has its own route, and nothing else goes by it."""
    if isinstance(content, Template) is not (route is Route.TEMPLATE):
        raise Refused("route", route.value)


def corrects(before: Broadcast) -> None:
    """Whether a broadcast can be corrected now. Raises Refused: `not_sent` before anything went out, `still_sending`
    while it goes out; paused or cancelled is enough."""
    if before.state is State.SENDING:
        raise Refused("still_sending", str(before.number))
    if before.started_at is None:
        raise Refused("not_sent", str(before.number))


def previewed(before: Broadcast, staff: Staff, now: datetime) -> Broadcast:
    """It was on this one's phone. Only the author's own look counts for submitting."""
    if before.state not in UNDECIDED:
        raise Refused("decided", WORDS[before.state])
    return replace(before, previewed_at=now) if staff.id == before.author else before


def submitted(before: Broadcast, staff: Staff, now: datetime) -> Broadcast:
    """Hand it to a second administrator; an emergency goes out now, and the second one has two hours.

    Raises Refused: `not_author`, `not_previewed`, `decided`.
    """
    if staff.id != before.author:
        raise Refused("not_author", before.author)
    if before.state is not State.DRAFT:
        raise Refused("decided", WORDS[before.state])
    if before.previewed_at is None:
        raise Refused("not_previewed", str(before.number))
    if before.emergency:
        return replace(before, state=State.APPROVED, submitted_at=now, send_at=None, approve_by=now + APPROVE_WITHIN)
    return replace(before, state=State.SUBMITTED, submitted_at=now)


# --- by a second one -------------------------------------------------------------------------------------------------


def approved(before: Broadcast, staff: Staff, now: datetime) -> Broadcast:
    """Approve what somebody else submitted, an emergency afterwards too. The same approval again is no second one.

    Raises Refused: `same_person`, `not_submitted`, `decided`.
    """
    _by_another(before, staff)
    if before.decided_by == staff.id and before.state not in (State.REJECTED, State.CANCELLED):
        return before
    if before.is_unapproved:
        return replace(before, decided_by=staff.id, decided_at=now)
    _is_submitted(before)
    return replace(before, state=State.APPROVED, decided_by=staff.id, decided_at=now)


def rejected(before: Broadcast, staff: Staff, now: datetime, reason: str) -> Broadcast:
    """Reject it; of an emergency that is under way what has not gone out yet is stopped. Raises Refused, too for no
    reason (`no_reason`)."""
    _by_another(before, staff)
    if not reason.strip():
        raise Refused("no_reason")
    decided = replace(before, decided_by=staff.id, decided_at=now, reason=reason.strip())
    if before.is_unapproved:
        return _ended(decided, State.CANCELLED, now) if before.state in UNDER_WAY else decided
    _is_submitted(before)
    return replace(decided, state=State.REJECTED, ended_at=now)


def _by_another(before: Broadcast, staff: Staff) -> None:
    if staff.id == before.author:
        raise Refused("same_person")


def _is_submitted(before: Broadcast) -> None:
    if before.state is State.DRAFT:
        raise Refused("not_submitted", str(before.number))
    if before.state is not State.SUBMITTED:
        raise Refused("decided", WORDS[before.state])


# --- on its way ------------------------------------------------------------------------------------------------------


def timed(before: Broadcast, send_at: datetime | None) -> Broadcast:
    """Begin at another time, or now (None). Raises Refused (`begun`) once it has begun."""
    if before.state not in (*UNDECIDED, State.APPROVED):
        raise Refused("begun", WORDS[before.state])
    return replace(before, send_at=send_at)


def frozen(before: Broadcast, pile: Frozen, now: datetime) -> Broadcast:
    """All recipients are written. Raises Refused (`begun`) when they were before.

    A mass message to one person alone is refused by the platform: it goes within this one's window.
    """
    if before.state not in UNDER_WAY or before.pile:
        raise Refused("begun", WORDS[before.state])
    route = Route.WINDOW if before.route is Route.MASS and pile.accounts == 1 else before.route
    return replace(
        before,
        route=route,
        pile=pile.name,
        chunks=pile.chunks,
        people=pile.people,
        left_out=pile.left_out,
        frozen_at=now,
    )


def started(before: Broadcast, now: datetime) -> Broadcast:
    """Raises Refused (`not_due`) while it is not approved, not frozen or not its time."""
    if not before.is_due(now):
        raise Refused("not_due", WORDS[before.state])
    return replace(before, state=State.SENDING, started_at=now)


def paused(before: Broadcast) -> Broadcast:
    """Stop for a while, before its time too. Raises Refused (`not_under_way`)."""
    if before.state not in (State.SENDING, State.APPROVED):
        raise Refused("not_under_way", WORDS[before.state])
    return replace(before, state=State.PAUSED)


def resumed(before: Broadcast) -> Broadcast:
    """Raises Refused (`not_paused`)."""
    if before.state is not State.PAUSED:
        raise Refused("not_paused", WORDS[before.state])
    return replace(before, state=State.SENDING if before.started_at else State.APPROVED)


def cancelled(before: Broadcast, now: datetime, reason: str) -> Broadcast:
    """End it: what has not gone out does not. Raises Refused: `no_reason`, `over`."""
    if not reason.strip():
        raise Refused("no_reason")
    if before.state in OVER:
        raise Refused("over", WORDS[before.state])
    return _ended(replace(before, reason=reason.strip()), State.CANCELLED, now)


def done(before: Broadcast, now: datetime) -> Broadcast:
    """Nobody is left to send to. Raises Refused (`not_under_way`)."""
    if before.state is not State.SENDING:
        raise Refused("not_under_way", WORDS[before.state])
    return _ended(before, State.DONE, now)


def escalation_due(broadcast: Broadcast, now: datetime) -> bool:
    """Whether an emergency waits too long for its second one, and nobody was told so yet."""
    late = broadcast.approve_by is not None and now >= broadcast.approve_by
    return broadcast.is_unapproved and late and broadcast.escalated_at is None


def _ended(before: Broadcast, state: State, now: datetime) -> Broadcast:
    return replace(before, state=state, ended_at=now)
