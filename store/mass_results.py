"""What the platform reported of each mass message, under its own id: it may say so before it answers the call."""

from __future__ import annotations

from collections.abc import Sequence

from redis import Redis

from domain.broadcasts.results import MassResult
from store.codec import dumps, loads
from store.keys import BROADCAST_KEPT_SECONDS, Keys


class MassResults:
    """The repository. A result is kept as long as its broadcast's recipients are."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def put(self, message: str, result: MassResult) -> None:
        """The latest counts stand."""
        self._redis.set(self._keys.mass_result(message), dumps(MassResult, result), ex=BROADCAST_KEPT_SECONDS)

    def read(self, messages: Sequence[str]) -> list[MassResult | None]:
        """In the order of `messages`, in one trip; None: no result came."""
        with self._redis.pipeline(transaction=False) as trip:
            for message in messages:
                trip.get(self._keys.mass_result(message))
            return [loads(MassResult, raw) if raw else None for raw in trip.execute()]
