"""Broadcasts in Redis: what each one is and how far it has come. Its recipients are in `store.piles`.

A change is one script: version check, the new value, its act on the audit of the same slot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from redis import Redis

from domain.broadcasts.account import Plan
from domain.broadcasts.broadcast import UNDER_WAY, Broadcast, State
from domain.roles import Refused
from store.changes import Act, act_entry
from store.codec import dumps, instant, loads, millis
from store.keys import BROADCAST_KEPT_SECONDS, Keys
from store.sealing import Vault

VERSION_BYTES = 8

_PUT = """
if string.sub(redis.call('HGET', KEYS[1], 'head') or '', 1, 8) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'head', ARGV[2], 'state', ARGV[3])
redis.call('XADD', KEYS[2], '*', 'a', ARGV[4])
return 1
"""


_NUMBER = """
local number = redis.call('GET', KEYS[2])
if number then return number end
number = redis.call('INCR', KEYS[1])
redis.call('SET', KEYS[2], number, 'EX', ARGV[1])
return number
"""
REF_SECONDS = 86_400
RUNNING_MILLISECONDS = 3_000
"""After the last beat of a sender another one is set going."""


@dataclass(frozen=True, slots=True)
class Control:
    """What a sender looks at several times a second: may it go on, and does it wait for a quota."""

    state: State
    held_until: datetime | None = None
    held_for: int = 0
    """The errcode of the quota that is waited for."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture at the platform: its media id and when it was uploaded."""

    media_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Gathered:
    """How far the recipients are gathered: communities done, chunks of the pile written, people without an account."""

    pile: str
    places: int = 0
    chunks: int = 0
    people: int = 0
    without: int = 0


class Broadcasts:
    """The repository of broadcasts, each under its number."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._put = redis.register_script(_PUT)

    # --- what it is --------------------------------------------------------------------------------------------------

    def new_number(self, ref: str) -> int:
        """The same one for the same `ref` within a day: whoever asks twice has drafted once."""
        names = [self._keys.broadcast_numbers(), self._keys.broadcast_ref(ref)]
        return int(self._redis.register_script(_NUMBER)(keys=names, args=[REF_SECONDS]))

    def create(self, broadcast: Broadcast, act: Act) -> Broadcast:
        """Under a number that `new_number` gave; what is there already stays."""
        self._write(b"", broadcast, act)
        return self.read(broadcast.number)

    def read(self, number: int) -> Broadcast:
        """Raises Refused (`unknown_broadcast`)."""
        return self._load(number, self._raw(number))

    def change(self, number: int, edit: Callable[[Broadcast], Broadcast], act: Act) -> Broadcast:
        """Put what `edit` makes of it, and the act; nothing when it stays the same. Raises what `edit` raises."""
        while True:
            raw = self._raw(number)
            before = self._load(number, raw)
            after = edit(before)
            if after == before:
                return before
            if after.state in UNDER_WAY or after.is_unapproved:
                self._redis.sadd(self._keys.unfinished_broadcasts(), str(number))
            if self._write(raw[:VERSION_BYTES], after, act):
                return after

    def latest(self, count: int) -> list[Broadcast]:
        """The last ones drafted, the latest first."""
        last = int(cast("bytes | None", self._redis.get(self._keys.broadcast_numbers())) or 0)
        numbers = range(last, max(0, last - count), -1)
        with self._redis.pipeline(transaction=False) as trip:
            for number in numbers:
                trip.hget(self._keys.broadcast(number), "head")
            found = zip(numbers, trip.execute(), strict=True)
        return [self._load(number, raw) for number, raw in found if raw]

    def unfinished(self) -> list[int]:
        """Those to look after: to be counted, under way, or an emergency whose approval is missing."""
        return sorted(
            int(each) for each in cast("set[bytes]", self._redis.smembers(self._keys.unfinished_broadcasts()))
        )

    def look_after(self, number: int) -> None:
        """A draft that waits to be counted."""
        self._redis.sadd(self._keys.unfinished_broadcasts(), str(number))

    def look_away(self, number: int) -> None:
        self._redis.srem(self._keys.unfinished_broadcasts(), str(number))

    # --- beside it ---------------------------------------------------------------------------------------------------

    def control(self, number: int) -> Control:
        names = ("state", "held_until", "held_for")
        state, until, why = cast("list[bytes | None]", self._redis.hmget(self._keys.broadcast(number), names))
        if state is None:
            raise Refused("unknown_broadcast", str(number))
        return Control(State(state.decode()), instant(int(until)) if until and int(until) else None, int(why or 0))

    def hold(self, number: int, until: datetime | None, code: int = 0) -> None:
        """Nobody sends before `until`; None: go on."""
        name, at = self._keys.broadcast(number), millis(until) if until else 0
        self._redis.hset(name, items=["held_until", at, "held_for", code])

    def beat(self, number: int) -> None:
        """Somebody sends it now."""
        self._redis.set(self._keys.broadcast_running(number), "1", px=RUNNING_MILLISECONDS)

    def is_running(self, number: int) -> bool:
        return bool(self._redis.exists(self._keys.broadcast_running(number)))

    def put_picture(self, number: int, content: bytes) -> None:
        sealed = self._vault.seal(_belongs_to(number), content)
        self._redis.set(self._keys.broadcast_picture(number), sealed, ex=BROADCAST_KEPT_SECONDS)

    def picture(self, number: int) -> bytes:
        """Raises Refused (`picture_gone`)."""
        sealed = cast("bytes | None", self._redis.get(self._keys.broadcast_picture(number)))
        if sealed is None:
            raise Refused("picture_gone", str(number))
        return self._vault.open(_belongs_to(number), sealed)

    def gathered(self, number: int) -> Gathered | None:
        raw = cast("bytes | None", self._redis.hget(self._keys.broadcast(number), "gathered"))
        return cast("Gathered", loads(Gathered, raw)) if raw else None

    def put_gathered(self, number: int, gathered: Gathered) -> None:
        self._redis.hset(self._keys.broadcast(number), "gathered", dumps(Gathered, gathered))

    def put_plan(self, number: int, plan: Plan) -> None:
        self._redis.hset(self._keys.broadcast(number), "plan", dumps(Plan, plan))

    def plan(self, number: int) -> Plan | None:
        """As it was counted last; None: it never was."""
        raw = cast("bytes | None", self._redis.hget(self._keys.broadcast(number), "plan"))
        return cast("Plan", loads(Plan, raw)) if raw else None

    def uploaded(self, number: int) -> Uploaded | None:
        raw = cast("bytes | None", self._redis.hget(self._keys.broadcast(number), "media"))
        return cast("Uploaded", loads(Uploaded, raw)) if raw else None

    def put_uploaded(self, number: int, uploaded: Uploaded) -> None:
        self._redis.hset(self._keys.broadcast(number), "media", dumps(Uploaded, uploaded))

    # --- packing -----------------------------------------------------------------------------------------------------

    def _raw(self, number: int) -> bytes:
        raw = cast("bytes | None", self._redis.hget(self._keys.broadcast(number), "head"))
        if raw is None:
            raise Refused("unknown_broadcast", str(number))
        return raw

    def _write(self, version: bytes, broadcast: Broadcast, act: Act) -> bool:
        number = broadcast.number
        sealed = self._vault.seal(_belongs_to(number), dumps(Broadcast, broadcast))
        head = (int.from_bytes(version) + 1).to_bytes(VERSION_BYTES) + sealed
        names = [self._keys.broadcast(number), self._keys.broadcast_audit(number)]
        return bool(self._put(keys=names, args=[version, head, broadcast.state.value, act_entry(b"", act)]))

    def _load(self, number: int, raw: bytes) -> Broadcast:
        return cast("Broadcast", loads(Broadcast, self._vault.open(_belongs_to(number), raw[VERSION_BYTES:])))


def _belongs_to(number: int) -> bytes:
    return f"broadcast:{number}".encode()
