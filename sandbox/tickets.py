"""Tickets for the pages' JavaScript (JS-SDK), and the check of a signature made with one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError

_TYPES = ("jsapi", "wx_card")
_RENEW_BEFORE = 300
"""Seconds before its end from which on a new ticket is given; the old one is good until its end."""


class Tickets:
    """One ticket a type, the same for everybody who asks until it nears its end."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database, self._limits = database, limits

    def get(self, type_: str, now: float) -> tuple[str, int]:
        """The ticket and what is left of its life in seconds. Raises ApiError 40035."""
        if type_ not in _TYPES:
            raise ApiError(40035)
        with self._database.together():
            kept: list[dict[str, float | str]] = self._database.note(f"ticket {type_}", [])
            alive = [one for one in kept if float(one["until"]) > now]
            if not alive or float(alive[-1]["until"]) - now <= _RENEW_BEFORE:
                alive.append({"value": f"kgt8{secrets.token_urlsafe(62)}", "until": now + self._limits.ticket_life})
                self._database.keep(f"ticket {type_}", alive)
            return str(alive[-1]["value"]), int(float(alive[-1]["until"]) - now)

    def verify(self, stated: Mapping[str, str], now: float) -> bool:
        """Whether `signature` is that of `noncestr`, `timestamp` and `url` with a living ticket."""
        url = stated.get("url", "").partition("#")[0]
        for one in self._database.note("ticket jsapi", []):
            signed = (
                f"jsapi_ticket={one['value']}&noncestr={stated.get('noncestr', '')}"
                f"&timestamp={stated.get('timestamp', '')}&url={url}"
            )
            expected = hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
            if one["until"] > now and hmac.compare_digest(expected.encode(), stated.get("signature", "").encode()):
                return True
        return False
