"""The audit in Redis: streams of acts, their seals, and where each chain stands.

An act is appended by the script that does what it says. Sealing is done by the clock's leader; two leaders at once do
no harm, for a seal is written only after the one that it follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgpack
from redis import Redis

from domain.audit import Entry, Head, Seal, seal
from store.changes import Act, act_entry
from store.keys import AUDITED, WORLD, Keys, shard_of_pid
from store.scripts import queue_script

BATCH = 1_000

_SEAL = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('XADD', KEYS[2], ARGV[3], 's', ARGV[4])
return 1
"""

_SET_ROOT = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class Root:
    """The last one exported: number, day (ISO), hash, and the heads of all streams that it covers."""

    number: int
    day: str
    hash: bytes
    heads: tuple[Head, ...]


def stream_name(shard: int) -> str:
    return "world" if shard == WORLD else f"{shard:02x}"


class Audit:
    """The repository of acts."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._set_root = redis.register_script(_SET_ROOT)

    def note(self, act: Act, pid: bytes = b"") -> None:
        """An act that writes nothing else, such as a look at nobody or an export."""
        shard = shard_of_pid(pid) if pid else WORLD
        self._redis.xadd(self._keys.audit(shard), {"a": act_entry(pid, act)})

    # --- sealing ------------------------------------------------------------------------------------------------------

    def seal_all(self) -> int:
        """Seal what came since the last time; how many entries. A few trips while nothing much happens."""
        sealed, open_ones = 0, list(AUDITED)
        while open_ones:
            heads = self._raw_heads(open_ones)
            found = self._entries_after(open_ones, [_head(raw) for raw in heads])
            more = [(shard, raw, rows) for shard, raw, rows in zip(open_ones, heads, found, strict=True) if rows]
            sealed += self._seal(more)
            open_ones = [shard for shard, _, rows in more if len(rows) == BATCH]
        return sealed

    def _seal(self, todo: Sequence[tuple[int, bytes, list[Entry]]]) -> int:
        with self._redis.pipeline(transaction=False) as trip:
            for shard, raw, entries in todo:
                made = seal(stream_name(shard), _head(raw), entries)
                names = [self._keys.audit_head(shard), self._keys.audit_seals(shard)]
                args = [raw, _packed(made.head()), f"{made.number}-0", _packed_seal(made)]
                queue_script(trip, _SEAL, names, args)
            done = trip.execute()
        known = self.numbers()
        new: dict[str, int] = {
            stream_name(shard): _head(raw).number + 1 for (shard, raw, _), ok in zip(todo, done, strict=True) if ok
        }
        if grown := {name: number for name, number in new.items() if number > known.get(name, 0)}:
            self._redis.hset(self._keys.audit_heads(), items=[part for pair in grown.items() for part in pair])
        return sum(len(entries) for (_, _, entries), ok in zip(todo, done, strict=True) if ok)

    # --- reading ------------------------------------------------------------------------------------------------------

    def heads(self) -> list[Head]:
        """Of every stream, in the order of `AUDITED`."""
        return [_head(raw) for raw in self._raw_heads(list(AUDITED))]

    def numbers(self) -> dict[str, int]:
        """By stream, the highest number that a seal ever had; kept apart from the chains, of which one could be cut."""
        known = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.audit_heads()))
        return {name.decode(): int(number) for name, number in known.items()}

    def sealed(self, shard: int, after: Head, upto: Head) -> Iterator[tuple[Seal, list[Entry]]]:
        """The seals of a stream with the entries of each, from behind `after` to `upto`, in bounded memory."""
        before = after
        while before.number < upto.number:
            rows = self._rows(self._keys.audit_seals(shard), f"({before.number}-0", f"{upto.number}-0", BATCH // 10)
            seals = [_seal_of(stream_name(shard), name, fields[b"s"]) for name, fields in rows]
            if not seals:
                return
            lasts = [before.last, *(each.last for each in seals)]
            with self._redis.pipeline(transaction=False) as trip:
                for last, each in zip(lasts, seals, strict=False):
                    trip.xrange(self._keys.audit(shard), f"({last}", each.last)
                answers = trip.execute()
            yield from ((each, _entries(rows)) for each, rows in zip(seals, answers, strict=True))
            before = seals[-1].head()

    def unsealed(self, shard: int, after: Head) -> int:
        """How many entries wait for their seal."""
        return len(self._rows(self._keys.audit(shard), f"({after.last}", "+", BATCH))

    def acts(self, shard: int) -> Iterator[tuple[str, list[Any]]]:
        """(id, [pid, by, what, fact, reason, organisation]) of all that is still in Redis, oldest first."""
        last = "-"
        while rows := self._rows(self._keys.audit(shard), last, "+", BATCH):
            yield from ((name.decode(), msgpack.unpackb(fields[b"a"])) for name, fields in rows)
            last = f"({rows[-1][0].decode()}"

    def acts_between(self, shard: int, first: int, last: int) -> Iterator[tuple[str, list[Any]]]:
        """As `acts`, those of some milliseconds of the server's time, both ends included."""
        begin, end = str(first), str(last)
        while rows := self._rows(self._keys.audit(shard), begin, end, BATCH):
            yield from ((name.decode(), msgpack.unpackb(fields[b"a"])) for name, fields in rows)
            begin = f"({rows[-1][0].decode()}"

    # --- exporting ----------------------------------------------------------------------------------------------------

    def root(self) -> Root | None:
        raw = cast("bytes | None", self._redis.get(self._keys.audit_root()))
        return _root(raw) if raw else None

    def put_root(self, before: Root | None, after: Root) -> bool:
        """False: somebody else exported meanwhile."""
        args = [_packed_root(before) if before else b"", _packed_root(after)]
        return bool(self._set_root(keys=[self._keys.audit_root()], args=args))

    def trim(self, exported: Root) -> None:
        """Drop what the root covers; it is in files."""
        with self._redis.pipeline(transaction=False) as trip:
            for shard, head in zip(AUDITED, exported.heads, strict=True):
                if head.number:
                    milliseconds, _, number = head.last.partition("-")
                    trip.xtrim(self._keys.audit(shard), minid=f"{milliseconds}-{int(number) + 1}", approximate=False)
                    trip.xtrim(self._keys.audit_seals(shard), minid=f"{head.number + 1}-0", approximate=False)
            trip.execute()

    def _raw_heads(self, shards: Sequence[int]) -> list[bytes]:
        with self._redis.pipeline(transaction=False) as trip:
            for shard in shards:
                trip.get(self._keys.audit_head(shard))
            return [raw or b"" for raw in trip.execute()]

    def _entries_after(self, shards: Sequence[int], heads: Sequence[Head]) -> list[list[Entry]]:
        with self._redis.pipeline(transaction=False) as trip:
            for shard, head in zip(shards, heads, strict=True):
                trip.xrange(self._keys.audit(shard), f"({head.last}", count=BATCH)
            return [_entries(rows) for rows in trip.execute()]

    def _rows(self, key: str, first: str, last: str, count: int) -> list[tuple[bytes, dict[bytes, bytes]]]:
        return cast("list[tuple[bytes, dict[bytes, bytes]]]", self._redis.xrange(key, first, last, count=count))


def _entries(rows: Sequence[tuple[bytes, dict[bytes, bytes]]]) -> list[Entry]:
    return [(name.decode(), fields[b"a"] if set(fields) == {b"a"} else _odd(fields)) for name, fields in rows]


def _odd(fields: dict[bytes, bytes]) -> bytes:
    """An entry that is none of ours is covered whole."""
    return msgpack.packb(sorted(fields.items()))


def _packed(head: Head) -> bytes:
    return msgpack.packb((head.number, head.last, head.hash))


def _head(raw: bytes) -> Head:
    return Head(*msgpack.unpackb(raw)) if raw else Head()


def _packed_seal(made: Seal) -> bytes:
    return msgpack.packb((made.last, made.marks, made.hash))


def _seal_of(stream: str, name: bytes, raw: bytes) -> Seal:
    return Seal(stream, int(name.split(b"-")[0]), *msgpack.unpackb(raw))


def _packed_root(root: Root) -> bytes:
    heads = [(head.number, head.last, head.hash) for head in root.heads]
    return msgpack.packb((root.number, root.day, root.hash, heads))


def _root(raw: bytes) -> Root:
    number, day, digest, heads = msgpack.unpackb(raw)
    return Root(number, day, digest, tuple(Head(*head) for head in heads))
