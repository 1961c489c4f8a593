"""The functions that RQ runs: a lane number in, nothing out. Each may run twice, overlap or die anywhere."""

from __future__ import annotations

import time
from functools import cache

from store.keys import lane_of, shards_of_lane
from store.lease import lease
from worker import drains
from worker.context import Context
from worker.delivery.deliver import Deliverer
from worker.partners.pushing import push_all
from worker.queues import DELIVER, HOOKS, SETTLE
from worker.wiring import context

RUN_SECONDS = 5.0


def settle(lane: int) -> None:
    """Drain the outboxes and what follows of all shards of a lane; wakes deliver for what it posted."""
    settle_lane(context(), lane)


def deliver(lane: int) -> None:
    """Send what is on the posts of a lane, unless somebody else is at it."""
    deliver_lane(context(), _deliverer(), lane)


def push(lane: int) -> None:
    """Push changes to the webhooks of partners; there is one lane, with all of them side by side."""
    push_lane(context(), lane)


def push_lane(ctx: Context, lane: int) -> None:
    ctx.waker.awake(HOOKS, lane)
    if push_all(ctx):
        ctx.waker.wake(HOOKS, lane)


def settle_lane(ctx: Context, lane: int) -> None:
    ctx.waker.awake(SETTLE, lane)
    settler, follower, shards = drains.settler(ctx), drains.follower(ctx), shards_of_lane(lane, ctx.lanes)
    end, linked = time.monotonic() + RUN_SECONDS, frozenset[int]()
    while time.monotonic() < end:
        first = settler.drain(shards)
        # What follows stands in the shards of the persons, wherever those are; draining it here saves a wake.
        second = follower.drain({*shards, *first.persons, *linked})
        linked = second.persons
        _wake_deliver(ctx, first.posted | second.posted)
        if second.fed:
            ctx.waker.wake(HOOKS, 0)
        if not (first.moved or second.moved or first.again or second.again):
            return
    ctx.waker.wake(SETTLE, lane)


def deliver_lane(ctx: Context, deliverer: Deliverer, lane: int) -> None:
    """Postponed letters are not waited for: the sweep wakes the lane again while they stand there."""
    ctx.waker.awake(DELIVER, lane)
    shards = shards_of_lane(lane, ctx.lanes)
    end = time.monotonic() + RUN_SECONDS
    with lease(ctx.redis, ctx.keys.lease(DELIVER, lane)) as held:
        while held is not None and time.monotonic() < end:
            done = deliverer.drain(shards, held, end)
            ctx.tally.flush()
            if not done:
                return
    if held is not None:
        ctx.waker.wake(DELIVER, lane)


def _wake_deliver(ctx: Context, shards: frozenset[int]) -> None:
    for lane in sorted({lane_of(shard, ctx.lanes) for shard in shards}):
        ctx.waker.wake(DELIVER, lane)


@cache
def _deliverer() -> Deliverer:
    return drains.deliverer(context())
