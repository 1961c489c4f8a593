"""Handles: what stands for a person in a code, another one every day, and opened by nobody but the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


class HandleKind(IntEnum):
    """What a handle was made for. Append only: the number is inside the handle."""

    CODE = 1
    CARD = 2


@dataclass(frozen=True, slots=True)
class Handle:
    """Whom a code belongs to (`pid`, 12 bytes), the day it was issued and as what."""

    pid: bytes
    day: date
    kind: HandleKind


def seal_handle(key: bytes, pid: bytes, day: date, kind: HandleKind) -> bytes:
    """One AES-256 block over (pid, day, kind): the same all day, another tomorrow, and nothing to a stranger."""
    block = pid + day.toordinal().to_bytes(3, "big") + kind.to_bytes(1, "big")
    if len(block) != 16:
        raise ValueError(f"a pid has 12 bytes, this one {len(pid)}")
    encryptor = Cipher(algorithms.AES(_key(key)), modes.ECB()).encryptor()  # noqa: S305  a single block has no pattern
    return encryptor.update(block)


def open_handle(key: bytes, handle: bytes) -> Handle | None:
    """What is inside a handle; None for bytes that no handle of this key has (a forged one may slip through as the
    handle of nobody: the pid in it finds no person)."""
    if len(handle) != 16:
        return None
    decryptor = Cipher(algorithms.AES(_key(key)), modes.ECB()).decryptor()  # noqa: S305  as above
    block = decryptor.update(handle)
    ordinal = int.from_bytes(block[12:15], "big")
    kind = _KINDS.get(block[15])
    if kind is None or not _FIRST_DAY <= ordinal <= _LAST_DAY:
        return None
    return Handle(block[:12], date.fromordinal(ordinal), kind)


_KINDS = {kind.value: kind for kind in HandleKind}
_FIRST_DAY, _LAST_DAY = date(2020, 1, 1).toordinal(), date(2119, 12, 31).toordinal()


def _key(key: bytes) -> bytes:
    if len(key) != 32:
        raise ValueError(f"HANDLE_KEY has 32 bytes, this one {len(key)}")
    return key
