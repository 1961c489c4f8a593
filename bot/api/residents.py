"""Query, declare health, declare trip, make a code, correct."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from bot.api import models
from bot.api.operations import Call, Operation
from bot.api.problems import Problem
from bot.api.told import resident, resident_now, resident_of
from domain import passes
from domain.facts import By, Exposure, Report, Stay, day_of
from domain.partners.display import State, display
from domain.partners.rights import Right
from domain.roles import Refused
from domain.verdict import Colour
from worker.decisions.moment import as_of
from worker.partners.recording import correct, receipt, record
from worker.partners.seeing import Subject, seen, snapshot, subject


def query(call: Call) -> models.Resident:
    subject(call.ctx, call.client, call.path["handle"], Right.QUERY)
    return resident_of(call, call.path["handle"])


def query_many(call: Call) -> models.Residents:
    """Those who may not be seen are withdrawn; texts that are no handles of the client's are left out."""
    body = cast(models.Handles, call.body)
    return models.Residents(residents=[resident(each) for each in seen(call.ctx, call.client, body.handles)])


def everybody(call: Call) -> models.ResidentsPage:
    """The cursor is taken before the page is read: what changes meanwhile comes again as a change."""
    asked = cast(models.PageQuery, call.query)
    cursor = call.ctx.feeds.end(call.client.id)
    page, following = snapshot(call.ctx, call.client, asked.after)
    return models.ResidentsPage(residents=[resident(each) for each in page], next=following or None, cursor=cursor)


def declare(call: Call) -> models.Recorded:
    body, about = cast(models.Health, call.body), _subject(call, Right.DECLARE)
    name = receipt(call.client.id, call.key, "declare")
    record(call.ctx, call.client, about.record.pid, _report(name, body, call.ctx.clock.now()), "api declare health")
    return models.Recorded(receipt=name, resident=resident_now(call, about))


def trip(call: Call) -> models.Recorded:
    body, about, now = cast(models.Trip, call.body), _subject(call, Right.TRIP), call.ctx.clock.now()
    stayed = [(f"/stays/{n}/last_on", each.last_on) for n, each in enumerate(body.stays)]
    days = [("/contact_on", body.contact_on), *stayed]
    if late := [pointer for pointer, day in days if day is not None and day > day_of(now)]:
        raise Problem("invalid", errors=[(pointer, "a day that is still to come") for pointer in late])
    name = receipt(call.client.id, call.key, "trip")
    stays = tuple(Stay(each.place, each.last_on) for each in body.stays)
    fact = Exposure(id=name, at=now, by=By.SELF, contact_on=body.contact_on, stays=stays)
    record(call.ctx, call.client, about.record.pid, fact, "api declare trip")
    return models.Recorded(receipt=name, resident=resident_now(call, about))


def code(call: Call) -> models.Code:
    """What the resident's own chat would show: the same token, the same end."""
    about, ctx = _subject(call, Right.CODE), call.ctx
    now = max(as_of(each.history, ctx.clock.now()) for each in (about.record, about.main))
    shown = display(about.record, about.main, now, ctx.watch.current)
    if shown.state in (State.NONE, State.ENDED):
        raise Refused("no_code")
    unverified = shown.state is State.UNVERIFIED
    colour = Colour.NONE if unverified else Colour(shown.state.value)
    expires = passes.expiry(now, shown.until)
    link = ctx.signer().pass_for(about.record.pid, colour, now, expires)
    return models.Code(link=link, expires=expires, resident=resident_now(call, about))


def take_back(call: Call) -> models.Recorded:
    body, about = cast(models.Correction, call.body), _subject(call, Right.DECLARE)
    name, health = receipt(call.client.id, call.key, "correct"), body.health
    anew = None if health is None else lambda now: _report(name, health, now)
    correct(call.ctx, call.client, about.record.pid, body.receipt, anew)
    return models.Recorded(receipt=name if health else body.receipt, resident=resident_now(call, about))


def _subject(call: Call, right: Right) -> Subject:
    return subject(call.ctx, call.client, call.path["handle"], right)


def _report(name: str, body: models.Health, now: datetime) -> Report:
    return Report(id=name, at=now, by=By.SELF, temperature=body.temperature, symptoms=frozenset(body.symptoms))


_ONE = ("unknown-handle", "not-allowed")
OPERATIONS = (
    Operation("listResidents", "GET", "/residents", Right.CHANGES, "Everybody you see, page by page", everybody,
              models.ResidentsPage, query=models.PageQuery, problems=("cursor",)),
    Operation("queryResident", "GET", "/residents/{handle}", Right.QUERY, "What your display shows of somebody", query,
              models.Resident, problems=_ONE),
    Operation("queryResidents", "POST", "/residents/query", Right.QUERY, "The same of many", query_many,
              models.Residents, models.Handles),
    Operation("declareHealth", "POST", "/residents/{handle}/health-declarations", Right.DECLARE,
              "Temperature and symptoms, as the resident entered them", declare, models.Recorded, models.Health,
              status=201, keyed=True, problems=(*_ONE, "changing")),
    Operation("declareTrip", "POST", "/residents/{handle}/trip-declarations", Right.TRIP,
              "Trips and contacts, as the resident entered them", trip, models.Recorded, models.Trip,
              status=201, keyed=True, problems=(*_ONE, "changing")),
    Operation("makeCode", "POST", "/residents/{handle}/codes", Right.CODE, "The resident's code, to be drawn by you",
              code, models.Code, status=201, problems=(*_ONE, "no-code")),
    Operation("correct", "POST", "/residents/{handle}/corrections", Right.CORRECT,
              "Take back what you said for somebody, and say it right", take_back, models.Recorded, models.Correction,
              status=201, keyed=True, problems=(*_ONE, "not-yours", "unknown-receipt", "too-late", "changing")),
)  # fmt: skip
