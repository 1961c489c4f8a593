"""Leases: at most one holder, given back at the end, lost by itself when the holder dies."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import RedisError

from store.keys import LEASE_SECONDS

_RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('EXPIRE', KEYS[1], ARGV[2]) else return 0 end"
_RETURN = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end"


class Lease:
    """A lease that is held; `lost` is set as soon as it cannot be renewed."""

    def __init__(self, redis: Redis, key: str, token: str, seconds: int = LEASE_SECONDS) -> None:
        self._redis = redis
        self._key = key
        self._token = token
        self._seconds = seconds
        self._renew = redis.register_script(_RENEW)
        self.lost = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease {key}", daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while not self._ended.wait(self._seconds / 4):
            try:
                held = self._renew(keys=[self._key], args=[self._token, self._seconds])
            except RedisError:
                held = 0
            if not held:
                self.lost.set()
                return

    def end(self) -> None:
        """Whoever still works under it in another thread sees that it is lost."""
        self.lost.set()
        self._ended.set()
        self._thread.join()


@contextmanager
def lease(redis: Redis, key: str, seconds: int = LEASE_SECONDS) -> Iterator[Lease | None]:
    """The lease at `key`, or None when somebody else holds it; `seconds`: how long a dead holder keeps it."""
    token = secrets.token_hex(8)
    if not redis.set(key, token, nx=True, ex=seconds):
        yield None
        return
    held = Lease(redis, key, token, seconds)
    try:
        yield held
    finally:
        held.end()
        redis.register_script(_RETURN)(keys=[key], args=[token])
