"""Outage days: which days a silence of the service's own heartbeat credits to everybody. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from domain.facts import SHANGHAI, day_of
from domain.roles import Refused
from domain.world import World

WAKING_FROM = time(6)
"""Whoever is down at night keeps nobody from reporting: only 06:00 to 24:00 counts."""
SILENT_FOR = timedelta(hours=4)
"""So long within those hours of one day, in one piece, and the day is credited."""
CREDITED_WITHIN = timedelta(days=14)
"""Later, days are folded that it would count for (`domain.fold`); a longer silence is a service switched off."""


def silent_days(last: datetime, now: datetime) -> tuple[date, ...]:
    """The days that a silence from `last` to `now` credits."""
    if now - last > CREDITED_WITHIN:
        return ()
    days = (day_of(last) + timedelta(days=n) for n in range((day_of(now) - day_of(last)).days + 1))
    return tuple(day for day in days if _silent_on(day, last, now) >= SILENT_FOR)


def credited(world: World, days: Iterable[date], now: datetime) -> World:
    """The world with these outage days. Raises Refused: `to_come` or `too_late`."""
    added = frozenset(days)
    if any(day > day_of(now) for day in added):
        raise Refused("to_come")
    if any(day_of(now) - day > CREDITED_WITHIN for day in added):
        raise Refused("too_late")
    return replace(world, outages=world.outages | added)


def _silent_on(day: date, last: datetime, now: datetime) -> timedelta:
    begins = datetime.combine(day, WAKING_FROM, SHANGHAI)
    ends = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    return min(now, ends) - max(last, begins)
