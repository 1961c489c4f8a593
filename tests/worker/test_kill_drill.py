"""settle is killed at each of its steps: between any two commands, and with a command done but unanswered.

After every death a second run finds the same end: every fact recorded once, every announcement made once, every count
right, nothing left behind.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.connection import Connection

from domain.verdict import Colour
from flows.effects import Effect
from store.keys import SHARDS, account_tag, lane_of, shard_of, shards_of_lane
from tests.stage import BRIDGE, NOW, PHOENIX, commit, declare, identity, openid, pid_of, report, stage
from worker import drains
from worker.context import Context
from worker.delivery import letters
from worker.jobs import settle_lane
from worker.settling.rebuild import rebuild_rosters
from worker.wiring import build

PEOPLE = 4


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class Fuse:
    """Burns down by one with every command sent; at zero the process dies, before sending or before the answer."""

    left: int = -1
    after_sending: bool = False


class FusedConnection(Connection):
    def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        Fuse.left -= 1
        if Fuse.left == 0 and not Fuse.after_sending:
            raise Killed
        super().send_packed_command(command, check_health)  # type: ignore[no-untyped-call]  # redis-py's has none
        if Fuse.left == 0:
            # Wait until the server has executed it; what it answered is never used.
            with contextlib.suppress(redis.RedisError):
                super().read_response()
            raise Killed


def fused(ctx: Context) -> Context:
    """The same house in a process that will die."""
    made = build(ctx.settings)
    pool = redis.ConnectionPool.from_url(ctx.settings.redis_url, connection_class=FusedConnection)
    client = redis.Redis(connection_pool=pool)
    rewired = {
        name: type(getattr(made, name))(client, made.keys, *extra)
        for name, extra in {"accounts": (made.vault,), "people": (made.vault,), "streams": ()}.items()
    }
    return replace(made, redis=client, clock=ctx.clock, **rewired)


def prepare(ctx: Context) -> None:
    """Four declare; one of them twice and feverish, one moves on to another's document, all in one batch."""
    ctx.redis.flushall()
    for number in range(PEOPLE):
        who = identity(number)
        effects: list[tuple[bytes, Effect]] = [(pid_of(ctx, who), declare(who, account_tag(openid(number))))]
        if number == 1:
            effects.append((pid_of(ctx, who), report(pid_of(ctx, who), "r", "38.0")))
        commit(ctx, openid(number), *effects)
    # A fifth account claims the document of the first.
    thief = openid(PEOPLE)
    commit(ctx, thief, (pid_of(ctx, identity(0)), declare(identity(0), account_tag(thief), community=BRIDGE)))


def settle_all(ctx: Context) -> None:
    for lane in range(ctx.lanes):
        settle_lane(ctx, lane)


def assert_all_done(ctx: Context) -> None:
    people = ctx.people.read(pid_of(ctx, identity(n)) for n in range(PEOPLE))
    assert [len(p.history.facts) for p in people.values()] == [1, 2, 1, 1]
    assert ctx.rosters.counts(PHOENIX, NOW.date()) == Counter({Colour.GREEN: 3, Colour.YELLOW: 1})
    assert ctx.rosters.counts(BRIDGE, NOW.date()) == Counter()
    kinds = Counter(
        (letter.openid, letter.kind)
        for entry in ctx.streams.read("post", range(SHARDS), 100)
        if (letter := letters.unseal(ctx.vault, entry.fields[b"b"]))
    )
    expected = Counter({(openid(n), "code"): 1 for n in range(PEOPLE)})
    expected[(openid(PEOPLE), "text")] = 1
    expected[(openid(0), "text")] = 1
    assert kinds == expected
    assert {task.about for task in ctx.tasks.open(PHOENIX)} == {"abnormal", "contested"}
    assert ctx.streams.oldest(("outbox", "follow")) == {"outbox": [], "follow": []}
    for number in range(PEOPLE):
        cells, _ = ctx.views.read(openid(number))
        assert cells[pid_of(ctx, identity(number))].seq == ctx.accounts.read(openid(number)).session.seq


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path, SETTLE_LANES="1")


@pytest.mark.parametrize("after_sending", [False, True], ids=["before sending", "before the answer"])
def test_settle_may_die_at_every_step(ctx: Context, after_sending: bool) -> None:
    Fuse.after_sending = after_sending
    for step in range(1, 200):
        prepare(ctx)
        Fuse.left = step
        try:
            settle_all(fused(ctx))
        except Killed:
            settle_all(ctx)
            assert_all_done(ctx)
        else:
            assert_all_done(ctx)
            assert step > 8, "the drill ended before it reached the steps"
            return
    pytest.fail("settle never finished")


def test_rosters_that_were_lost_are_made_anew(ctx: Context) -> None:
    prepare(ctx)
    settle_all(ctx)
    for name in ctx.redis.scan_iter(match=ctx.keys.any_roster()):
        ctx.redis.delete(name)
    assert rebuild_rosters(ctx) == PEOPLE
    assert_all_done(ctx)


def test_two_settlers_of_one_lane_do_everything_once(ctx: Context) -> None:
    """Both have read the outboxes before either writes."""
    prepare(ctx)
    first, second = drains.settler(ctx), drains.settler(ctx)
    read = ctx.streams.read_outboxes(shards_of_lane(0, 1), 100)
    for settler in (first, second):
        items = settler._open(*read, [])
        batch = settler._decide(items, [])
        settler._write(batch)
    settle_all(ctx)
    assert_all_done(ctx)


def test_an_effect_that_always_fails_is_parked_with_its_accounts_later_ones_and_comes_back(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(ctx)
    broken, monkey = openid(2), monkeypatch.context()
    with monkey as patch:
        real = ctx.accounts.open_effect

        def refuse(account: str, sealed: bytes) -> Any:
            if account == broken:
                raise ValueError
            return real(account, sealed)

        patch.setattr(type(ctx.accounts), "open_effect", lambda _, account, sealed: refuse(account, sealed))
        for _ in range(6):
            settle_all(ctx)
        commit(ctx, broken, (pid_of(ctx, identity(2)), report(pid_of(ctx, identity(2)), "later", "36.4")))
        settle_all(ctx)
        assert ctx.rosters.counts(PHOENIX, NOW.date()).total() == PEOPLE - 1
    shard = shard_of(broken)
    assert lane_of(shard, 1) == 0
    assert len(ctx.streams.read("parked", [shard], 10)) == 2
    assert ctx.streams.release(shard) == 2
    settle_all(ctx)
    person = ctx.people.read([pid_of(ctx, identity(2))])[pid_of(ctx, identity(2))]
    assert [fact.id for fact in person.history.facts] == [f"{account_tag(broken)}-1", "later"]
