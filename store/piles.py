"""Piles: the frozen recipients of a broadcast, in chunks, with one letter each that says where this one stands.

Before a call its recipient is marked in flight, after it the result is written; one script does both, the last one's
result and the next one's mark, for all threads that wait for it. A chunk is sent under a short lease, and no mark is
given without it. Whoever takes a chunk over finds what was in flight when the last one died: unknown, or to be sent
again where an id of ours makes the platform recognise it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import msgpack
from redis import Redis

from domain.broadcasts.account import Mark
from store.codec import millis
from store.keys import BROADCAST_KEPT_SECONDS, Keys
from store.pile_scripts import CLAIM, RENEW, REPORTED, RETURN, SET, STEPS
from store.sealing import Vault

LEASE_MILLISECONDS = 3_000
_MESSAGE = b"message"
WHOLE = -1
"""Stands for everybody of a chunk where a code is noted for all of them."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one recipient."""

    index: int
    mark: Mark
    code: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """The result of the last one and the next one to be marked, of one thread."""

    done: Done | None
    following: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """One recipient of a pile."""

    pile: str
    chunk: int
    index: int


@dataclass(frozen=True, slots=True)
class Part:
    """A chunk of a pile as one sender holds it."""

    pile: str
    chunk: int
    token: str


class Piles:
    """The repository of recipients. `lease` in milliseconds: how long a dead sender keeps its chunk."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault, lease: int = LEASE_MILLISECONDS) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._lease = lease
        self._claim, self._steps, self._set, self._renew, self._return, self._reported = (
            redis.register_script(text) for text in (CLAIM, STEPS, SET, RENEW, RETURN, REPORTED)
        )

    # --- freezing and reading ----------------------------------------------------------------------------------------

    def put(self, pile: str, chunk: int, openids: Sequence[str]) -> None:
        sealed = self._vault.seal(_belongs_to(pile, chunk), msgpack.packb(list(openids)))
        with self._redis.pipeline(transaction=False) as trip:
            trip.set(self._keys.pile(pile, chunk, "to"), sealed, ex=BROADCAST_KEPT_SECONDS)
            trip.set(self._keys.pile(pile, chunk, "state"), Mark.PENDING * len(openids), ex=BROADCAST_KEPT_SECONDS)
            trip.hset(self._keys.pile(pile, chunk, "notes"), "at", "0")
            trip.expire(self._keys.pile(pile, chunk, "notes"), BROADCAST_KEPT_SECONDS)
            trip.execute()

    def drop(self, pile: str, chunks: int) -> None:
        """A pile that was only on the way to another."""
        with self._redis.pipeline(transaction=False) as trip:
            for chunk in range(chunks):
                for part in ("to", "state", "notes"):
                    trip.unlink(self._keys.pile(pile, chunk, part))
            trip.execute()

    def recipients(self, pile: str, chunk: int) -> list[str]:
        """In the order of their letters; none of a chunk that is gone."""
        sealed = cast("bytes | None", self._redis.get(self._keys.pile(pile, chunk, "to")))
        if sealed is None:
            return []
        return cast("list[str]", msgpack.unpackb(self._vault.open(_belongs_to(pile, chunk), sealed)))

    def states(self, pile: str, chunks: Sequence[int]) -> dict[int, bytes]:
        """The letters of these chunks, in one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for chunk in chunks:
                trip.get(self._keys.pile(pile, chunk, "state"))
            return {chunk: state or b"" for chunk, state in zip(chunks, trip.execute(), strict=True)}

    def codes(self, pile: str, chunks: Sequence[int]) -> dict[tuple[int, int], int]:
        """(chunk, recipient or WHOLE) -> errcode, of those that failed."""
        return {
            (chunk, WHOLE if field == b"code" else int(field)): int(code)
            for chunk, notes in self._notes(pile, chunks).items()
            for field, code in notes.items()
            if field == b"code" or field.isdigit()
        }

    def messages(self, pile: str, chunks: Sequence[int]) -> dict[int, str]:
        """Of a mass message, the platform's id by chunk."""
        return {c: notes[_MESSAGE].decode() for c, notes in self._notes(pile, chunks).items() if _MESSAGE in notes}

    def _notes(self, pile: str, chunks: Sequence[int]) -> dict[int, dict[bytes, bytes]]:
        with self._redis.pipeline(transaction=False) as trip:
            for chunk in chunks:
                trip.hgetall(self._keys.pile(pile, chunk, "notes"))
            return dict(zip(chunks, trip.execute(), strict=True))

    # --- sending -----------------------------------------------------------------------------------------------------

    def claim(self, part: Part, now: datetime, again_within: timedelta) -> bytes | None:
        """The letters of a chunk that is now held under this token; None: somebody else holds it.

        What was in flight is unknown, or pending where it was marked less than `again_within` ago.
        """
        args: list[str | int] = [part.token, self._lease, millis(now), again_within // timedelta(milliseconds=1)]
        return cast("bytes | None", self._claim(keys=self._names(part), args=args))

    def steps(self, part: Part, steps: Sequence[Step], now: datetime | None = None) -> list[bool]:
        """In order: write a result, mark the next recipient; for each, whether the next one may be sent to. One script
        for all, and it may be repeated.

        `now` is kept where a mark may be sent again.
        """
        args: list[str | int] = [part.token, self._lease, millis(now) if now else ""]
        for step in steps:
            done = step.done
            args += (done.index, done.mark.value, done.code or "") if done else ("", "", "")
            args.append("" if step.following is None else step.following)
        return [bool(each) for each in self._steps(keys=self._names(part), args=args)]

    def mark(self, part: Part, indexes: Sequence[int], mark: Mark) -> bool:
        """Pending ones that need no call. False: the chunk is not held any more."""
        if not indexes:
            return True
        args: list[str | int] = [part.token, Mark.PENDING.value, mark.value, "", "", *indexes]
        return bool(self._set(keys=self._names(part), args=args))

    def move_all(self, part: Part, before: Mark, after: Mark, note: Mapping[str, str] | None = None) -> bool:
        """Everybody of a chunk with one letter gets another. False: the chunk is not held any more."""
        name, value = next(iter((note or {"": ""}).items()))
        return bool(self._set(keys=self._names(part), args=[part.token, before.value, after.value, name, value]))

    def mark_all(self, part: Part, now: datetime) -> bool:
        """Everybody pending is about to get one mass message."""
        return self.move_all(part, Mark.PENDING, Mark.IN_FLIGHT, {"at": str(millis(now))})

    def sent_all(self, part: Part, message: str) -> bool:
        """Under the platform's id of the message."""
        return self.move_all(part, Mark.IN_FLIGHT, Mark.SENT, {"message": message})

    def reported(self, place: Place, mark: Mark) -> None:
        """What the platform says became of a message that it took; the same again changes nothing."""
        state = self._keys.pile(place.pile, place.chunk, "state")
        self._reported(keys=[state], args=[place.index, mark.value])

    def renew(self, parts: Sequence[Part]) -> None:
        """Hold these for the length of a lease from now."""
        for part in parts:
            self._renew(keys=self._names(part)[:1], args=[part.token, self._lease])

    def give_back(self, part: Part) -> None:
        self._return(keys=self._names(part)[:1], args=[part.token])

    def _names(self, part: Part) -> list[str]:
        return [self._keys.pile(part.pile, part.chunk, name) for name in ("lease", "state", "notes")]


def _belongs_to(pile: str, chunk: int) -> bytes:
    return f"pile:{pile}:{chunk}".encode()
