"""A sender is killed at each of its steps: between any two commands, and with a command done but unanswered.

Whoever comes after finishes. Nobody is written to twice, everybody is accounted for, and after one kill with one
message in flight at most one outcome is unknown; by mass message, whose id the platform knows again, none is.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from domain.broadcasts.broadcast import Route, State
from domain.broadcasts.content import Content, Text
from store.broadcasts import Broadcasts
from store.piles import Piles
from tests.broadcasts.studio import LEASE, Studio, open_studio
from tests.worker.test_kill_drill import Fuse, FusedConnection, Killed
from worker.broadcasts import sending
from worker.broadcasts.calling import platform_of
from worker.context import Context

PEOPLE = 4
MASS = "/cgi-bin/message/mass/send"


def fused(ctx: Context) -> Context:
    """The same house in a process that will die in its sending."""
    pool = redis.ConnectionPool.from_url(ctx.settings.redis_url, connection_class=FusedConnection)
    client = redis.Redis(connection_pool=pool)
    piles = Piles(client, ctx.keys, ctx.vault, LEASE)
    return replace(ctx, redis=client, piles=piles, broadcasts=Broadcasts(client, ctx.keys, ctx.vault))


@pytest.fixture
def studio(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Iterator[Studio]:
    """Where one person may get any number of mass messages a month: they are not what is tried here."""
    with open_studio(
        valkey_url, tmp_path, mass_per_month=1_000, by_minute={MASS: 10_000}, daily={MASS: 10_000}
    ) as opened:
        yield opened


@pytest.fixture(autouse=True)
def only_the_sender_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that looks beside it would burn the fuse by the clock."""
    monkeypatch.setattr("worker.broadcasts.watching.LOOK_SECONDS", 60.0)


@pytest.mark.parametrize("after_sending", [False, True], ids=["before sending", "before the answer"])
@pytest.mark.parametrize("route", [Route.WINDOW, Route.MASS])
def test_a_sender_may_die_at_every_step(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, route: Route, after_sending: bool
) -> None:
    monkeypatch.setattr("worker.broadcasts.planning.CHUNK", 2)
    openids = studio.residents(PEOPLE)
    unknown: Counter[int] = Counter()
    for step in range(1, 100):
        before = replenished(studio, openids)
        number = frozen(studio, Text(f"通知 {step}"), route)
        Fuse.after_sending, Fuse.left = after_sending, step
        died = dies(studio, number)
        Fuse.left = -1
        time.sleep(LEASE / 1_000 * 1.2 if died else 0)
        told = studio.advance(number)
        assert told.sent + told.unknown == told.total == PEOPLE
        assert told.unknown <= (1 if died and route is Route.WINDOW else 0), f"killed at step {step}"
        assert studio.read(number).state is State.DONE
        until_arrived(studio, openids, before, told.sent, told.unknown)
        unknown[told.unknown] += 1
        if not died:
            assert step > 6, "the drill ended before it reached the steps"
            assert route is Route.MASS or unknown[1], "no kill met a message in flight"
            return
    pytest.fail("the sender never finished")


def frozen(studio: Studio, content: Content, route: Route) -> int:
    """A broadcast that is being sent, and nobody sends."""
    number = studio.approved(content, route)
    studio.advance(number, seconds=0)
    assert studio.read(number).state is State.SENDING
    return number


def dies(studio: Studio, number: int) -> bool:
    ctx = fused(studio.ctx)
    try:
        sending.sender_of(ctx, platform_of(studio.ctx), number, threads=1).run(20)
    except Killed:
        return True
    return False


def replenished(studio: Studio, openids: list[str]) -> Counter[int]:
    """Everybody wrote again, as the platform and as the house know it."""
    for number, openid in enumerate(openids):
        studio.account(openid, number, studio.ctx.clock.now())
    studio.post("/sandbox/population", {"n": len(openids), "prefix": "b"})
    return studio.received(openids)


def until_arrived(studio: Studio, openids: list[str], before: Counter[int], sent: int, unknown: int) -> None:
    """Everybody said to be sent has one more; who is unknown at most one more."""
    end = time.monotonic() + 10
    while True:
        more = total(studio.received(openids)) - total(before)
        if sent <= more <= sent + unknown:
            assert max(studio.received(openids)) <= max(before) + 1, "somebody was written to twice"
            return
        assert time.monotonic() < end, f"{more} messages arrived of {sent} sent"
        time.sleep(0.01)


def total(received: Counter[int]) -> int:
    return sum(times * people for times, people in received.items())
