"""Encryption at rest: AES-256-GCM under keys derived from IDENTITY_KEY.

A sealed value is: format (1 byte) · key id (1) · nonce (12) · ciphertext and tag. What the value belongs to is its
associated data, so that a value copied under another key does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORMAT = 1
_NONCE = 12
SALT_BYTES = 16


class Unsealable(Exception):
    """A sealed value that no key of this installation opens: a foreign, damaged or misplaced value."""


class Vault:
    """Seals with the first of `keys` (32 bytes each) and opens with any of them, so that the list can rotate."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("IDENTITY_KEY holds no key")
        self._keys = {_key_id(key): key for key in keys}
        if len(self._keys) != len(keys):
            raise ValueError("two keys in IDENTITY_KEY share an id: replace one of them")
        self._first = _key_id(keys[0])
        self._accounts = {name: AESGCM(_derive(key, b"", b"account")) for name, key in self._keys.items()}

    def seal(self, belongs_to: bytes, plain: bytes) -> bytes:
        """For accounts, views and outboxes: one derived key for all."""
        return _seal(self._accounts[self._first], self._first, belongs_to, plain)

    def open(self, belongs_to: bytes, sealed: bytes) -> bytes:
        """Raises Unsealable."""
        return _open(self._accounts.get(_key_of(sealed)), belongs_to, sealed)

    def seal_person(self, pid: bytes, salt: bytes, plain: bytes) -> bytes:
        """For an identity: a key of its own per person; without `salt` (16 bytes, kept apart) nothing opens it."""
        key = AESGCM(_derive(self._keys[self._first], salt, b"person" + pid))
        return _seal(key, self._first, pid, plain)

    def open_person(self, pid: bytes, salt: bytes, sealed: bytes) -> bytes:
        """Raises Unsealable."""
        key = self._keys.get(_key_of(sealed))
        return _open(AESGCM(_derive(key, salt, b"person" + pid)) if key else None, pid, sealed)


def person_id(pid_key: bytes, kind: str, number: str) -> bytes:
    """The pid, 12 bytes: finds a person by document without any table. `pid_key` never rotates."""
    return hmac.digest(pid_key, f"{kind}\0{number}".encode(), "sha256")[:12]


def _key_id(key: bytes) -> int:
    return hashlib.sha256(b"key id" + key).digest()[0]


def _key_of(sealed: bytes) -> int:
    return sealed[1] if len(sealed) > 1 else -1


def _derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt or None, info=b"yima/" + info).derive(key)


def _seal(key: AESGCM, name: int, belongs_to: bytes, plain: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return bytes((_FORMAT, name)) + nonce + key.encrypt(nonce, plain, belongs_to)


def _open(key: AESGCM | None, belongs_to: bytes, sealed: bytes) -> bytes:
    if key is None or len(sealed) < 2 + _NONCE + 16 or sealed[0] != _FORMAT:
        raise Unsealable("no key of IDENTITY_KEY opens this value")
    try:
        return key.decrypt(sealed[2 : 2 + _NONCE], sealed[2 + _NONCE :], belongs_to)
    except InvalidTag:
        raise Unsealable("the value is damaged or belongs elsewhere") from None
