"""One damaged record stops nobody but its owner: not a lane, not the clock, not the rosters."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import redis

from domain.verdict import Colour
from store.keys import SHARDS, account_tag, shard_of
from tests.stage import NOW, PHOENIX, commit, declare, identity, openid, pid_of, report, stage
from worker import drains
from worker.clockwork.clock import erase_lapsed
from worker.context import Context
from worker.jobs import deliver_lane, settle_lane
from worker.settling.rebuild import rebuild_rosters


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    """Three have declared; the record of the first was damaged afterwards."""
    ctx = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    for number in range(3):
        pid = pid_of(ctx, identity(number))
        commit(ctx, openid(number), (pid, declare(identity(number), account_tag(openid(number)))))
    settle_lane(ctx, 0)
    redis_client.setrange(ctx.keys.person(pid_of(ctx, identity(0))), 30, b"\x00" * 30)
    return ctx


def report_all(ctx: Context) -> None:
    for number in range(3):
        pid = pid_of(ctx, identity(number))
        commit(ctx, openid(number), (pid, report(pid, f"r{number}", "38.0")))


def test_the_others_settle_and_the_effect_on_a_damaged_person_is_parked(ctx: Context) -> None:
    report_all(ctx)
    for _ in range(5):
        settle_lane(ctx, 0)
    assert ctx.rosters.counts(PHOENIX, NOW.date())[Colour.YELLOW] == 2
    assert ctx.streams.oldest(("outbox", "follow")) == {"outbox": [], "follow": []}
    assert len(ctx.streams.read("parked", range(SHARDS), 10)) == 1


def test_what_follows_for_the_others_is_done(ctx: Context, redis_client: redis.Redis) -> None:
    damaged = ctx.keys.person(pid_of(ctx, identity(1)))
    report_all(ctx)
    drains.settler(ctx).drain(range(SHARDS))
    redis_client.setrange(damaged, 30, b"\x00" * 30)
    for _ in range(6):
        settle_lane(ctx, 0)
    assert ctx.rosters.counts(PHOENIX, NOW.date()) == Counter({Colour.GREEN: 2, Colour.YELLOW: 1})
    assert ctx.streams.oldest(("follow",)) == {"follow": []}


def test_a_damaged_view_is_begun_anew(ctx: Context, redis_client: redis.Redis) -> None:
    redis_client.set(ctx.keys.view(openid(1)), b"noise")
    report_all(ctx)
    settle_lane(ctx, 0)
    for number in (1, 2):
        cells, _ = ctx.views.read(openid(number))
        assert [len(cell.history.facts) for cell in cells.values()] == [2]


def test_a_damaged_letter_is_given_up(ctx: Context, redis_client: redis.Redis) -> None:
    for sealed in (b"", b"\x01", b"noise" * 20, ctx.vault.seal(b"post", b"\xc1")):
        redis_client.xadd(ctx.keys.post(shard_of(openid(1))), {"k": "text", "b": sealed})
    deliver_lane(ctx, drains.deliverer(ctx), 0)
    assert len(ctx.streams.read("undelivered", [shard_of(openid(1))], 10)) == 4


def test_the_clock_and_the_rosters_go_on(ctx: Context, redis_client: redis.Redis) -> None:
    pid = pid_of(ctx, identity(0))
    redis_client.sadd(ctx.keys.erasing(pid[0]), pid)
    assert erase_lapsed(ctx) == 0
    assert rebuild_rosters(ctx) == 2
