"""How the house itself stands: what waits, what is left of quotas, how old data are, and what needs a hand."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.budgets import A_MONTH, Standing, Usage
from store.heartbeat import Heartbeat
from store.quota import mass_this_month
from worker.broadcasts.jobs import broadcast_alarms
from worker.context import Context
from worker.lists.deciding import standing_alarms

STREAMS = ("outbox", "follow", "post")
LATE_SECONDS = 60
SILENT = timedelta(minutes=2)
FAILS = 3


@dataclass(frozen=True, slots=True)
class Queue:
    """One stream or queue: how much waits, and for how many seconds the oldest has."""

    name: str
    waiting: int
    oldest: int | None = None

    @property
    def late(self) -> bool:
        return self.oldest is not None and self.oldest > LATE_SECONDS


@dataclass(frozen=True, slots=True)
class House:
    """What somebody who looks after the house sees at a glance. Instants are None where it never happened."""

    queues: tuple[Queue, ...]
    parked: int
    undelivered: int
    calls: int
    works: int
    alarms: tuple[str, ...]
    quotas: tuple[Usage, ...]
    masses_left: int
    beat: datetime | None
    sampled: datetime | None
    oldest_count: int
    lists_as_of: datetime | None
    polling_fails: int
    now: datetime

    @property
    def clock_stands(self) -> bool:
        """Whether nobody leads."""
        return self.beat is None or self.now - self.beat > SILENT

    @property
    def low(self) -> tuple[Usage, ...]:
        return tuple(usage for usage in self.quotas if usage.standing is not Standing.OPEN)

    @property
    def polling_stopped(self) -> bool:
        """Whether the upstream authority has not answered for some time."""
        return self.polling_fails >= FAILS

    @property
    def needs_a_hand(self) -> bool:
        late = any(queue.late for queue in self.queues) or self.polling_stopped
        return bool(self.parked or self.undelivered or self.alarms or self.low or late or self.clock_stands)


def house(ctx: Context) -> House:
    """As it is now; some twelve trips."""
    lengths = ctx.streams.lengths((*STREAMS, "parked", "undelivered"))
    usages, polled, sample = ctx.quota.usages(), ctx.lists.polled(), ctx.samples.latest()
    beat = Heartbeat(ctx.redis, ctx.keys).read()
    return House(
        (*_streams(ctx, lengths), *(Queue(name, waiting) for name, waiting in ctx.waker.waiting().items())),
        lengths["parked"],
        lengths["undelivered"],
        ctx.calls.listed(),
        len(ctx.works.unfinished()),
        (*standing_alarms(ctx), *broadcast_alarms(ctx)),
        tuple(usage for usage in usages if usage.granted),
        max(0, A_MONTH - mass_this_month(usages)),
        beat.at if beat else None,
        sample.at if sample else None,
        sample.age if sample else 0,
        polled.as_of,
        polled.failures,
        ctx.clock.now(),
    )


def _streams(ctx: Context, lengths: Mapping[str, int]) -> list[Queue]:
    found, now = ctx.streams.oldest(STREAMS), time.time()
    ages = {name: [max(0, int(now - at / 1000)) for _, at in rows] for name, rows in found.items()}
    return [Queue(name, lengths[name], max(ages[name], default=None)) for name in STREAMS]
