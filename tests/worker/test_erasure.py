"""删除: what goes, what stays while a colour stands, and that nothing brings an erased person back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import redis

from domain.person import Person
from flows.effects import Erase
from store.keys import SHARDS, account_tag, shard_of
from tests.stage import NOW, PHOENIX, FixedClock, commit, declare, identity, openid, pid_of, report, stage
from worker.clockwork.clock import erase_lapsed
from worker.context import Context
from worker.delivery import letters
from worker.jobs import settle_lane

WHO = openid(1)
TAG = account_tag(WHO)


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path, SETTLE_LANES="1")


def told(ctx: Context) -> list[str]:
    entries = ctx.streams.read("post", [shard_of(WHO)], 10)
    return [say.template for entry in entries for say in letters.unseal(ctx.vault, entry.fields[b"b"]).says]


def person(ctx: Context) -> Person:
    pid = pid_of(ctx, identity(1))
    return ctx.people.read([pid])[pid]


def test_a_green_person_is_erased_at_once_and_an_older_effect_changes_nothing(
    ctx: Context, redis_client: redis.Redis
) -> None:
    pid = pid_of(ctx, identity(1))
    commit(ctx, WHO, (pid, declare(identity(1), TAG)), (pid, Erase(pid=pid)))
    late = ctx.streams.read("outbox", range(SHARDS), 10)[0]
    settle_lane(ctx, 0)
    gone = person(ctx)
    assert (gone.identity, gone.history.facts, gone.account, gone.generation) == (None, (), "", 1)
    assert redis_client.exists(ctx.keys.salt(pid)) == 0
    assert ctx.rosters.counts(PHOENIX, NOW.date()).total() == 0
    assert told(ctx) == ["told_erased"]
    fields: dict[Any, Any] = dict(late.fields)
    redis_client.xadd(ctx.keys.outbox(late.shard), fields)
    settle_lane(ctx, 0)
    assert person(ctx) == gone


def test_a_yellow_person_is_erased_when_the_colour_has_lapsed(ctx: Context) -> None:
    pid = pid_of(ctx, identity(1))
    commit(ctx, WHO, (pid, declare(identity(1), TAG, temperature="38.0")), (pid, Erase(pid=pid)))
    settle_lane(ctx, 0)
    assert told(ctx) == ["told_colour", "told_erase_waits"]
    assert person(ctx).identity == identity(1)
    assert erase_lapsed(ctx) == 0
    _recover(ctx)
    assert erase_lapsed(ctx) == 1
    assert erase_lapsed(ctx) == 0
    assert person(ctx).identity is None
    settle_lane(ctx, 0)
    assert told(ctx) == ["told_colour", "told_erase_waits", "told_erased"]


def _recover(ctx: Context) -> None:
    """Fourteen normal days of one's own."""
    pid, clock = pid_of(ctx, identity(1)), ctx.clock
    assert isinstance(clock, FixedClock)
    for day in range(14):
        clock.advance(days=1)
        commit(ctx, WHO, (pid, report(pid, f"{TAG}-d{day}", "36.5", clock.at)))
        settle_lane(ctx, 0)
