"""Duties: which account is one of the staff's. A cell in the account's own slot, so that the conversation reads it in
its one trip. A projection of the registry, never the truth: whoever carries out an order reads the registry again.
"""

from __future__ import annotations

from typing import cast

from redis import Redis

from flows.core import Duty
from store.codec import dumps, loads
from store.keys import Keys
from store.sealing import Unsealable, Vault


class Duties:
    """Written by the registry's commands, by binding, and by whoever finds a cell that the registry contradicts."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault

    def read(self, openid: str) -> Duty | None:
        return read_duty(self._vault, openid, cast("bytes | None", self._redis.get(self._keys.duty(openid))))

    def put(self, openid: str, duty: Duty) -> None:
        self._redis.set(self._keys.duty(openid), self._vault.seal(_belongs_to(openid), dumps(Duty, duty)))

    def remove(self, openid: str) -> None:
        self._redis.delete(self._keys.duty(openid))


def read_duty(vault: Vault, openid: str, raw: bytes | None) -> Duty | None:
    """None for a resident; for a damaged cell too, which must not keep anybody from checking in."""
    if raw is None:
        return None
    try:
        duty: Duty = loads(Duty, vault.open(_belongs_to(openid), raw))
    except (Unsealable, ValueError, TypeError):
        return None
    return duty


def _belongs_to(openid: str) -> bytes:
    return b"duty:" + openid.encode()
