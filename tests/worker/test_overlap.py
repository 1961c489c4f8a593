"""Drains that overlap with each other, with staff, and with parking: nothing is lost, nothing overtakes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import redis

from domain.facts import Case, CaseKind
from store.changes import Act
from store.keys import shard_of, shards_of_lane
from store.streams import Streams
from tests.stage import NOW, commit, declare, identity, openid, pid_of, report, stage
from worker import drains
from worker.context import Context
from worker.decisions.recording import record
from worker.jobs import settle_lane

WHO = openid(1)


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path, SETTLE_LANES="1")


def facts(ctx: Context) -> list[str]:
    pid = pid_of(ctx, identity(1))
    return sorted(fact.id for fact in ctx.people.read([pid])[pid].history.facts)


def test_what_staff_record_between_the_reading_and_the_writing_of_a_drain_is_kept(ctx: Context) -> None:
    pid = pid_of(ctx, identity(1))
    commit(ctx, WHO, (pid, declare(identity(1), "t")))
    settle_lane(ctx, 0)
    commit(ctx, WHO, (pid, report(pid, "r1", "36.5")), (pid, report(pid, "r2", "36.6")))
    settler = drains.settler(ctx)
    batch = settler._decide(settler._open(*ctx.streams.read_outboxes(shards_of_lane(0, 1), 100), []), [])
    case = Case(id="c1", at=NOW, case=CaseKind.CONFIRMED, since=date(2020, 3, 1))
    person = ctx.people.read([pid])[pid]
    assert ctx.people.write([record(person, case, Act("网格员 李强", "record"), ctx.moment())]) == [True]
    assert settler._write(batch).again
    settle_lane(ctx, 0)
    assert facts(ctx) == ["c1", "r1", "r2", "t-1"]
    assert ctx.redis.xlen(ctx.keys.audit(pid[0])) == 1


def test_an_effect_that_is_parked_while_another_drain_reads_is_not_overtaken(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other drain asked who is held back before the parking, and read the outbox after it."""
    pid = pid_of(ctx, identity(1))
    commit(ctx, WHO, (pid, declare(identity(1), "t")))
    settle_lane(ctx, 0)
    commit(ctx, WHO, (pid, report(pid, "r1", "36.5")), (pid, report(pid, "r2", "36.6")))
    shard = shard_of(WHO)
    first = ctx.streams.read("outbox", [shard], 1)[0]

    class Between(redis.client.Pipeline):
        def xrange(self, *args: Any, **options: Any) -> Any:
            if len(self.command_stack) == 1:
                asked = self.execute()
                ctx.streams.park("outbox", first, WHO, "test")
                self._asked = asked
            return super().xrange(*args, **options)

        def execute(self, raise_on_error: bool = True) -> list[object]:
            before, self._asked = getattr(self, "_asked", []), []
            return [*before, *super().execute(raise_on_error)]

    pipeline = Between(ctx.redis.connection_pool, ctx.redis.response_callbacks, False, None)
    with monkeypatch.context() as patch:
        patch.setattr(ctx.redis, "pipeline", lambda transaction: pipeline)
        entries, parked = Streams(ctx.redis, ctx.keys).read_outboxes([shard], 100)
    assert (len(entries), parked) == (1, {WHO.encode()})


def test_counts_of_failures_do_not_stay_for_ever(ctx: Context) -> None:
    entry = ctx.redis.xadd(ctx.keys.outbox(shard_of(WHO)), {"o": WHO, "s": 1, "e": b""})
    assert entry
    assert ctx.streams.failed("outbox", ctx.streams.read("outbox", [shard_of(WHO)], 1)[0]) == 1
    assert 0 < ctx.redis.ttl(ctx.keys.attempts(shard_of(WHO), "outbox")) <= 86_400
