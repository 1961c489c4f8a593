"""Bindings: what a resident allows a client, and the handle by which that client knows them. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.partners.rights import PERSONAL, Right

ASKED_FOR = timedelta(minutes=10)
"""So long an authorisation waits for the resident."""
MOST_BINDINGS = 10
_MARK = b"\x59\x4d"


@dataclass(frozen=True, slots=True)
class Binding:
    """`number` is the one that 我的授权 shows: above those of all other bindings when it was given."""

    client: str
    number: int
    name: str
    """Of the client, as it was told when the resident agreed."""
    rights: tuple[Right, ...]
    since: datetime


def bound(bindings: Sequence[Binding], client: str) -> Binding | None:
    return next((each for each in bindings if each.client == client), None)


def with_binding(
    bindings: tuple[Binding, ...], client: str, name: str, rights: Sequence[Right], now: datetime
) -> tuple[Binding, ...]:
    """The bindings with one more, the newest last. Agreed again, it takes the place of the one before."""
    kept = tuple(right for right in PERSONAL if right in rights)
    number = max((each.number for each in bindings), default=0) + 1
    others = tuple(each for each in bindings if each.client != client)
    return (*others, Binding(client, number, name, kept, now))[-MOST_BINDINGS:]


def without_binding(bindings: tuple[Binding, ...], number: int) -> tuple[Binding, ...]:
    return tuple(each for each in bindings if each.number != number)


# --- handles ---------------------------------------------------------------------------------------------------------


def pair(key: bytes, client: str, pid: bytes, generation: int) -> str:
    """The handle, 22 characters: one person is another one to every client, and a stranger after an erasure."""
    block = pid + (generation & 0xFFFF).to_bytes(2) + _MARK
    encryptor = _cipher(key, client).encryptor()
    return base64.urlsafe_b64encode(encryptor.update(block)).decode().rstrip("=")


def unpair(key: bytes, client: str, handle: str) -> tuple[bytes, int] | None:
    """(pid, generation) behind a handle of this client; None for any other text."""
    try:
        block = base64.b64decode(handle + "==", altchars=b"-_", validate=True) if len(handle) == 22 else b""
    except (binascii.Error, ValueError):
        return None
    if len(block) != 16 or pair_text(block) != handle:
        return None
    plain = _cipher(key, client).decryptor().update(block)
    return (plain[:12], int.from_bytes(plain[12:14])) if plain[14:] == _MARK else None


def pair_text(block: bytes) -> str:
    return base64.urlsafe_b64encode(block).decode().rstrip("=")


@lru_cache(maxsize=1024)
def _cipher(key: bytes, client: str) -> Cipher[modes.ECB]:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"yima/partner " + client.encode()).derive(key)
    return Cipher(algorithms.AES(derived), modes.ECB())  # noqa: S305  a single block has no pattern
