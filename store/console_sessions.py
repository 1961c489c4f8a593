"""Sessions of the console. All of one member of the staff stand in one hash, by a hash of the cookie's secret: whoever
reads the store cannot come in with what stands there.

Whether a session still holds is a matter of its fields and of the registry, never of the key's time to live.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from redis import Redis

from domain.scopes import ID
from store.codec import dumps, loads
from store.keys import CONSOLE_SECONDS, Keys
from store.sealing import Unsealable, Vault

IDLE = timedelta(hours=1)
LASTS = timedelta(hours=12)
"""From signing in, however busy: a working day."""
SEEN_APART = timedelta(minutes=1)
"""So often a session that is used is written."""
SECRET_BYTES = 24

_TOUCH = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


class Way(StrEnum):
    """How somebody signed in."""

    SCAN = "scan"
    WECHAT = "wechat"
    """Inside WeChat's own browser."""
    PASSWORD = "password"  # noqa: S105 a word


@dataclass(frozen=True, slots=True)
class Session:
    """One browser of one member of the staff. `account` is what the staff's account was then."""

    staff: str
    way: Way
    account: str
    began: datetime
    seen: datetime
    csrf: str
    address: str = ""
    browser: str = ""
    language: str = "zh"
    tag: str = ""

    def holds(self, now: datetime) -> bool:
        """Whether it is neither over nor forgotten."""
        return now < self.ends()

    def ends(self) -> datetime:
        """When it is over if nothing more is done."""
        return min(self.began + LASTS, self.seen + IDLE)


class ConsoleSessions:
    """The repository. A cookie is `<staff>~<secret>`."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._touch = redis.register_script(_TOUCH)

    def begin(
        self, staff: str, way: Way, account: str, now: datetime, *, address: str = "", browser: str = "", language: str
    ) -> str:
        """The cookie of a new session."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        made = Session(staff, way, account, now, now, secrets.token_urlsafe(SECRET_BYTES), address, browser, language)
        name, session = self._keys.console(staff), replace(made, tag=_tag(secret))
        with self._redis.pipeline(transaction=False) as trip:
            trip.hset(name, session.tag, self._seal(session))
            trip.expire(name, CONSOLE_SECONDS)
            trip.execute()
        return f"{staff}~{secret}"

    def read(self, cookie: str, now: datetime) -> Session | None:
        """None for one that is over, revoked, or none of ours."""
        staff, _, secret = cookie.partition("~")
        known = secret and ID.fullmatch(staff)
        raw = cast("bytes | None", self._redis.hget(self._keys.console(staff), _tag(secret))) if known else None
        session = self._load(staff, raw) if raw else None
        return session if session and session.holds(now) else None

    def change(self, session: Session) -> bool:
        """Write a session as it is now; False for one that was revoked meanwhile, and it stays so."""
        return bool(self._touch(keys=[self._keys.console(session.staff)], args=[session.tag, self._seal(session)]))

    def touched(self, session: Session, now: datetime) -> Session:
        """It is used now: written when that was not noted for a while."""
        if now - session.seen < SEEN_APART:
            return session
        after = replace(session, seen=now)
        self.change(after)
        return after

    def of(self, staff: str, now: datetime) -> list[Session]:
        """Those that hold, the last used first; those that do not are dropped."""
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.console(staff)))
        found = {tag: self._load(staff, raw) for tag, raw in cells.items()}
        over = [tag for tag, each in found.items() if each is None or not each.holds(now)]
        if over:
            self._redis.hdel(self._keys.console(staff), *over)
        good = [each for each in found.values() if each and each.holds(now)]
        return sorted(good, key=lambda each: each.seen, reverse=True)

    def end(self, staff: str, tag: str) -> bool:
        """Revoke one; whether there was such a session."""
        return bool(self._redis.hdel(self._keys.console(staff), tag))

    def end_all(self, staff: str, keep: str = "") -> int:
        """Revoke all but the one of tag `keep`; how many."""
        tags = [
            tag for tag in cast("list[bytes]", self._redis.hkeys(self._keys.console(staff))) if tag != keep.encode()
        ]
        return int(self._redis.hdel(self._keys.console(staff), *tags)) if tags else 0

    def _seal(self, session: Session) -> bytes:
        return self._vault.seal(_belongs_to(session.staff), dumps(Session, session))

    def _load(self, staff: str, raw: bytes) -> Session | None:
        try:
            session: Session = loads(Session, self._vault.open(_belongs_to(staff), raw))
        except (Unsealable, ValueError, TypeError):
            return None
        return session


def _tag(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def _belongs_to(staff: str) -> bytes:
    return b"console:" + staff.encode()
