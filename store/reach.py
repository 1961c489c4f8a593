"""What is known of our ways to an account: our sends, what the platform refused, what was sent and may yet fail.

Sends stand in a list of their own, to which deliver and broadcasts append side by side. All else is written by deliver
only, for an account's letters are sent by one thread at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from redis import Redis

from store.codec import dumps, instant, loads, millis
from store.keys import EARLY_SECONDS, REACH_SECONDS, SENDS_SECONDS, SENT_SECONDS, Keys
from store.piles import Place

SENDS_KEPT = 8
REFUSED_KEPT = 4


@dataclass(frozen=True, slots=True)
class Refusal:
    """When the platform denied that an account agreed to a template."""

    template: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """The customer-service message whose answer was lost at its latest try: its `ref`, and the instant of the credit
    that this try may have cost. The order of the fields is frozen."""

    ref: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform's refusals, the last day reminded and that of the last call; `sends` are our customer-service
    messages, the latest SENDS_KEPT. The order of the fields is frozen: it is that of the packed value, where no sends
    stand any more."""

    sends: tuple[datetime, ...] = ()
    closed_at: datetime | None = None
    gone_at: datetime | None = None
    refused: tuple[Refusal, ...] = ()
    reminded: date | None = None
    last_called: date | None = None
    lost: Lost | None = None

    def with_refusal(self, template: str, at: datetime) -> Sent:
        others = [each for each in self.refused if each.template != template]
        return replace(self, refused=(*others, Refusal(template, at))[-REFUSED_KEPT:])


@dataclass(frozen=True, slots=True)
class Underway:
    """A notice that the platform took and may yet fail to deliver: about whom, and what it was. The order of the fields
    is frozen."""

    pid: bytes
    about: str
    rung: str
    place: Place | None = None
    """The recipient of a broadcast, whose letter its result moves."""
    early: str = ""
    """The result of a notice that nobody here knows yet: it came before the answer to the call."""


class Reaches:
    """The repository."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def read(self, openid: str) -> Sent:
        return self.read_all([openid])[0]

    def read_all(self, openids: Sequence[str]) -> list[Sent]:
        """Of several accounts, in one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for openid in openids:
                trip.get(self._keys.reach(openid))
                trip.lrange(self._keys.sends(openid), 0, -1)
            answers = trip.execute()
        return [_sent(raw, sends) for raw, sends in zip(answers[::2], answers[1::2], strict=True)]

    def put(self, openid: str, sent: Sent) -> None:
        """All but the sends."""
        value = dumps(Sent, replace(sent, sends=()))
        self._redis.set(self._keys.reach(openid), value, ex=REACH_SECONDS)

    def spend(self, sends: Sequence[tuple[str, datetime]]) -> None:
        """Customer-service messages to these accounts at these instants, in one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for openid, at in sends:
                name = self._keys.sends(openid)
                trip.rpush(name, millis(at))
                trip.ltrim(name, -SENDS_KEPT, -1)
                trip.expire(name, SENDS_SECONDS)
            trip.execute()

    def take_back(self, openid: str, at: datetime) -> None:
        """The one of this instant was certainly not sent."""
        self._redis.lrem(self._keys.sends(openid), -1, str(millis(at)))

    def put_underway(self, openid: str, name: str, underway: Underway) -> str:
        """`name` is the msgid, or the template where the answer names no msgid. The result, where it came early."""
        value = dumps(Underway, underway)
        raw = cast("bytes | None", self._redis.set(self._keys.sent(openid, name), value, ex=SENT_SECONDS, get=True))
        before: Underway | None = loads(Underway, raw) if raw else None
        return before.early if before else ""

    def underway(self, openid: str, names: Sequence[str], result: str) -> Underway | None:
        """The notice of this result, by whichever of its names it is known; none: the result is kept for whoever is
        about to put it, under the first name."""
        early = dumps(Underway, Underway(b"", "", "", early=result))
        with self._redis.pipeline(transaction=False) as trip:
            trip.set(self._keys.sent(openid, names[0]), early, ex=EARLY_SECONDS, nx=True)
            for name in names:
                trip.get(self._keys.sent(openid, name))
            found = [loads(Underway, raw) for raw in trip.execute()[1:] if raw]
        return next((each for each in found if not each.early), None)


def _sent(raw: bytes | None, sends: Sequence[bytes]) -> Sent:
    sent: Sent = loads(Sent, raw) if raw else Sent()
    return replace(sent, sends=tuple(sorted(instant(int(each)) for each in sends)))
