"""Authorisations by a keyed hash of their code: the client asks by the hash, the code is for the resident."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from typing import cast

from redis import Redis

from domain.partners.authorisation import Authorisation
from domain.roles import Refused
from store.codec import dumps, loads
from store.keys import AUTHORISATION_SECONDS, Keys
from store.sealing import Vault

_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
"""
_ID = re.compile(r"[0-9a-f]{32}")


class Authorisations:
    """The repository. `secret` keys the hashes."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault, secret: bytes) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._secret = secret
        self._replace = redis.register_script(_REPLACE)

    def id_of(self, code: str) -> str:
        return hmac.digest(self._secret, f"authorisation\0{code}".encode(), "sha256")[:16].hex()

    def put(self, code: str, asked: Authorisation) -> str:
        """A new one; its id."""
        id = self.id_of(code)
        self._redis.set(self._keys.authorisation(id), self._seal(id, asked), ex=AUTHORISATION_SECONDS)
        return id

    def read(self, id: str) -> Authorisation:
        """Raises Refused (`authorisation_unknown`)."""
        return self._load(id, self._raw(id))

    def change(self, id: str, edit: Callable[[Authorisation], Authorisation]) -> Authorisation:
        """Raises Refused (`authorisation_unknown`) and whatever `edit` raises."""
        while True:
            raw = self._raw(id)
            before = self._load(id, raw)
            after = edit(before)
            if after == before or self._replace(keys=[self._keys.authorisation(id)], args=[raw, self._seal(id, after)]):
                return after

    def _raw(self, id: str) -> bytes:
        raw = cast("bytes | None", self._redis.get(self._keys.authorisation(id))) if _ID.fullmatch(id) else None
        if raw is None:
            raise Refused("authorisation_unknown")
        return raw

    def _seal(self, id: str, asked: Authorisation) -> bytes:
        return self._vault.seal(b"authorisation:" + id.encode(), dumps(Authorisation, asked))

    def _load(self, id: str, raw: bytes) -> Authorisation:
        asked: Authorisation = loads(Authorisation, self._vault.open(b"authorisation:" + id.encode(), raw))
        return asked
