"""Letters: nobody sends without the lease, everything is tried long enough, and what fails holds nobody else up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
import redis

from channel.platform import SendError
from domain.facts import History
from domain.people import Claim, Level, Profile
from domain.verdict import Colour, World
from flows.core import Known
from store.keys import shard_of
from store.lease import lease
from tests.stage import NOW, PHOENIX, commit, declare, identity, openid, pid_of, stage
from worker import drains
from worker.context import Context
from worker.delivery import deliver, letters
from worker.delivery.codes import code_of
from worker.delivery.deliver import BATCH, Deliverer
from worker.delivery.letters import Sendable
from worker.delivery.send import Sender
from worker.jobs import settle_lane


@dataclass
class Postman:
    """A sender that notes what it is given; `act` may take its time or refuse."""

    ctx: Context
    act: Callable[[Sendable], None] = lambda letter: None
    sent: list[str] = field(default_factory=list)

    def open(self, body: bytes) -> Sendable:
        return letters.unseal(self.ctx.vault, body)

    def send(self, letter: Sendable) -> None:
        self.act(letter)
        self.sent.append(letter.ref)

    def give_up(self, letter: Sendable) -> None:
        return

    def deliverer(self) -> Deliverer:
        return Deliverer(self.ctx.streams, cast(Sender, self))


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path, SETTLE_LANES="1")


def post(ctx: Context, who: str, ref: str, shard: int | None = None, kind: str = "text", id: str = "*") -> int:
    shard = shard_of(who) if shard is None else shard
    kind, body = letters.seal(ctx.vault, Sendable(who, kind, ref=ref))
    ctx.redis.xadd(ctx.keys.post(shard), {"k": kind, "b": body}, id=id)
    return shard


def test_nobody_goes_on_sending_when_the_lease_is_given_back(ctx: Context) -> None:
    """The job is ended in the middle: its threads must not send what the next holder sends too."""
    begun, go_on = threading.Event(), threading.Event()

    def slowly(letter: Sendable) -> None:
        begun.set()
        go_on.wait()

    postman = Postman(ctx, slowly)
    shard = post(ctx, openid(1), "0")
    post(ctx, openid(1), "1")
    with lease(ctx.redis, "test:lease") as held:
        assert held
        drain = threading.Thread(target=postman.deliverer().drain, args=([shard], held))
        drain.start()
        begun.wait()
    go_on.set()
    drain.join()
    assert postman.sent == ["0"]


def test_a_pass_begins_no_letter_after_its_time(ctx: Context) -> None:
    shard, postman = post(ctx, openid(1), "1"), Postman(ctx)
    with lease(ctx.redis, "test:lease") as held:
        assert held
        assert postman.deliverer().drain([shard], held, time.monotonic()) == 0
    assert postman.sent == []


def test_letters_that_wait_do_not_hold_up_the_shard(ctx: Context) -> None:
    def refuse(letter: Sendable) -> None:
        if letter.ref != "last":
            raise SendError("away", permanent=False)

    postman = Postman(ctx, refuse)
    for number in range(BATCH):
        post(ctx, openid(number), f"{number}", shard=7)
    post(ctx, openid(BATCH), "last", shard=7)
    deliverer = postman.deliverer()
    with lease(ctx.redis, "test:lease") as held:
        assert held
        deliverer.drain([7], held)
        deliverer.drain([7], held)
    assert postman.sent == ["last"]


def test_a_letter_is_not_given_up_for_what_is_wrong_with_the_account(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whitelist that lacks us, a storm of refused tokens, a quota: all of them may last longer than ten tries."""
    monkeypatch.setattr(deliver, "UNTRIED_SECONDS", 0)
    refusals = iter([SendError("no token", permanent=False, code=40164, untried=True)] * (deliver.MAX_TRIES + 5))

    def refuse(letter: Sendable) -> None:
        for error in refusals:
            raise error

    postman = Postman(ctx, refuse)
    shard, deliverer = post(ctx, openid(1), "1"), postman.deliverer()
    with lease(ctx.redis, "test:lease") as held:
        assert held
        for _ in range(deliver.MAX_TRIES + 6):
            deliverer.drain([shard], held)
    assert postman.sent == ["1"]


@pytest.mark.parametrize(
    ("kind", "stays"),
    [("text", True), ("code", True), ("desk", True), ("reminder", True), ("sms", False), ("identity", False)],
)
def test_a_letter_waits_for_the_platform_and_only_what_is_soon_worthless_is_given_up(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, kind: str, stays: bool
) -> None:
    """The pauses of real hours are left out here, not the tries."""
    monkeypatch.setattr(deliver, "BACKOFF_SECONDS", (0,) * len(deliver.BACKOFF_SECONDS))

    def refuse(letter: Sendable) -> None:
        raise SendError("away", permanent=False)

    shard, deliverer = post(ctx, openid(1), "1", kind=kind), Postman(ctx, refuse).deliverer()
    with lease(ctx.redis, "test:lease") as held:
        assert held
        for _ in range(5 * deliver.MAX_TRIES):
            deliverer.drain([shard], held)
    assert bool(ctx.streams.read("post", [shard], 1)) is stays


@pytest.mark.parametrize(("kind", "hours"), [("text", 49), ("reminder", 3)])
def test_a_letter_is_given_up_when_it_is_no_use_any_more(ctx: Context, kind: str, hours: int) -> None:
    def refuse(letter: Sendable) -> None:
        raise SendError("away", permanent=False)

    long_ago = int((time.time() - timedelta(hours=hours).total_seconds()) * 1000)
    shard, deliverer = post(ctx, openid(1), "1", kind=kind, id=f"{long_ago}-0"), Postman(ctx, refuse).deliverer()
    for _ in range(deliver.MAX_TRIES - 1):
        (entry,) = ctx.streams.read("post", [shard], 1)
        ctx.streams.failed("post", entry)
    with lease(ctx.redis, "test:lease") as held:
        assert held
        assert deliverer.drain([shard], held) == 1
    assert ctx.streams.lengths(["post", "undelivered"]) == {"post": 0, "undelivered": 1}


def test_the_pauses_grow_and_the_longest_is_short_enough_to_be_there_soon_after_an_outage() -> None:
    pauses = deliver.BACKOFF_SECONDS
    assert (sorted(pauses), sum(pauses) > 300, max(pauses) < 300) == (list(pauses), True, True)


def test_an_identity_service_that_never_answers_leaves_the_claim_unproved_and_the_code_comes(
    valkey_url: str, redis_client: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "MAX_TRIES", 1)
    ctx = stage(valkey_url, tmp_path, SETTLE_LANES="1", IDENTITY_URL="http://127.0.0.1:9", ADAPTER_KEY="12345678")
    pid = pid_of(ctx, identity(1))
    commit(ctx, openid(1), (pid, declare(identity(1), "t")))
    settle_lane(ctx, 0)
    with lease(ctx.redis, "test:lease") as held:
        assert held
        drains.deliverer(ctx).drain([shard_of(openid(1))], held)
    settle_lane(ctx, 0)
    cells, _ = ctx.views.read(openid(1))
    assert cells[pid].level is Level.UNVERIFIED
    (letter,) = ctx.streams.read("post", [shard_of(openid(1))], 10)
    assert letter.fields[b"k"] == b"code"


def test_a_machine_whose_clock_is_behind_tries_again_and_gives_nothing_up() -> None:
    who = identity(1)
    fact = declare(who, "t").fact
    profile = Profile("王*", "64**24", "138****0001", PHOENIX, "")
    known = Known(bytes(12), Claim.BOUND, Level.PHONE, profile, History((fact,)))
    colour, _ = code_of(known, NOW - timedelta(seconds=30), World())
    assert colour is Colour.GREEN
    with pytest.raises(SendError) as refused:
        code_of(known, NOW - timedelta(days=1), World())
    assert not refused.value.permanent
