"""How pushes are written: mode, token and key, which may be changed while the sandbox runs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from sandbox.clock import Clock
from sandbox.config import Account, ConfigError, Mode
from sandbox.crypto import encrypt, sign
from sandbox.database import Database
from sandbox.pushes import Push, cdata

_NOTE = "wire"
_SHAPES = {"token": r"[A-Za-z0-9]{3,32}", "aes_key": r"[A-Za-z0-9+/]{43}", "mode": r"plain|compatible|safe"}
_LONGEST_MIXTURE = 7 * 86400


@dataclass(frozen=True, slots=True)
class Written:
    """One try of a push as it goes over the wire."""

    query: dict[str, str]
    body: bytes


class Wire:
    """The account as the portal's 「基本配置」 has it. A change survives a restart, until the file changes."""

    def __init__(self, account: Account, database: Database, clock: Clock) -> None:
        self._database, self._clock, self._number = database, clock, count()
        self._filed = {name: str(getattr(account, name)) for name in _SHAPES}
        kept = database.note(_NOTE, {})
        changed = kept.get("now", {}) if kept.get("filed") == self._filed else {}
        self._account = _changed(account, changed)
        self._before = _changed(account, kept["before"]) if changed and kept.get("before") else None
        self._mixed_until: float = kept.get("mixed_until", 0.0) if changed else 0.0

    def account(self) -> Account:
        """The account for one try; while keys are mixed, every second one still has the key before."""
        if self._before is not None and self._clock.now() < self._mixed_until and next(self._number) % 2:
            return replace(self._account, aes_key=self._before.aes_key)
        return self._account

    def change(self, stated: Mapping[str, Any]) -> None:
        """Change any of token, aes_key and mode; both keys are in use for `mixed_for` seconds. Raises ConfigError."""
        wrong = [f"{name}: unknown; known are {', '.join(_SHAPES)}, mixed_for" for name in stated if name not in _KNOWN]
        wrong += [
            f"{name}: malformed (expected {shape})"
            for name, shape in _SHAPES.items()
            if name in stated and not (isinstance(stated[name], str) and re.fullmatch(shape, stated[name]))
        ]
        mixed = stated.get("mixed_for", 0)
        if isinstance(mixed, bool) or not isinstance(mixed, int | float) or not 0 <= mixed <= _LONGEST_MIXTURE:
            wrong.append("mixed_for: seconds, at most 7 days")
        if wrong:
            raise ConfigError("\n".join(wrong))
        before = self._account
        self._mixed_until = self._clock.now() + mixed
        self._before, self._account = before, _changed(before, {n: stated[n] for n in _SHAPES if n in stated})
        self._database.keep(_NOTE, {"filed": self._filed, **self.reading(), "before": _told(before)})

    def reading(self) -> dict[str, Any]:
        """{"now": {"token", "aes_key", "mode"}, "mixed_until": epoch seconds}."""
        return {"now": _told(self._account), "mixed_until": self._mixed_until}


_KNOWN = (*_SHAPES, "mixed_for")


def write(account: Account, push: Push, timestamp: int) -> Written:
    """Sign and, in the modes that do, encrypt a push, with a nonce and ciphertext of its own."""
    stamp, nonce = str(timestamp), str(secrets.randbelow(10**10))
    query = {"signature": sign(account.token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "openid": push.openid}
    if account.mode is Mode.PLAIN:
        return Written(query, push.xml.encode())
    sealed = encrypt(account.aes_key, account.app_id, push.xml.encode())
    query |= {"encrypt_type": "aes", "msg_signature": sign(account.token, stamp, nonce, sealed)}
    envelope = f"<Encrypt>{cdata(sealed)}</Encrypt></xml>"
    if account.mode is Mode.COMPATIBLE:
        return Written(query, (push.xml.removesuffix("</xml>") + envelope).encode())
    return Written(query, f"<xml><ToUserName>{cdata(account.original_id)}</ToUserName>{envelope}".encode())


def _changed(account: Account, told: Mapping[str, str]) -> Account:
    told = {**_told(account), **told}
    return replace(account, token=told["token"], aes_key=told["aes_key"], mode=Mode(told["mode"]))


def _told(account: Account) -> dict[str, str]:
    return {name: str(getattr(account, name)) for name in _SHAPES}
