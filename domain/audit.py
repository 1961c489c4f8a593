"""The audit's chain: what every minute's seal is made of, and what is wrong where a seal does not fit. Pure.

There is one chain a stream. A seal covers the entries since the one before it and that seal's hash; a root covers the
last seal of every stream and the root before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

MARK_BYTES = 8
GENESIS = bytes(32)
"""What stands for the hash before the first one."""

Entry = tuple[str, bytes]
"""Id in its stream, and what it says."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: the number, the last id and the hash of its last seal."""

    number: int = 0
    last: str = "0-0"
    hash: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Seal:
    """`marks`: eight bytes of the digest of each entry, so that a broken seal says which entry was touched."""

    stream: str
    number: int
    last: str
    marks: bytes
    hash: bytes

    def head(self) -> Head:
        return Head(self.number, self.last, self.hash)


@dataclass(frozen=True, slots=True)
class Break:
    """A place at which the chain does not hold: the stream, the entry or seal there, and what is wrong with it."""

    stream: str
    where: str
    what: str


def seal(stream: str, before: Head, entries: Sequence[Entry]) -> Seal:
    """The seal of these entries, at least one, in their order."""
    digests = [_digest(entry) for entry in entries]
    number, last = before.number + 1, entries[-1][0]
    marks = b"".join(digest[:MARK_BYTES] for digest in digests)
    return Seal(stream, number, last, marks, _hash(stream, number, last, before.hash, digests))


def check(sealed: Seal, before: Head, entries: Sequence[Entry]) -> Break | None:
    """What is wrong with a seal, its entries, or its place after `before`; None when nothing is."""
    if sealed.number != before.number + 1:
        return Break(sealed.stream, f"seal {before.number + 1}", "missing")
    digests = [_digest(entry) for entry in entries]
    if sealed.hash == _hash(sealed.stream, sealed.number, sealed.last, before.hash, digests):
        touched = sealed.marks != b"".join(digest[:MARK_BYTES] for digest in digests)
        return Break(sealed.stream, f"seal {sealed.number}", "changed") if touched else None
    return _touched(sealed, entries, [digest[:MARK_BYTES] for digest in digests])


def root(number: int, day: str, before: bytes, heads: Sequence[Head]) -> bytes:
    """The hash over the heads of all streams in their order, and over the root before."""
    parts = [b"root", str(number).encode(), day.encode(), before]
    for head in heads:
        parts += [str(head.number).encode(), head.last.encode(), head.hash]
    return _over(parts)


def _touched(sealed: Seal, entries: Sequence[Entry], found: list[bytes]) -> Break:
    at = range(0, len(sealed.marks), MARK_BYTES)
    expected = [sealed.marks[first : first + MARK_BYTES] for first in at]
    if found == expected:
        return Break(sealed.stream, f"seal {sealed.number}", "changed")
    first = next((n for n, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]), None)
    first = min(len(found), len(expected)) if first is None else first
    where = entries[first][0] if first < len(entries) else f"after {entries[-1][0] if entries else 'seal'}"
    where = f"{where} (seal {sealed.number}, entry {first + 1})"
    if sorted(found) == sorted(expected):
        return Break(sealed.stream, where, "reordered")
    if len(found) != len(expected):
        return Break(sealed.stream, where, "removed" if len(found) < len(expected) else "inserted")
    return Break(sealed.stream, where, "changed")


def _digest(entry: Entry) -> bytes:
    return _over([entry[0].encode(), entry[1]])


def _hash(stream: str, number: int, last: str, before: bytes, digests: Sequence[bytes]) -> bytes:
    return _over([b"seal", stream.encode(), str(number).encode(), last.encode(), before, *digests])


def _over(parts: Sequence[bytes]) -> bytes:
    """SHA-256 over parts, each with its length, so that no two lists of parts are one text."""
    return sha256(b"".join(len(part).to_bytes(4) + part for part in parts)).digest()
