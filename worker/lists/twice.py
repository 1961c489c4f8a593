"""Rows of one list about the same: repeated, or contradicting each other. 36 bytes a row, whatever the list holds."""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.lists.rows import Row, about, statement

Numbers = npt.NDArray[np.uint32]
_NO_NAME = 0


@dataclass(frozen=True, slots=True)
class Twice:
    """Row numbers in rising order: `repeats` say the same as an earlier row, `contradicts` differ from another."""

    repeats: Numbers
    contradicts: Numbers


class TwiceFinder:
    """Told every row once, it knows in the end which are about the same. By hashes of 64 bits keyed with a secret: two
    rows of a million that only seem alike are one case in 30 million lists, and would be refused, never confused."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._about, self._says, self._whole, self._name = (array("Q") for _ in range(4))
        self._row = array("I")

    def add(self, row: Row) -> None:
        entry, subject, says = row.entry, about(row), statement(row.entry.says)
        self._about.append(self._hash(subject))
        self._says.append(self._hash(says))
        self._whole.append(self._hash(f"{says}\0{entry.source}\0{entry.evidence}"))
        self._name.append(self._hash(entry.name) if entry.name else _NO_NAME)
        self._row.append(row.number)

    def found(self) -> Twice:
        subject, says, whole, name = (
            np.frombuffer(each, np.uint64) for each in (self._about, self._says, self._whole, self._name)
        )
        rows = np.frombuffer(self._row, np.uint32)
        if len(rows) < 2:
            return Twice(rows[:0], rows[:0])
        order = np.lexsort((rows, whole, subject))
        subject, says, whole, name, rows = subject[order], says[order], whole[order], name[order], rows[order]
        starts = np.flatnonzero(np.concatenate(([True], subject[1:] != subject[:-1])))
        sizes = np.diff(np.append(starts, len(rows)))
        top = np.iinfo(np.uint64).max
        differs = np.minimum.reduceat(says, starts) != np.maximum.reduceat(says, starts)
        least = np.minimum.reduceat(np.where(name == _NO_NAME, top, name), starts)
        differs |= (least != top) & (least != np.maximum.reduceat(name, starts))
        against = np.repeat(differs, sizes)
        again = np.concatenate(([False], (subject[1:] == subject[:-1]) & (whole[1:] == whole[:-1])))
        return Twice(np.sort(rows[again & ~against]), np.sort(rows[against]))

    def _hash(self, text: str) -> int:
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8, key=self._key).digest()) or 1
