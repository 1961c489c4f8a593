"""The platform's API token, one for all processes, and the ticket that pages are signed with.

One process fetches, everybody else waits for it. A token fetched because the one before it was refused is on trial:
one call is made with it, and only when the platform took it does everybody get it. A platform that refuses whatever it
hands out (a storm of 40001) therefore costs the calls that were under way, and from then on one trial now and then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import cast

from redis import Redis

from store.keys import Keys

Fetch = Callable[[bool], tuple[str, int]]
"""Whether to force a new one -> (token, seconds it is good for)."""

LOCK_SECONDS = 25
"""Longer than fetching, forcing and one call may take; only after a crash does it run out."""
WAIT_SECONDS = 12.0
CLOSED_SECONDS = (10, 20, 40, 80, 160, 300)
"""How long nobody calls after the first, second, … token in a row that was refused on trial."""
FAILED_SECONDS = 5
"""The same after a token that could not even be fetched."""
STORM_SECONDS = 3_600
FORCE_APART_SECONDS, FORCED_A_DAY = 60, 10
"""The platform allows 30 seconds and 20; half of them are left to people."""
EARLY_SECONDS = 60

# KEYS: token, refused. Whoever comes late with a token that was replaced meanwhile changes nothing.
_REFUSED = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
return 1
"""

_FORCE = (FORCE_APART_SECONDS, FORCED_A_DAY)
# KEYS: apart, count.
_MAY_FORCE = """
if tonumber(redis.call('GET', KEYS[2]) or '0') >= tonumber(ARGV[2]) then return 0 end
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then return 0 end
if redis.call('INCR', KEYS[2]) == 1 then redis.call('EXPIRE', KEYS[2], 86400) end
return 1
"""


class Tokens:
    """The TokenStore of all processes. Thread-safe."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._token = keys.token()
        self._lock, self._closed = keys.token_part("lock"), keys.token_part("closed")
        self._refused, self._storm = keys.token_part("refused"), keys.token_part("storm")
        self._forced = [keys.token_part("forced"), keys.token_part("forced-today")]
        self._refuse = redis.register_script(_REFUSED)
        self._may_force = redis.register_script(_MAY_FORCE)
        self._trials: dict[str, int] = {}
        """Tokens that a thread of this process tries now, with their seconds."""
        self._guard = threading.Lock()

    def get(self, fetch: Fetch) -> str | None:
        """The token to call with; None: nobody calls now. Raises what `fetch` raises."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            token, closed = cast("list[bytes | None]", self._redis.mget(self._token, self._closed))
            if token:
                return token.decode()
            if closed:
                return None
            if self._redis.set(self._lock, "1", nx=True, ex=LOCK_SECONDS):
                return self._fetched(fetch)
            if time.monotonic() > deadline:
                return None
            time.sleep(0.05)

    def accepted(self, token: str) -> None:
        """The platform took it, or gave no answer that says otherwise: a token on trial becomes everybody's."""
        seconds = self._ended(token)
        if seconds is not None:
            self._publish(token, seconds)
            self._redis.delete(self._refused, self._storm, self._lock)

    def refused(self, token: str) -> None:
        """The platform refused it: the next call needs another. One refused on trial stops everybody for a while."""
        if self._ended(token) is None:
            self._refuse(keys=[self._token, self._refused], args=[token, STORM_SECONDS])
            return
        storm = int(self._redis.incr(self._storm))
        seconds = CLOSED_SECONDS[min(storm, len(CLOSED_SECONDS)) - 1]
        with self._redis.pipeline(transaction=True) as trip:
            trip.expire(self._storm, STORM_SECONDS)
            trip.set(self._refused, token, ex=STORM_SECONDS)
            trip.set(self._closed, "1", ex=seconds)
            trip.delete(self._lock)
            trip.execute()

    def _fetched(self, fetch: Fetch) -> str:
        """As the holder of the lock, which a trial keeps until it has ended."""
        try:
            held, refused = cast("list[bytes | None]", self._redis.mget(self._token, self._refused))
            if held is None:
                token, seconds = fetch(False)
                if refused is None:
                    self._publish(token, seconds)
                    held = token.encode()
                elif refused == token.encode() and self._may_force(keys=self._forced, args=_FORCE):
                    token, seconds = fetch(True)
        except Exception:
            self._redis.set(self._closed, "1", ex=FAILED_SECONDS)
            self._redis.delete(self._lock)
            raise
        if held is not None:
            self._redis.delete(self._lock)
            return held.decode()
        with self._guard:
            self._trials[token] = seconds
        return token

    def _ended(self, token: str) -> int | None:
        """The seconds of a token that was on trial in this process; its trial is over."""
        with self._guard:
            return self._trials.pop(token, None)

    def _publish(self, token: str, seconds: int) -> None:
        self._redis.set(self._token, token, ex=max(1, seconds - EARLY_SECONDS))


class Tickets:
    """The ticket of the JS-SDK, fetched by one process at a time and kept as long as it is good."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._ticket = keys.jsapi_ticket()

    def get(self, fetch: Callable[[], tuple[str, int]]) -> str | None:
        """None while another process fetches it. Raises what `fetch` raises."""
        held = cast("bytes | None", self._redis.get(self._ticket))
        if held:
            return held.decode()
        if not self._redis.set(f"{self._ticket}:lock", "1", nx=True, ex=LOCK_SECONDS):
            return None
        try:
            ticket, seconds = fetch()
            self._redis.set(self._ticket, ticket, ex=max(1, seconds - EARLY_SECONDS))
            return ticket
        finally:
            self._redis.delete(f"{self._ticket}:lock")
