"""What the page hands out and must know again: the session in a cookie, the link in a chat, the state of a sign-in.

Sessions and links are sealed (AES-SIV), so that they say nothing of the account and cannot be made by anybody else;
nothing is stored. All keys are derived from SECRET_KEY.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LINK_LASTS = timedelta(minutes=10)
STATE_LASTS = timedelta(minutes=10)
LONGEST = 200
"""Characters of anything that is looked at."""

_FORMAT = 1
_NONCE, _EXPIRY, _MAC = 12, 4, 16


class Way(IntEnum):
    """How somebody came in. Append only: the number is inside the session."""

    WECHAT = 1
    """WeChat said whose browser this is."""
    LINK = 2
    """By a link of the chat, which can be passed on."""


LASTS = {Way.WECHAT: timedelta(hours=12), Way.LINK: timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose page it is, and how that is known."""

    openid: str
    way: Way


class Seals:
    """Makes and reads them. `secret_key` has 32 bytes."""

    def __init__(self, secret_key: bytes) -> None:
        self._siv = AESSIV(_derive(secret_key, b"seal", 64))
        self._states = _derive(secret_key, b"state", 32)
        self._ids = _derive(secret_key, b"id", 32)

    def link(self, openid: str, now: datetime) -> str:
        """The `k` of a link for ten minutes; the same all minute long."""
        return self._seal(b"link", b"", openid, now.replace(second=0, microsecond=0) + LINK_LASTS)

    def open_link(self, token: str, now: datetime) -> str | None:
        """The openid; None for a link that is too old or none of ours."""
        opened = self._open(b"link", token, now)
        return None if opened is None else opened.decode()

    def session(self, visitor: Visitor, now: datetime) -> str:
        """The value of the cookie; good for LASTS."""
        return self._seal(b"session", bytes((visitor.way,)), visitor.openid, now + LASTS[visitor.way])

    def open_session(self, token: str, now: datetime) -> Visitor | None:
        """None for a session that is over or none of ours."""
        opened = self._open(b"session", token, now)
        return None if opened is None else Visitor(opened[1:].decode(), Way(opened[0]))

    def state(self, now: datetime) -> str:
        """What goes through WeChat and comes back beside the same in a cookie: letters and digits only."""
        content = os.urandom(_NONCE) + _instant(now + STATE_LASTS)
        return (content + self._signed(content)).hex()

    def is_state(self, text: str, now: datetime) -> bool:
        """Whether we made this within the last ten minutes."""
        try:
            raw = bytes.fromhex(text) if len(text) <= LONGEST else b""
        except ValueError:
            return False
        content = raw[: _NONCE + _EXPIRY]
        made = hmac.compare_digest(raw, content + self._signed(content))
        return made and not _is_over(content[_NONCE:], now)

    def id(self, openid: str, pid: bytes) -> str:
        """What a person is called on the page of this account; nothing to anybody else."""
        return "p" + hmac.digest(self._ids, openid.encode() + b"\0" + pid, "sha256")[:5].hex()

    def _signed(self, content: bytes) -> bytes:
        return hmac.digest(self._states, content, "sha256")[:_MAC]

    def _seal(self, purpose: bytes, head: bytes, openid: str, expires: datetime) -> str:
        sealed = self._siv.encrypt(_instant(expires) + head + openid.encode(), [bytes((_FORMAT,)), purpose])
        return base64.urlsafe_b64encode(bytes((_FORMAT,)) + sealed).decode().rstrip("=")

    def _open(self, purpose: bytes, token: str, now: datetime) -> bytes | None:
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) if len(token) <= LONGEST else b""
            plain = self._siv.decrypt(raw[1:], [raw[:1], purpose])
        except (binascii.Error, ValueError, InvalidTag):
            return None
        return None if _is_over(plain[:_EXPIRY], now) else plain[_EXPIRY:]


def _instant(at: datetime) -> bytes:
    return int(at.timestamp()).to_bytes(_EXPIRY)


def _is_over(instant: bytes, now: datetime) -> bool:
    return now >= datetime.fromtimestamp(int.from_bytes(instant), UTC)


def _derive(key: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"yima/code page/" + purpose).derive(key)
