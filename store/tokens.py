"""The platform's API token, one for all processes: fetched by whoever holds the lock, read by everybody else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from redis import Redis

from store.keys import Keys

_LOCK_SECONDS = 10
_FORGET = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end"


class Tokens:
    """`fetch` returns (token, seconds it is good for) and is called by one process at a time."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._key = keys.token()
        self._forget = redis.register_script(_FORGET)

    def get(self, fetch: Callable[[], tuple[str, int]]) -> str:
        lock = self._key + ":lock"
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            held = cast("bytes | None", self._redis.get(self._key))
            if held:
                return held.decode()
            if self._redis.set(lock, "1", nx=True, ex=_LOCK_SECONDS) or time.monotonic() > deadline:
                try:
                    token, seconds = fetch()
                    self._redis.set(self._key, token, ex=max(1, seconds - 60))
                    return token
                finally:
                    self._redis.delete(lock)
            time.sleep(0.05)

    def forget(self, token: str) -> None:
        """The platform refused this token; a newer one that somebody fetched meanwhile stays."""
        self._forget(keys=[self._key], args=[token])
