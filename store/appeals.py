"""Appeals: which person a number belongs to, and the pictures that were sent with it.

The appeal itself stands with its person. A picture is a JPEG of at most a megabyte, sealed under the person's own key,
for two weeks at most and three days after the decision: then it is gone, and with an erased person's salt at once.
"""

from __future__ import annotations

from typing import cast

from redis import Redis

from domain.appeals import MOST_PICTURES
from store.keys import EVIDENCE_SECONDS, EVIDENCE_SECONDS_DECIDED, Keys
from store.sealing import Vault

MOST_BYTES = 1_000_000


class Appeals:
    """Numbers and pictures; the second drain writes the numbers."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault

    def find(self, number: str) -> bytes | None:
        """The pid of whoever filed an appeal under this number."""
        return cast("bytes | None", self._redis.get(self._keys.ticket(number)))

    def put_picture(self, pid: bytes, salt: bytes, number: str, place: int, jpeg: bytes) -> None:
        """Raises ValueError for one that is too large."""
        if len(jpeg) > MOST_BYTES:
            raise ValueError("the picture is too large")
        sealed = self._vault.seal_person(pid, salt, jpeg)
        self._redis.set(self._keys.evidence(pid, number, place), sealed, ex=EVIDENCE_SECONDS)

    def has_picture(self, pid: bytes, number: str, place: int) -> bool:
        return bool(self._redis.exists(self._keys.evidence(pid, number, place)))

    def pictures(self, pid: bytes, salt: bytes, number: str) -> dict[int, bytes]:
        """The pictures of an appeal by their place, as far as they are (still) there."""
        raws = {
            place: cast("bytes | None", self._redis.get(self._keys.evidence(pid, number, place)))
            for place in range(MOST_PICTURES)
        }
        return {place: self._vault.open_person(pid, salt, raw) for place, raw in raws.items() if raw}

    def let_go(self, pid: bytes, number: str) -> None:
        """The appeal is decided: its pictures go soon."""
        for place in range(MOST_PICTURES):
            self._redis.expire(self._keys.evidence(pid, number, place), EVIDENCE_SECONDS_DECIDED)
