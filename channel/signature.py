"""Is this push from the platform? And what does it say? wechatpy's cryptography behind our own checks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from channel.outbound import envelope

FRESH_SECONDS = 300
_ENCRYPT = re.compile(rb"<Encrypt>\s*<!\[CDATA\[([A-Za-z0-9+/=\s]{1,90000})\]\]>\s*</Encrypt>")


class NotGenuine(Exception):
    """Not signed by the platform, or stale: 403, and nothing of the body is looked at."""


class Unreadable(Exception):
    """Signed, but no key opens it: answered with an empty 200, for a retry would bring the same."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The XML of a genuine push; `key` is the number of the AES key that opened it, None when it was plain."""

    xml: bytes
    key: int | None = None


def sign(*parts: str) -> str:
    """The platform's signature: SHA-1 over the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 (the platform's own choice)


class Gatekeeper:
    """Verifies before anything is parsed. `aes_keys`: the current EncodingAESKey, then the previous one if any."""

    def __init__(self, token: str, aes_keys: Sequence[str], app_id: str, mode: str) -> None:
        self._token = token
        self._app_id = app_id
        self._mode = mode
        self._ciphers = [_cipher(key) for key in aes_keys if key]

    def verify_url(self, query: Mapping[str, str], now: datetime) -> None:
        """The platform's GET. Raises NotGenuine."""
        timestamp, nonce = self._fresh(query, now)
        self._same(query.get("signature", ""), sign(self._token, timestamp, nonce))

    def open(self, query: Mapping[str, str], body: bytes, now: datetime) -> Opened:
        """Raises NotGenuine or Unreadable."""
        timestamp, nonce = self._fresh(query, now)
        if query.get("encrypt_type", "raw") in ("raw", ""):
            if self._mode == "safe":
                raise NotGenuine("a plain push, but only encrypted ones are accepted")
            self._same(query.get("signature", ""), sign(self._token, timestamp, nonce))
            return Opened(body)
        found = _ENCRYPT.search(body)
        if found is None or self._mode == "plain":
            raise NotGenuine("no Encrypt element")
        sealed = found.group(1).decode()
        self._same(query.get("msg_signature", ""), sign(self._token, timestamp, nonce, sealed))
        return self._decrypt(sealed)

    def seal(self, xml: str, opened: Opened, now: datetime) -> str:
        """The reply as the push came: plain, or encrypted with the key that opened the push."""
        if opened.key is None or not xml:
            return xml
        sealed = self._ciphers[opened.key].encrypt(xml, self._app_id).decode()
        timestamp, nonce = str(int(now.timestamp())), str(secrets.randbelow(10**10))
        return envelope(sealed, sign(self._token, timestamp, nonce, sealed), timestamp, nonce)

    def _fresh(self, query: Mapping[str, str], now: datetime) -> tuple[str, str]:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12 or not nonce:
            raise NotGenuine("timestamp or nonce missing")
        if abs(now.timestamp() - int(timestamp)) > FRESH_SECONDS:
            raise NotGenuine("stale")
        return timestamp, nonce

    def _same(self, given: str, expected: str) -> None:
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise NotGenuine("signature")

    def _decrypt(self, sealed: str) -> Opened:
        for number, cipher in enumerate(self._ciphers):
            try:
                return Opened(cipher.decrypt(sealed, self._app_id).encode(), number)
            except (InvalidAppIdException, ValueError, IndexError, struct.error):
                continue
        raise Unreadable("no key opens this push")


def _cipher(key: str) -> PrpCrypto:
    """wechatpy's cipher with unpredictable random bytes before each message; its own come from a plain generator."""
    cipher = PrpCrypto(base64.b64decode(key + "="))
    cipher.get_random_string = lambda: secrets.token_hex(8)
    return cipher
