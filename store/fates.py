"""What became of the letters that an account did not ask for: news of its people's records, and reminders.

The newest five of an account, for two weeks; a code that was asked for stands here only when it could not be sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from redis import Redis

from store.codec import dumps, loads
from store.keys import FATES_SECONDS, Keys

KEPT = 5


@dataclass(frozen=True, slots=True)
class Fate:
    """One letter: about whom and what, by which way it went (empty: by none), and why each way did not bear."""

    at: datetime
    pid: bytes
    about: str
    way: str
    why: str = ""


class Fates:
    """The repository; deliver writes it."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def note(self, openid: str, fate: Fate) -> None:
        name = self._keys.fates(openid)
        with self._redis.pipeline(transaction=False) as trip:
            trip.rpush(name, dumps(Fate, fate))
            trip.ltrim(name, -KEPT, -1)
            trip.expire(name, FATES_SECONDS)
            trip.execute()

    def of(self, openid: str) -> list[Fate]:
        """The oldest first."""
        return [loads(Fate, raw) for raw in cast("list[bytes]", self._redis.lrange(self._keys.fates(openid), 0, -1))]
