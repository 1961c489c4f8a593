"""How often an account tried a code of late: in the account's own slot, each try once however often it is repeated."""

from __future__ import annotations

from datetime import datetime, timedelta

from redis import Redis

from store.keys import Keys

_ALLOW = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 1 end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""


class Tries:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._keys = keys
        self._allow = redis.register_script(_ALLOW)

    def allow(self, openid: str, ref: str, most: int, within: timedelta, now: datetime) -> bool:
        """Whether the account may try once more; the try `ref` counts once."""
        at, seconds = int(now.timestamp()), int(within.total_seconds())
        return bool(self._allow(keys=[self._keys.tries(openid)], args=[ref, at, at - seconds, most, seconds]))
