"""The clock process: every second a sweep over all outboxes, every hour what the calendar brings. One leader."""

from __future__ import annotations

import logging
import threading
import time

from redis.exceptions import RedisError
from rq.registry import StartedJobRegistry

from domain.facts import day_of
from store.keys import SHARDS, lane_of
from store.lease import Lease, lease
from worker.broadcasts.jobs import sweep_broadcasts
from worker.clockwork import warn
from worker.clockwork.overdue import escalate_tasks
from worker.clockwork.upkeep import Upkeep
from worker.context import Context
from worker.decisions.apply import lapse
from worker.lists.jobs import sweep_lists
from worker.overview.counting import RollingCount
from worker.partners.leaving import sweep_leaving
from worker.partners.pushing import sweep_pushes
from worker.queues import DELIVER, QUEUES, SETTLE, queue
from worker.staff.appealing import escalate_overdue
from worker.works.jobs import sweep_works

log = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
LATE_MILLISECONDS = 2_000
"""An entry that is older was left behind by a crash or a lost wake."""
STAGES = {"outbox": SETTLE, "follow": SETTLE, "post": DELIVER}


def run(ctx: Context, stop: threading.Event) -> None:
    """Until `stop` is set: be the leader, or wait to become it."""
    while not stop.is_set():
        try:
            with lease(ctx.redis, ctx.keys.leader()) as held:
                if held is not None:
                    _lead(ctx, held, stop)
        except RedisError as error:
            log.warning("Redis does not answer (%s); trying again", type(error).__name__)
        except Exception:
            # A clock that ends sweeps nothing; whatever it was, the lanes are to be swept again in a second.
            log.exception("the clock stumbled")
        stop.wait(SWEEP_SECONDS)


def _lead(ctx: Context, held: Lease, stop: threading.Event) -> None:
    looked_at, escalated_at, upkeep, count = None, None, Upkeep(ctx), RollingCount(ctx)
    while not stop.is_set() and not held.lost.is_set():
        sweep(ctx)
        upkeep.tick()
        hour = (day_of(ctx.clock.now()), ctx.clock.now().hour)
        if hour != looked_at:
            erase_lapsed(ctx)
            looked_at = hour
        warn.serve(ctx)
        minute = ctx.clock.now().replace(second=0, microsecond=0)
        if minute != escalated_at:
            escalate_overdue(ctx)
            escalate_tasks(ctx)
            escalated_at = minute
        count.tick()
        stop.wait(SWEEP_SECONDS)


def sweep(ctx: Context) -> None:
    """Wake every lane whose oldest entry is late, and give abandoned jobs back to their queue."""
    now = int(time.time() * 1000)
    for stream, oldest in ctx.streams.oldest(tuple(STAGES)).items():
        late = {lane_of(shard, ctx.lanes) for shard, at in oldest if now - at > LATE_MILLISECONDS}
        for lane in sorted(late):
            ctx.waker.wake(STAGES[stream], lane)
    sweep_lists(ctx)
    sweep_broadcasts(ctx)
    sweep_works(ctx)
    sweep_leaving(ctx)
    sweep_pushes(ctx)
    for name in QUEUES:
        StartedJobRegistry(queue=queue(name, ctx.queue_redis)).cleanup()


def erase_lapsed(ctx: Context) -> int:
    """Erase those who asked for it while yellow or red and are so no longer; how many."""
    moment, erased = ctx.moment(), 0
    with ctx.redis.pipeline(transaction=False) as trip:
        for shard in range(SHARDS):
            trip.smembers(ctx.keys.erasing(shard))
        waiting = [pid for pids in trip.execute() for pid in pids]
    people = ctx.people.read_sound(waiting)
    mains = ctx.people.read_sound(person.alias_of for person in people.values() if person.alias_of)
    for person in people.values():
        change = lapse(person, moment, mains.get(person.alias_of))
        if change is not None and ctx.people.write([change])[0]:
            ctx.changed(person.pid)
            erased += 1
    return erased
