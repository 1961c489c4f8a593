"""Revocations in Redis: per shard a sorted set of tags by instant, which shrinks as the codes behind it expire."""

from __future__ import annotations

from collections.abc import Sequence

from redis import Redis
from redis.client import Pipeline

from domain.passes import CARD_LIFETIME, LIFETIME
from domain.revocations import Revocation
from store.keys import SHARDS, VOIDED_SECONDS, Keys, shard_of_pid
from store.scripts import queue_script

_PUT = """
local known = redis.call('GET', KEYS[2])
if known and known >= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
for i = 5, #ARGV do redis.call('ZADD', KEYS[1], ARGV[3], ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4])
return 1
"""
_LIFETIME, _CARD_LIFETIME = int(LIFETIME.total_seconds()), int(CARD_LIFETIME.total_seconds())


def queue_codes(trip: Pipeline, keys: Keys, pid: bytes, version: int, instant: int, tags: Sequence[bytes]) -> None:
    """The codes with these tags are void that were issued before `instant`; newer version wins."""
    shard = shard_of_pid(pid)
    names = [keys.voided(shard), keys.voided_version(pid)]
    queue_script(trip, _PUT, names, [version.to_bytes(8), VOIDED_SECONDS, instant, instant - _LIFETIME, *tags])


def queue_card(trip: Pipeline, keys: Keys, pid: bytes, card: Revocation) -> None:
    """A printed card that was lost or replaced."""
    name = keys.voided_cards(shard_of_pid(pid))
    trip.zadd(name, {card.tag: card.instant}, gt=True)
    trip.zremrangebyscore(name, "-inf", card.instant - _CARD_LIFETIME)


class Revocations:
    """Reading for the list that gates fetch."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def since(self, instant: int, now: int) -> tuple[list[Revocation], list[Revocation]]:
        """Those of codes and those of cards with an instant from `instant` on that still void something; one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for shard in range(SHARDS):
                trip.zrangebyscore(self._keys.voided(shard), max(instant, now - _LIFETIME), "+inf", withscores=True)
            for shard in range(SHARDS):
                first = max(instant, now - _CARD_LIFETIME)
                trip.zrangebyscore(self._keys.voided_cards(shard), first, "+inf", withscores=True)
            answers = trip.execute()
        return _all_of(answers[:SHARDS]), _all_of(answers[SHARDS:])


def _all_of(answers: Sequence[Sequence[tuple[bytes, float]]]) -> list[Revocation]:
    return [Revocation(int(score), tag) for rows in answers for tag, score in rows]
