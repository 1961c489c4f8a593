"""Wards: who is admitted to which isolation institution. A projection of the persons, newer version wins."""

from __future__ import annotations

from typing import cast

from redis import Redis

from store.keys import Keys
from store.rosters import PUT as PUT

_THERE, _GONE = b"\1", b"\0"


def put_arguments(
    keys: Keys, institution: str, pid: bytes, version: int, present: bool
) -> tuple[list[str], list[bytes]]:
    """Keys and arguments of the script PUT."""
    return [keys.ward(institution)], [pid, version.to_bytes(8) + (_THERE if present else _GONE)]


class Wards:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def read(self, institution: str) -> list[bytes]:
        """The pids of everybody who is there."""
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.ward(institution)))
        return sorted(pid for pid, cell in cells.items() if cell.endswith(_THERE))
