"""Reminded: a letter is put on an account's post once a day, whoever puts it there and however often.

The mark and the letter are one step in the account's slot. A mark is a number of eight bytes; sets of such numbers are
packed by Redis, so that a province reminded on one day takes 58 MB until they expire.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from redis import Redis

from store.keys import REMINDED_CHUNKS, REMINDED_SECONDS, SHARDS, Keys, shard_of
from store.scripts import queue_script

_POST = """
if redis.call('SADD', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[2])
if ARGV[3] then redis.call('XADD', KEYS[2], '*', 'k', ARGV[3], 'b', ARGV[4]) end
return 1
"""


@dataclass(frozen=True, slots=True)
class Reminding:
    """To whom; whether it is the last call of a day, which counts apart; (kind, sealed body) or None: the mark alone,
    because something else is told today."""

    openid: str
    last: bool = False
    letter: tuple[str, bytes] | None = None


class Reminded:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def post(self, day: date, remindings: Sequence[Reminding]) -> list[bool]:
        """Put them on their posts, in one trip. False: that account had been reminded on that day."""
        if not remindings:
            return []
        with self._redis.pipeline(transaction=False) as trip:
            for each in remindings:
                shard, number = shard_of(each.openid), _number(each.openid)
                name = self._keys.reminded(shard, day.isoformat(), number % REMINDED_CHUNKS)
                args = [number * 2 + each.last, REMINDED_SECONDS, *(each.letter or ())]
                queue_script(trip, _POST, [name, self._keys.post(shard)], args)
            return [bool(answer) for answer in trip.execute()]

    def count(self, day: date) -> int:
        """How many accounts were reminded on that day, last calls among them; a trip for each sixteen shards."""
        total = 0
        for first in range(0, SHARDS, 16):
            with self._redis.pipeline(transaction=False) as trip:
                for shard in range(first, first + 16):
                    for chunk in range(REMINDED_CHUNKS):
                        trip.scard(self._keys.reminded(shard, day.isoformat(), chunk))
                total += sum(trip.execute())
        return total

    def told(self, day: date, openids: Sequence[str]) -> list[bool]:
        """Which of these accounts were reminded on that day, last calls aside; one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for openid in openids:
                number = _number(openid)
                trip.sismember(
                    self._keys.reminded(shard_of(openid), day.isoformat(), number % REMINDED_CHUNKS), str(number * 2)
                )
            return [bool(answer) for answer in trip.execute()]


def _number(openid: str) -> int:
    return int.from_bytes(hashlib.blake2b(openid.encode(), digest_size=6, person=b"yima reminded").digest())
