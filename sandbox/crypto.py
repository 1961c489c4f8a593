"""Signatures and the encrypted envelope, written from the platform's published description alone.

The house reads pushes with another implementation, so that the two do not share one misreading.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32
"""PKCS#7 pads to 32 bytes here, although the cipher's own block is 16."""


class BadEnvelope(Exception):
    """Something is not encrypted as the platform demands; the text says what."""


def sign(*parts: str) -> str:
    """SHA-1 in lower-case hex over the parts sorted as text: (token, timestamp, nonce[, Encrypt])."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def encrypt(aes_key: str, app_id: str, message: bytes, random: bytes | None = None) -> str:
    """Wrap as random(16) ‖ length ‖ message ‖ app id, AES-256-CBC, base64. `random` is for published vectors."""
    key = _key(aes_key)
    plain = (random or secrets.token_bytes(16)) + len(message).to_bytes(4, "big") + message + app_id.encode()
    pad = _BLOCK - len(plain) % _BLOCK
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()).decode()


def decrypt(aes_key: str, app_id: str, text: str) -> bytes:
    """The inner message. Raises BadEnvelope for base64, length, padding or a foreign app id."""
    key = _key(aes_key)
    try:
        sealed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadEnvelope("Encrypt is not base64") from error
    if not sealed or len(sealed) % 16:
        raise BadEnvelope("Encrypt is not whole AES blocks")
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = cipher.update(sealed) + cipher.finalize()
    pad = plain[-1]
    if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise BadEnvelope("the padding is not PKCS#7 to 32 bytes")
    plain = plain[:-pad]
    end = 20 + int.from_bytes(plain[16:20], "big")
    if len(plain) < 20 or end > len(plain):
        raise BadEnvelope("the inner length is impossible")
    if plain[end:] != app_id.encode():
        raise BadEnvelope("the trailing app id is not this account's")
    return plain[20:end]


def _key(aes_key: str) -> bytes:
    return base64.b64decode(aes_key + "=")
