"""Tables of people that were handed in: how their columns are read, and what is remembered of that for the next one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from redis import Redis

from domain.roles import Refused
from domain.works import Made
from store.codec import dumps, loads
from store.keys import WORK_FILE_SECONDS, Keys
from store.sealing import Vault


@dataclass(frozen=True, slots=True)
class TableImport:
    """A table on its way: the file (kept beside the works, run 0), where its people live if no row says it, and, once
    somebody has said it, where each of our columns is."""

    id: str
    staff: str
    community: str
    file: Made
    heading: int = 0
    """Row of the titles, 0: not said yet."""
    places: Mapping[str, int] = field(default_factory=dict)
    checked: str = ""
    """Id of the work that tried it."""
    applied: str = ""
    """Id of the work that imports it."""


class Imports:
    """The repository of tables on their way."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault

    def put(self, table: TableImport) -> None:
        """For as long as its file is kept."""
        sealed = self._vault.seal(_belongs_to(table.id), dumps(TableImport, table))
        self._redis.set(self._keys.table_import(table.id), sealed, ex=WORK_FILE_SECONDS)

    def read(self, id: str) -> TableImport:
        """Raises Refused (`file_gone`)."""
        sealed = cast("bytes | None", self._redis.get(self._keys.table_import(id)))
        if sealed is None:
            raise Refused("file_gone", id)
        return cast("TableImport", loads(TableImport, self._vault.open(_belongs_to(id), sealed)))

    def remember(self, community: str, titles: Sequence[str], places: Mapping[str, int]) -> None:
        """Which column was which under this heading."""
        self._redis.hset(self._keys.import_shapes(community), _shape(titles), dumps(Mapping[str, int], places))

    def remembered(self, community: str, titles: Sequence[str]) -> dict[str, int] | None:
        """As this community read the same heading last."""
        raw = cast("bytes | None", self._redis.hget(self._keys.import_shapes(community), _shape(titles)))
        return cast("dict[str, int]", loads(Mapping[str, int], raw)) if raw else None


def _shape(titles: Sequence[str]) -> bytes:
    return hashlib.blake2b("\0".join(title.strip() for title in titles).encode(), digest_size=12).digest()


def _belongs_to(id: str) -> bytes:
    return f"import:{id}".encode()
