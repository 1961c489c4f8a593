"""What deliver knows of its ways to an account: its sends, what the platform refused, what was sent and may yet fail.

Written by deliver only, for an account's letters are sent by one thread at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from redis import Redis

from store.codec import dumps, loads
from store.keys import REACH_SECONDS, SENT_SECONDS, Keys

SENDS_KEPT = 8
REFUSED_KEPT = 4


@dataclass(frozen=True, slots=True)
class Refusal:
    """When the platform denied that an account agreed to a template."""

    template: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """Customer-service messages (the latest SENDS_KEPT), the platform's refusals, and the last day reminded."""

    sends: tuple[datetime, ...] = ()
    closed_at: datetime | None = None
    gone_at: datetime | None = None
    refused: tuple[Refusal, ...] = ()
    reminded: date | None = None

    def with_send(self, at: datetime) -> Sent:
        return replace(self, sends=(*self.sends, at)[-SENDS_KEPT:])

    def with_refusal(self, template: str, at: datetime) -> Sent:
        others = [each for each in self.refused if each.template != template]
        return replace(self, refused=(*others, Refusal(template, at))[-REFUSED_KEPT:])


@dataclass(frozen=True, slots=True)
class Underway:
    """A notice that the platform took and may yet fail to deliver: about whom, and what it was."""

    pid: bytes
    about: str
    rung: str


class Reaches:
    """The repository."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def read(self, openid: str) -> Sent:
        raw = cast("bytes | None", self._redis.get(self._keys.reach(openid)))
        sent: Sent = loads(Sent, raw) if raw else Sent()
        return sent

    def read_all(self, openids: Sequence[str]) -> list[Sent]:
        """Of several accounts, in one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for openid in openids:
                trip.get(self._keys.reach(openid))
            return [loads(Sent, raw) if raw else Sent() for raw in trip.execute()]

    def put(self, openid: str, sent: Sent) -> None:
        self._redis.set(self._keys.reach(openid), dumps(Sent, sent), ex=REACH_SECONDS)

    def put_underway(self, openid: str, name: str, underway: Underway) -> None:
        """`name` is the msgid, or the template where the answer names no msgid."""
        self._redis.set(self._keys.sent(openid, name), dumps(Underway, underway), ex=SENT_SECONDS)

    def underway(self, openid: str, name: str) -> Underway | None:
        raw = cast("bytes | None", self._redis.get(self._keys.sent(openid, name)))
        found: Underway | None = loads(Underway, raw) if raw else None
        return found
