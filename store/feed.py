"""Feeds: per client a stream of handles that changed, at least once. What a handle shows is read when it is asked for.

An entry says that somebody changed, not into what: so an entry taken twice, late or in another order does no harm, and
no colour is kept in it. Beside the stream stands who ever was bound to the client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import msgpack
from redis import Redis
from redis.client import Pipeline

from store.codec import instant, millis
from store.keys import DEAD_KEPT, FEED_KEPT, Keys

START = "0-0"
_CURSOR = re.compile(r"\d{1,16}-\d{1,16}")

_GIVE_UP = """
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'd', ARGV[1])
redis.call('HSET', KEYS[1], 'cursor', ARGV[3], 'tries', 0)
"""

_AGAIN = """
local entries = redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[2])
for _, entry in ipairs(entries) do
  for _, handle in ipairs(cmsgpack.unpack(entry[2][2])[1]) do
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'h', handle)
  end
  redis.call('XDEL', KEYS[2], entry[1])
end
return #entries
"""


class CursorGone(Exception):
    """What came after this cursor is not kept any more: a snapshot comes first."""


@dataclass(frozen=True, slots=True)
class Page:
    """Handles that changed after a cursor, each once, in the order of their last change; the cursor behind them."""

    handles: tuple[str, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a push: the cursor behind what was taken, failures in a row of the present batch and of the address."""

    cursor: str = START
    tries: int = 0
    failures: int = 0
    not_before: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A batch that was given up: its id, how many changes it had, when and why."""

    id: str
    handles: tuple[str, ...]
    at: datetime
    reason: str


def is_cursor(text: str) -> bool:
    return _CURSOR.fullmatch(text) is not None and all(int(part) < 1 << 63 for part in text.split("-"))


def queue_change(trip: Pipeline, keys: Keys, client: str, handle: str) -> None:
    trip.xadd(keys.feed(client), {"h": handle}, maxlen=FEED_KEPT, approximate=True)


def queue_bound(trip: Pipeline, keys: Keys, client: str, handle: str) -> None:
    """Somebody is bound to the client. It stays when they leave: a late entry could else take away who came back."""
    trip.zadd(keys.feed_people(client), {handle: 0})


class Feeds:
    """Reading feeds, and how far each push is."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._give_up = redis.register_script(_GIVE_UP)
        self._again = redis.register_script(_AGAIN)

    def read(self, client: str, cursor: str, most: int) -> Page:
        """Raises CursorGone."""
        name = self._keys.feed(client)
        with self._redis.pipeline(transaction=False) as trip:
            trip.xrange(name, min=f"({cursor}", count=most + 1)
            trip.xrange(name, count=1)
            trip.xlen(name)
            trip.xinfo_stream(name)
            entries, first, length, about = trip.execute(raise_on_error=False)
        if isinstance(entries, Exception):
            raise entries
        trimmed = isinstance(about, dict) and about["entries-added"] > length
        if trimmed and first and _place(cursor) < _place(first[0][0]):
            raise CursorGone
        taken = entries[:most]
        handles = dict.fromkeys(fields[b"h"].decode() for _, fields in reversed(taken))
        end = taken[-1][0].decode() if taken else cursor
        return Page(tuple(reversed(handles)), end, len(entries) > most)

    def add(self, client: str, handles: Iterable[str]) -> None:
        """These changed, for this client alone; one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for handle in handles:
                queue_change(trip, self._keys, client, handle)
            trip.execute()

    def end(self, client: str) -> str:
        """The cursor behind everything so far."""
        last = cast("list[Any]", self._redis.xrevrange(self._keys.feed(client), count=1))
        return last[0][0].decode() if last else START

    def bound(self, client: str, after: str, most: int) -> list[str]:
        """Handles that are bound to the client, or were, in their order after one of them; reads no more than these."""
        start = f"({after}" if after else "-"
        rows = self._redis.zrangebylex(self._keys.feed_people(client), start, "+", start=0, num=most)
        return [handle.decode() for handle in cast("list[bytes]", rows)]

    # --- pushing ---------------------------------------------------------------------------------------------------

    def progress(self, client: str) -> Progress:
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.hook(client)))
        said = {name.decode(): value.decode() for name, value in cells.items()}
        waits = int(said.get("not_before") or 0)
        numbers = int(said.get("tries", 0)), int(said.get("failures", 0))
        return Progress(said.get("cursor", START), *numbers, instant(waits) if waits else None, said.get("reason", ""))

    def put_progress(self, client: str, progress: Progress) -> None:
        """By whoever holds the lease."""
        waits = millis(progress.not_before) if progress.not_before else 0
        said: dict[str, str | int] = {"cursor": progress.cursor, "reason": progress.reason, "not_before": waits}
        said |= {"tries": progress.tries, "failures": progress.failures}
        self._redis.hset(self._keys.hook(client), items=[part for pair in said.items() for part in pair])

    def begin(self, client: str) -> None:
        """A push begins with what changes from now on, unless one was there before: the snapshot has the rest."""
        self._redis.hsetnx(self._keys.hook(client), "cursor", self.end(client))

    def give_up(self, client: str, page: Page, now: datetime, reason: str) -> None:
        """The batch goes to the dead letters, and the push goes on behind it: one step."""
        packed = msgpack.packb((page.handles, millis(now), reason))
        self._give_up(keys=self._names(client), args=[packed, DEAD_KEPT, page.cursor])

    def dead(self, client: str) -> list[DeadLetter]:
        """Oldest first."""
        entries = cast("list[Any]", self._redis.xrange(self._keys.dead_letters(client)))
        found = [(id.decode(), *msgpack.unpackb(fields[b"d"])) for id, fields in entries]
        return [DeadLetter(id, tuple(handles), instant(at), reason) for id, handles, at, reason in found]

    def dead_count(self, client: str) -> int:
        return int(self._redis.xlen(self._keys.dead_letters(client)))

    def send_again(self, client: str, id: str = "") -> int:
        """One dead letter, or all: its handles changed once more, and go out as they are by then. How many letters."""
        names = [self._keys.feed(client), self._keys.dead_letters(client)]
        again = int(self._again(keys=names, args=[id or "-", id or "+", FEED_KEPT]))
        self._redis.hset(self._keys.hook(client), "not_before", 0)
        return again

    def _names(self, client: str) -> list[str]:
        return [self._keys.hook(client), self._keys.dead_letters(client)]


def _place(id: str | bytes) -> tuple[int, int]:
    text = id.decode() if isinstance(id, bytes) else id
    first, _, second = text.partition("-")
    return int(first), int(second)
