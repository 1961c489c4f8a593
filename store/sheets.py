"""Sheets: short declarations that a guard hands over to somebody's own phone, for some minutes. Sealed as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from redis import Redis

from store.codec import dumps, loads
from store.keys import SHEET_SECONDS, Keys
from store.sealing import Vault

_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What was filled in, as it was typed. `ref` is another one each time."""

    ref: str
    name: str
    kind: str
    number: str
    reading: str
    unwell: bool
    exposed: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """`staff` hands it over at `venue`. `phone` is the secret of the phone that filled it in; `pid` who it became."""

    id: str
    staff: str
    venue: str
    at: datetime
    phone: str = ""
    told: Told | None = None
    returned: bool = False
    """The guard gave it back: what was filled in is not what the document says."""
    pid: bytes = b""


class Sheets:
    """The repository."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._replace = redis.register_script(_REPLACE)

    def add(self, sheet: Sheet) -> None:
        self._redis.set(self._keys.sheet(sheet.id), self._sealed(sheet), ex=SHEET_SECONDS)

    def read(self, id: str) -> Sheet | None:
        """None for one that is over. Raises Unsealable."""
        found = self._raw(id)
        return found[1] if found else None

    def replace(self, before: Sheet, after: Sheet) -> bool:
        """False: it has become another meanwhile, or is over."""
        found = self._raw(before.id)
        if found is None or found[1] != before:
            return False
        args: list[bytes | int] = [found[0], self._sealed(after), SHEET_SECONDS]
        return bool(self._replace(keys=[self._keys.sheet(before.id)], args=args))

    def _raw(self, id: str) -> tuple[bytes, Sheet] | None:
        raw = cast("bytes | None", self._redis.get(self._keys.sheet(id)))
        return None if raw is None else (raw, loads(Sheet, self._vault.open(self._purpose(id), raw)))

    def _sealed(self, sheet: Sheet) -> bytes:
        return self._vault.seal(self._purpose(sheet.id), dumps(Sheet, sheet))

    def _purpose(self, id: str) -> bytes:
        return self._keys.sheet(id).encode()
