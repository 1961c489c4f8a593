"""Pass cards by number: whose a card is, and the cards issued before this service, which may be nobody's on record.

A card of ours stands with its holder; its number only finds them. A card of before stands here alone: what its table
said of it, sealed, and since when it is void.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from redis import Redis

from store.codec import dumps, loads
from store.keys import CARD_SECONDS, Keys
from store.sealing import Vault

_CHANGE = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class OldCard:
    """A card issued before this service. `pid` is empty where its table named no document."""

    number: str
    name: str
    community: str
    issuer: str
    pid: bytes = b""
    last_day: date | None = None
    """None: it holds as long as the notice does."""
    ended: datetime | None = None

    def holds_on(self, day: date) -> bool:
        return self.ended is None and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Ours:
    """A card of ours: its holder's pid."""

    pid: bytes


Entry = Ours | OldCard


class CardNumbers:
    """Which card a number is."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._change = redis.register_script(_CHANGE)

    def claim(self, number: str, pid: bytes) -> bool:
        """Give a fresh number to a holder, before the card is issued; False when the number is taken."""
        sealed = self._sealed(number, Ours(pid))
        return bool(self._redis.set(self._keys.card(number), sealed, nx=True, ex=CARD_SECONDS))

    def find(self, number: str) -> Entry | None:
        """Raises Unsealable."""
        raw = cast("bytes | None", self._redis.get(self._keys.card(number)))
        return None if raw is None else self._opened(number, raw)

    def take_over(self, card: OldCard) -> bool:
        """Put a card of before down under its number; False when that is known already and nothing was done."""
        return bool(self._redis.set(self._keys.card(card.number), self._sealed(card.number, card), nx=True))

    def end(self, number: str, at: datetime) -> bool:
        """Void a card of before; False when there is none of that number. Void already, it stays so since then."""
        while (raw := cast("bytes | None", self._redis.get(self._keys.card(number)))) is not None:
            card = self._opened(number, raw)
            if not isinstance(card, OldCard):
                return False
            ended = card if card.ended else replace(card, ended=at)
            if self._change(keys=[self._keys.card(number)], args=[raw, self._sealed(number, ended)]):
                return True
        return False

    def _sealed(self, number: str, entry: Entry) -> bytes:
        return self._vault.seal(b"card " + number.encode(), dumps(Entry, entry))

    def _opened(self, number: str, raw: bytes) -> Entry:
        entry: Entry = loads(Entry, self._vault.open(b"card " + number.encode(), raw))
        return entry
