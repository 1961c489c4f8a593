"""What the clock's leader keeps in order besides the outboxes: the heartbeat, the audit, what follows from the world.

A silence of the heartbeat of four hours in the daytime credits the day to everybody (`domain.outages`).
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import date, timedelta

from redis.exceptions import RedisError

from domain.facts import day_of
from domain.outages import CREDITED_WITHIN, credited, silent_days
from domain.verdict import World
from store.changes import Act
from store.heartbeat import Beat, Heartbeat
from store.world import Concerned
from worker.context import Context
from worker.settling.refresh import refresh
from worker.staff.audit import export

log = logging.getLogger(__name__)

BEAT_SECONDS = 10
SEAL_SECONDS = 60


class Upkeep:
    """One leader's; called every second."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._heartbeat = Heartbeat(ctx.redis, ctx.keys)
        self._beaten = self._sealed = 0.0
        self._today: date | None = None
        self._exporting: threading.Thread | None = None

    def tick(self) -> None:
        """Whatever is due now. Raises RedisError when Redis is away."""
        now = time.monotonic()
        if now - self._beaten >= BEAT_SECONDS or not self._beaten:
            beat(self._ctx, self._heartbeat, time.time())
            self._beaten = now
        if now - self._sealed >= SEAL_SECONDS or not self._sealed:
            self._ctx.audit.seal_all()
            self._sealed = now
        today = day_of(self._ctx.clock.now())
        if today != self._today and not (self._exporting is not None and self._exporting.is_alive()):
            self._begin(today)
        refresh(self._ctx)

    def _begin(self, today: date) -> None:
        """A day has begun, or this leader has. The export runs in a thread: a sweep cannot wait for a day's acts."""
        self._today = today
        if listings_turned(self._ctx.worlds.read(), today):
            self._ctx.worlds.request(Concerned.TRAVELLERS)
        self._exporting = threading.Thread(target=_export, args=(self._ctx, today), name="audit export", daemon=True)
        self._exporting.start()


def listings_turned(world: World, today: date) -> bool:
    """Whether a risk area's listing began or ended in these days; also days that no leader saw begin."""
    turns = [day for area in world.risk_areas for day in (area.since, area.until and area.until + timedelta(days=1))]
    return any(day is not None and timedelta(0) <= today - day <= CREDITED_WITHIN for day in turns)


def beat(ctx: Context, heartbeat: Heartbeat, wall: float) -> tuple[date, ...]:
    """Note that the service lives, and credit the days on which it did not; which. `wall` is this machine's time.

    A sandbox's clock jumps: no silence lasted longer than this machine's time went on.
    """
    now, last = ctx.clock.now(), heartbeat.read()
    days: tuple[date, ...] = ()
    if last is not None:
        days = silent_days(max(last.at, now - timedelta(seconds=max(0.0, wall - last.wall))), now)
    if days:
        told = "、".join(day.isoformat() for day in days)
        log.warning("the service was silent: %s credited to everybody", told)
        act = Act(
            "clock", "credit outage", reason=f"heartbeat silent until {now.isoformat(timespec='minutes')}: {told}"
        )
        ctx.worlds.change(lambda world: credited(world, days, now), act)
    heartbeat.write(Beat(now, wall))
    return days


def _export(ctx: Context, today: date) -> None:
    """What was done before today, unless that has been done: another leader may have begun the day."""
    yesterday = today - timedelta(days=1)
    try:
        root = ctx.audit.root()
        if root is None or root.day < yesterday.isoformat():
            export(ctx.audit, ctx.audit_folder, yesterday)
    except (OSError, RedisError) as error:
        log.error("the audit could not be exported: %s", type(error).__name__)
