"""Tickets of pages that wait for a scan: what a QR of the console stands for, for two minutes.

The QR says the code, which whoever sees the page may read; the page alone has the secret, and with it alone a session
is collected, once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from redis import Redis

from domain.roles import Refused
from store.codec import dumps, loads
from store.keys import TICKET_WAITS_SECONDS, Keys
from store.sealing import Vault

LIVES = timedelta(seconds=120)
CODE_BYTES, SECRET_BYTES = 15, 24

_SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A page that waits. `url` is what its QR holds; `staff` and `account` who scanned it."""

    secret: str
    made: datetime
    url: str
    address: str
    browser: str
    staff: str = ""
    account: str = ""

    def is_over(self, now: datetime) -> bool:
        return now >= self.made + LIVES


class ConsoleTickets:
    """The repository."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._swap = redis.register_script(_SWAP)

    @staticmethod
    def new_code() -> str:
        """What the scene of a new QR says."""
        return secrets.token_urlsafe(CODE_BYTES)

    def put(self, code: str, url: str, address: str, browser: str, now: datetime) -> str:
        """The secret of the page."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        made = Ticket(_hashed(secret), now, url, address, browser)
        self._redis.set(self._keys.console_ticket(code), self._seal(code, made), ex=TICKET_WAITS_SECONDS)
        return secret

    def read(self, code: str, secret: str, now: datetime) -> Ticket | None:
        """The ticket of a page, while it lives."""
        raw = cast("bytes | None", self._redis.get(self._keys.console_ticket(code)))
        ticket = self._load(code, raw) if raw else None
        if ticket is None or ticket.is_over(now) or not hmac.compare_digest(ticket.secret, _hashed(secret)):
            return None
        return ticket

    def approve(self, code: str, staff: str, account: str, now: datetime) -> Ticket:
        """Whoever scanned it is let in there; the same again changes nothing. Raises Refused: `sign_in_over`,
        `sign_in_taken` by somebody else."""
        key = self._keys.console_ticket(code)
        while True:
            raw = cast("bytes | None", self._redis.get(key))
            ticket = self._load(code, raw) if raw else None
            if raw is None or ticket is None or ticket.is_over(now):
                raise Refused("sign_in_over")
            if ticket.staff:
                if ticket.account != account:
                    raise Refused("sign_in_taken")
                return ticket
            after = replace(ticket, staff=staff, account=account)
            if self._swap(keys=[key], args=[raw, self._seal(code, after), TICKET_WAITS_SECONDS]):
                return after

    def collect(self, code: str, secret: str, now: datetime) -> Ticket | None:
        """The approved ticket, and it is gone; None while nobody has scanned it."""
        ticket = self.read(code, secret, now)
        if ticket is None or not ticket.staff:
            return None
        return ticket if self._redis.delete(self._keys.console_ticket(code)) else None

    def _seal(self, code: str, ticket: Ticket) -> bytes:
        return self._vault.seal(_belongs_to(code), dumps(Ticket, ticket))

    def _load(self, code: str, raw: bytes) -> Ticket:
        ticket: Ticket = loads(Ticket, self._vault.open(_belongs_to(code), raw))
        return ticket


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _belongs_to(code: str) -> bytes:
    return b"console ticket:" + code.encode()
