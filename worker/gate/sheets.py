"""A short declaration on somebody's own phone, in any browser: the guard hands a sheet over, they fill it in, the guard
compares it with the document and accepts it. Nothing is on record before that."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import replace
from datetime import timedelta

from domain.facts import Symptom, day_of
from domain.gate import reading_of
from domain.people import DocumentKind, Identity, parse_document, parse_name
from domain.person import Person
from domain.roles import Refused, Staff
from domain.venues import Venue
from store.limits import Limit
from store.sheets import Sheet, Told
from worker.context import Context
from worker.gate import gating
from worker.residents.registering import Entry

HANDED = Limit("sheets handed over at a gate", 60, timedelta(minutes=10))


def hand_over(ctx: Context, staff: Staff, venue: Venue) -> Sheet:
    """A blank sheet. Raises Refused: `too_often`."""
    now = ctx.clock.now()
    if ctx.limits.attempt(HANDED, staff.id, now) is None:
        raise Refused("too_often")
    sheet = Sheet(secrets.token_urlsafe(16), staff.id, venue.id, now)
    ctx.sheets.add(sheet)
    return sheet


def fill_in(ctx: Context, id: str, phone: str, told: Told) -> Sheet:
    """The sheet with what was typed on the phone with this secret.

    Raises Refused: `stale` for one that is over, accepted already or another phone's; `reading`. Raises Reject for a
    name or a number that cannot be one.
    """
    sheet = ctx.sheets.read(id)
    if sheet is None or sheet.pid or (sheet.phone and not hmac.compare_digest(sheet.phone, phone)):
        raise Refused("stale")
    entry_of(ctx, told, "")
    reading_of(told.reading)
    filled = replace(sheet, phone=phone, told=told, returned=False)
    if not ctx.sheets.replace(sheet, filled):
        raise Refused("stale")
    return filled


def give_back(ctx: Context, staff: Staff, id: str) -> None:
    """What was filled in is not what the document says: it is to be filled in again. Raises Refused (`stale`)."""
    sheet = of_guard(ctx, staff, id)
    if sheet.told is None or not ctx.sheets.replace(sheet, replace(sheet, told=None, returned=True)):
        raise Refused("stale")


def accept(ctx: Context, staff: Staff, id: str, ref: str) -> tuple[Person, gating.ShortDeclaration]:
    """The declaration on record, under the guard's eyes, who has the document in hand; `ref` is what they saw of it.
    Accepted again it is the same one.

    Raises Refused: `stale` and as `gating.declare`.
    """
    sheet = of_guard(ctx, staff, id)
    if sheet.told is None or sheet.told.ref != ref:
        raise Refused("stale")
    venue, told = gating.venue_for(ctx, staff, sheet.venue), sheet.told
    symptoms = frozenset({Symptom.OTHER}) if told.unwell else frozenset()
    entry = entry_of(ctx, told, venue.community)
    said = gating.ShortDeclaration(sheet.id, entry, reading_of(told.reading), symptoms, told.exposed)
    person = gating.declare(ctx, staff, venue, said)
    ctx.sheets.replace(sheet, replace(sheet, pid=person.pid))
    return person, said


def of_guard(ctx: Context, staff: Staff, id: str) -> Sheet:
    """A sheet that this guard handed over. Raises Refused (`stale`)."""
    sheet = ctx.sheets.read(id)
    if sheet is None or sheet.staff != staff.id:
        raise Refused("stale")
    return sheet


def entry_of(ctx: Context, told: Told, community: str) -> Entry:
    """Raises Reject."""
    today = day_of(ctx.clock.now())
    kind = DocumentKind(told.kind) if told.kind in set(DocumentKind) else DocumentKind.RESIDENT_ID
    return Entry(Identity(parse_name(told.name), parse_document(kind, told.number, today)), community)
