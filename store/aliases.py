"""Codes and cards of before this service (正文三), by what is written in them: whose they are, or which place's."""

from __future__ import annotations

import hmac
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from redis import Redis

from store.codec import dumps, loads, millis
from store.keys import Keys
from store.sealing import Vault

LONGEST = 500
"""Characters in such a code."""


@dataclass(frozen=True, slots=True)
class Alias:
    """`pid` for a person, `venue` for a place, never both. `last_day` None: it holds as long as the notice does."""

    issuer: str
    pid: bytes = b""
    venue: str = ""
    last_day: date | None = None
    ended: datetime | None = None
    since: datetime | None = None
    community: str = ""
    """Of the person or the place, when it became known: where it is listed."""

    def holds_on(self, day: date) -> bool:
        return self.ended is None and (self.last_day is None or day <= self.last_day)


def plain(text: str) -> str:
    """What a code says, however it was scanned or typed: NFKC, no blanks around it."""
    return unicodedata.normalize("NFKC", text).strip()


class Aliases:
    """The repository. The text stands nowhere: the key is a keyed hash of it."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault, key: bytes) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._key = key

    def find(self, text: str) -> Alias | None:
        """Raises Unsealable."""
        if not 0 < len(plain(text)) <= LONGEST:
            return None
        return self.read(self._tag(text))

    def put(self, entries: Sequence[tuple[str, Alias]]) -> list[bool]:
        """One trip. False: this code is known already, and stays as it is."""
        with self._redis.pipeline(transaction=False) as trip:
            for text, alias in entries:
                tag = self._tag(text)
                trip.set(self._keys.alias(tag), self._vault.seal(tag.encode(), dumps(Alias, alias)), nx=True)
                at = millis(alias.since) if alias.since else 0
                trip.zadd(self._keys.aliases(alias.community), {tag: at}, nx=True)
            return [bool(done) for done in trip.execute()[::2]]

    def listed(self, community: str, first: int, most: int) -> tuple[list[tuple[str, Alias]], int]:
        """Those of a community with the tags that name them, the newest first, and how many there are."""
        name = self._keys.aliases(community)
        found = cast("list[bytes]", self._redis.zrevrange(name, first, first + most - 1))
        tags = [tag.decode() for tag in found]
        return [(tag, alias) for tag in tags if (alias := self.read(tag))], self._redis.zcard(name)

    def read(self, tag: str) -> Alias | None:
        """By the tag that a list named. Raises Unsealable."""
        raw = cast("bytes | None", self._redis.get(self._keys.alias(tag)))
        return self._opened(tag, raw) if raw else None

    def end(self, tag: str, at: datetime) -> bool:
        """Void a code of before; False when there is none, or it is void already."""
        alias = self.read(tag)
        if alias is None or alias.ended:
            return False
        ended = replace(alias, ended=at)
        self._redis.set(self._keys.alias(tag), self._vault.seal(tag.encode(), dumps(Alias, ended)))
        return True

    def _tag(self, text: str) -> str:
        digest = hmac.digest(self._key, b"alias\0" + plain(text).encode(), "sha256")[:15]
        return urlsafe_b64encode(digest).decode()

    def _opened(self, tag: str, raw: bytes) -> Alias:
        alias: Alias = loads(Alias, self._vault.open(tag.encode(), raw))
        return alias
