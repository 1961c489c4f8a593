"""How many letters went by which rung, and how that ended: counted in the process, written down once a drain."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from typing import cast

from redis import Redis

from store.keys import Keys


class Tally:
    """Counts for the metrics, for ever growing. A crash loses the counts of one drain. Thread-safe."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._name = keys.tally()
        self._counts: Counter[str] = Counter()
        self._guard = threading.Lock()

    def count(self, kind: str, way: str, outcome: str) -> None:
        """One letter."""
        with self._guard:
            self._counts[f"{kind}:{way}:{outcome}"] += 1

    def flush(self) -> None:
        """Write down what was counted since; at most one trip."""
        with self._guard:
            counts, self._counts = self._counts, Counter()
        if counts:
            with self._redis.pipeline(transaction=False) as trip:
                for name, number in counts.items():
                    trip.hincrby(self._name, name, number)
                trip.execute()

    def read(self) -> Mapping[tuple[str, str, str], int]:
        """(kind, way, outcome) -> letters."""
        counts = cast("dict[bytes, bytes]", self._redis.hgetall(self._name))
        return {_parts(name.decode()): int(number) for name, number in counts.items()}


def _parts(name: str) -> tuple[str, str, str]:
    kind, way, outcome = name.split(":")
    return kind, way, outcome
