"""Census: reading everybody, for counts. Nothing is written, and no key that opens an identity is needed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import cast

from redis import Redis

from domain.facts import History
from store.keys import Keys
from store.person import Damaged, standing_of

SCANNED_AT_ONCE = 2_000
READ_AT_ONCE = 500


class Census:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def pids(self) -> Iterator[bytes]:
        """The pid of everybody who was there all the time, in no order; some may come twice, as SCAN does."""
        for name in self._redis.scan_iter(match=self._keys.any_person(), count=SCANNED_AT_ONCE):
            yield base64.urlsafe_b64decode(name.rpartition(b":")[2])

    def standings(self, pids: Sequence[bytes]) -> Iterator[tuple[str, History] | None]:
        """Community and history of each of these persons, who are of one shard, read in batches; None for a record
        that cannot be read. Whoever is gone meanwhile is left out, and so is a second document: its person counts.
        """
        for first in range(0, len(pids), READ_AT_ONCE):
            names = [self._keys.person(pid) for pid in pids[first : first + READ_AT_ONCE]]
            for raw in cast("list[bytes | None]", self._redis.mget(names)):
                if raw is None:
                    continue
                try:
                    standing = standing_of(raw)
                except Damaged:
                    yield None
                else:
                    if standing is not None:
                        yield standing
