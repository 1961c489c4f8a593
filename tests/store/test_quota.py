"""The quota ledger: never less than was made, hardly more, exact at a limit, the same for all processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import redis

from domain.budgets import GRANTED, UPLOAD, BadBudget, Standing, Usage, parse
from domain.facts import SHANGHAI
from store import quota
from store.keys import Keys
from store.quota import BLOCK, Quota
from tests.stage import FixedClock

SEND = "/cgi-bin/message/custom/send"
LATE = datetime(2020, 3, 31, 23, 59, 50, tzinfo=SHANGHAI)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(LATE)


def process(redis_client: redis.Redis, clock: FixedClock, **budgets: int) -> Quota:
    return Quota(redis_client, Keys(), {SEND: 500_000, UPLOAD: 100, **budgets}, clock.now)


def usage(ledger: Quota, path: str) -> Usage:
    return next(each for each in ledger.usages() if each.path == path)


def test_slow_calls_are_counted_to_the_one(redis_client: redis.Redis, clock: FixedClock) -> None:
    ledger = process(redis_client, clock)
    assert ledger.spend(SEND, essential=True)
    assert (usage(ledger, SEND).today, usage(ledger, SEND).month) == (1, 1)


def test_bursts_of_many_processes_are_never_counted_short_and_hardly_long(
    redis_client: redis.Redis, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "BLOCK_SECONDS", 0.05)
    processes = [process(redis_client, clock) for _ in range(4)]
    with ThreadPoolExecutor(16) as pool:
        granted = list(pool.map(lambda n: processes[n % 4].spend(SEND, essential=True), range(8_000)))
    assert all(granted)
    assert 8_000 <= usage(processes[0], SEND).today <= 8_000 + 4 * (BLOCK - 1)


def test_the_hard_limit_is_met_exactly_and_the_reserve_is_for_what_matters(
    redis_client: redis.Redis, clock: FixedClock
) -> None:
    one, two = process(redis_client, clock), process(redis_client, clock)
    assert sum(two.spend(UPLOAD, essential=False) for _ in range(300)) == 95
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: (one, two)[n % 2].spend(UPLOAD, essential=True), range(300)))
    assert sum(made) == 5
    assert usage(one, UPLOAD) == Usage(UPLOAD, 100, 100, 100)
    assert usage(one, UPLOAD).standing is Standing.CLOSED


@pytest.mark.parametrize(
    ("today", "standing"),
    [(79, Standing.OPEN), (80, Standing.LOW), (94, Standing.LOW), (95, Standing.RESERVED), (100, Standing.CLOSED)],
)
def test_where_a_day_stands(today: int, standing: Standing) -> None:
    assert Usage(UPLOAD, today, today, 100).standing is standing
    assert Usage(UPLOAD, today, today, 0).standing is Standing.OPEN


def test_uploads_are_low_from_the_soft_limit_until_midnight(redis_client: redis.Redis, clock: FixedClock) -> None:
    ledger = process(redis_client, clock)
    for _ in range(79):
        ledger.spend(UPLOAD, essential=True)
    assert not ledger.uploads_low()
    ledger.spend(UPLOAD, essential=True)
    assert ledger.uploads_low()
    clock.advance(seconds=10)
    assert not ledger.uploads_low()
    assert usage(ledger, UPLOAD).month == 0  # April began with that midnight


@pytest.mark.parametrize(("for_today", "lasts"), [(True, timedelta(seconds=10)), (False, timedelta(minutes=1))])
def test_what_the_platform_closes_is_closed_for_every_process(
    redis_client: redis.Redis, clock: FixedClock, for_today: bool, lasts: timedelta
) -> None:
    one, two = process(redis_client, clock), process(redis_client, clock)
    assert one.spend(SEND, essential=True)
    one.used_up(SEND, for_today=for_today)
    assert not one.spend(SEND, essential=True)
    assert not two.spend(SEND, essential=True)
    assert two.spend(UPLOAD, essential=True)
    clock.at += lasts
    assert two.spend(SEND, essential=True)


def test_budgets_are_given_over_the_platforms_and_nonsense_is_named() -> None:
    assert parse("media/upload=5000, message/custom/send=7") == {**GRANTED, UPLOAD: 5000, SEND: 7}
    for wrong in ("media/upload", "media/upload=-1", "media/uplaod=5", "x=y", "media/upload=0"):
        with pytest.raises(BadBudget, match="part 2"):
            parse(f"media/get=5,{wrong}")
