"""Notes of the desk behind: the last list that an account was sent, and what waits for its confirmation.

In the account's own slot, one of a kind, sealed, good for an hour. Written and read by deliver only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import msgpack
from redis import Redis

from store.codec import instant, millis
from store.keys import NOTES_SECONDS, Keys
from store.sealing import Vault


class Notes:
    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault

    def put(self, openid: str, kind: str, value: Any, now: datetime) -> None:
        """`value` is what MessagePack takes."""
        sealed = self._vault.seal(_belongs_to(openid, kind), msgpack.packb((millis(now), value)))
        with self._redis.pipeline(transaction=False) as trip:
            trip.hset(self._keys.notes(openid), kind, sealed)
            trip.expire(self._keys.notes(openid), NOTES_SECONDS)
            trip.execute()

    def get(self, openid: str, kind: str, now: datetime) -> Any:
        """The note, with tuples for lists; None when there is none of the last hour."""
        sealed = cast("bytes | None", self._redis.hget(self._keys.notes(openid), kind))
        if sealed is None:
            return None
        at, value = msgpack.unpackb(self._vault.open(_belongs_to(openid, kind), sealed), use_list=False)
        return value if now - instant(at) < timedelta(seconds=NOTES_SECONDS) else None


def _belongs_to(openid: str, kind: str) -> bytes:
    return f"note:{kind}:{openid}".encode()
