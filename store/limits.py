"""How often something was tried of late: sliding windows by what is tried and by whom, each name hashed.

A try is counted before it is made, so that many at once do not slip through; one that was good is forgiven.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import Redis

from store.keys import Keys

_ALLOW = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of `what` within a time."""

    what: str
    most: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Try:
    """One that was counted."""

    key: str
    ref: str


class Limits:
    """The counters. A clock that is set back counts earlier tries until they are over."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._allow = redis.register_script(_ALLOW)

    def attempt(self, limit: Limit, who: str, now: datetime) -> Try | None:
        """One more try; None when there were too many."""
        name = hashlib.blake2b(f"{limit.what}\0{who}".encode(), digest_size=12).hexdigest()
        made = Try(self._keys.limit(name), secrets.token_hex(8))
        at, seconds = int(now.timestamp()), int(limit.within.total_seconds())
        args: list[str | int] = [made.ref, at, at - seconds, limit.most, seconds]
        return made if self._allow(keys=[made.key], args=args) else None

    def forgive(self, *tries: Try) -> None:
        """These count no more: they were good."""
        for each in tries:
            self._redis.zrem(each.key, each.ref)
