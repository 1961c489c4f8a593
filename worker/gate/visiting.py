"""Venues and visits: who keeps a venue, what its code holds, who was there and who may ask."""

from __future__ import annotations

from datetime import datetime

from domain.carry_out import reason_of
from domain.facts import day_of
from domain.gate import Outcome, Shown, of_colour
from domain.person import Person
from domain.roles import Action, Refused, Staff, holds, require
from domain.venues import SCENE_PREFIX, Proof, Spot, Venue, is_near, is_shown, mark
from store.changes import Act
from store.venues import Visit
from worker.context import Context
from worker.gate.gating import target_of

BATCH = 500
Seen = tuple[Visit, Person | None]
"""A visit, and whoever it was, if that could be made out."""


def put(ctx: Context, staff: Staff, venue: Venue) -> bool:
    """Register or change a venue; False: it is so already. Raises Refused: `role`, `scope`."""
    known = ctx.venues.read(venue.id)
    for each in (venue, known):
        if each is not None:
            require(staff, Action.KEEP_VENUE, target_of(each))
    return ctx.venues.put(venue, Act(staff.id, "put venue", reason=venue.id, organisation=staff.organisation))


def link(ctx: Context, venue: Venue) -> str:
    """What the code of a venue holds: for one that asks for nothing more the platform's, which opens the chat, else a
    page of ours; the mark of one that changes is in it. Raises SendError."""
    if venue.proof is Proof.NOTHING:
        return ctx.platform(essential=False).create_qr(f"{SCENE_PREFIX}{venue.id}")
    page = f"{ctx.settings.public_url}/code/at/{venue.id}"
    if venue.proof is Proof.LOCATION:
        return page
    return f"{page}?m={mark(ctx.settings.secret_key, venue.id, ctx.clock.now())}"


def visit(ctx: Context, id: str, pid: bytes, ref: str, at: datetime, spot: Spot | None = None, told: str = "") -> Venue:
    """Note that somebody scanned a venue's code; once under `ref`. What the venue asks for and is not shown is noted
    as missing: the picture was forwarded. Raises Refused (`no_such_venue`)."""
    venue = ctx.venues.read(id)
    if venue is None or venue.closed:
        raise Refused("no_such_venue", id)
    person = ctx.people.read_main([pid])[pid]
    shown = of_colour(ctx.moment().colour(person))
    proved = is_proved(ctx, venue, spot, told)
    ctx.venues.note(id, Visit(ref, at, person.pid, Outcome.VISITED, shown, Shown.LIVE, proved=proved))
    return venue


def is_proved(ctx: Context, venue: Venue, spot: Spot | None, told: str) -> bool:
    """Whether whoever scanned was there, as far as the venue asks."""
    match venue.proof:
        case Proof.NOTHING:
            return True
        case Proof.LOCATION:
            return is_near(venue, spot)
        case Proof.WINDOW:
            return is_shown(ctx.settings.secret_key, venue.id, told, ctx.clock.now())


def who_was_at(ctx: Context, staff: Staff, id: str, first: datetime, last: datetime, reason: str) -> list[Seen]:
    """Everybody at a venue between two instants, in order. The question is an act, and a reason is needed.

    Raises Refused: `role`, `scope`, `no_reason`, `no_such_venue`, `to_come` where it ends before it begins.
    """
    venue, why = ctx.venues.read(id), reason_of(reason)
    if venue is None:
        if not holds(staff, Action.SEE_VISITS):
            raise Refused("role")
        raise Refused("no_such_venue", id)
    require(staff, Action.SEE_VISITS, target_of(venue))
    if last < first:
        raise Refused("to_come", last.isoformat())
    found = ctx.venues.between(id, first, last, ctx.clock.now())
    span = f"{venue.id} {first:%m-%d %H:%M}–{last:%m-%d %H:%M} {len(found)}"
    ctx.audit.note(Act(staff.id, "see visits", reason=f"{span} {why}", organisation=staff.organisation))
    people: dict[bytes, Person] = {}
    pids = [*{each.pid for each in found if each.pid}]
    for n in range(0, len(pids), BATCH):
        people |= ctx.people.read_sound(pids[n : n + BATCH])
    return [(each, people.get(each.pid)) for each in found]


def today(ctx: Context, venue: Venue) -> dict[Outcome, int]:
    return ctx.venues.counts(venue.id, day_of(ctx.clock.now()))
