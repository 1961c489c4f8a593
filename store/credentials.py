"""How members of the staff sign in without WeChat: a password (its argon2id hash) and the secret of their
authenticator, sealed; the browsers they have used; and the code with which all that is set up, or set up anew.

All of one member stand in one hash.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from redis import Redis

from store.codec import dumps, loads
from store.keys import Keys
from store.sealing import Vault

ENROL_LIVES = timedelta(hours=24)
MOST_BROWSERS = 10

_SWAP = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
for i = 5, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
return 1
"""


@dataclass(frozen=True, slots=True)
class Credential:
    """`password` is an argon2id hash, `secret` base32, `counter` the last step of the authenticator that was used."""

    password: str
    secret: str
    counter: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What sets a password: a code (its keyed hash), the secret that goes with it, until when, made by whom."""

    code: str
    secret: str
    until: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Browsers:
    """Tags of the browsers somebody signed in with by password, the last one first."""

    tags: tuple[str, ...] = ()


class Credentials:
    """The repository. `key` keys the hashes of codes."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault, key: bytes) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._key = key
        self._swap = redis.register_script(_SWAP)

    def read(self, staff: str) -> Credential | None:
        """None for somebody who has no password."""
        found: Credential | None = self._load(Credential, staff, b"credential")
        return found

    def used(self, staff: str, credential: Credential, counter: int) -> bool:
        """A step of the authenticator is used now, and never again; False when somebody was faster."""
        name, before = self._keys.credential(staff), self._raw(staff, b"credential")
        if before is None or self.read(staff) != credential:
            return False
        after = self._seal(Credential, staff, b"credential", replace(credential, counter=counter))
        return bool(self._swap(keys=[name], args=[b"credential", before, b"credential", after]))

    # --- setting up ---------------------------------------------------------------------------------------------------

    def offer(self, staff: str, code: str, secret: str, by: str, now: datetime) -> None:
        """From now on this code, and no earlier one, sets a password."""
        made = Enrolment(self._hashed(staff, code), secret, now + ENROL_LIVES, by)
        self._redis.hset(self._keys.credential(staff), "enrolment", self._seal(Enrolment, staff, b"enrolment", made))

    def offered(self, staff: str, code: str, now: datetime) -> Enrolment | None:
        """What the code is good for; None for a wrong one, or one of yesterday."""
        found: Enrolment | None = self._load(Enrolment, staff, b"enrolment")
        if found is None or now >= found.until or not hmac.compare_digest(found.code, self._hashed(staff, code)):
            return None
        return found

    def enrol(self, staff: str, enrolment: Enrolment, credential: Credential) -> bool:
        """Use the code, once: the credential stands, and no browser is known any more."""
        before = self._raw(staff, b"enrolment")
        if before is None or self._load(Enrolment, staff, b"enrolment") != enrolment:
            return False
        made = self._seal(Credential, staff, b"credential", credential)
        args = [b"enrolment", before, b"credential", made, b"enrolment", b"browsers"]
        return bool(self._swap(keys=[self._keys.credential(staff)], args=args))

    def forget(self, staff: str) -> None:
        """No password, no code, no browser."""
        self._redis.delete(self._keys.credential(staff))

    # --- browsers -----------------------------------------------------------------------------------------------------

    def knows(self, staff: str, browser: str) -> bool:
        """Whether somebody has signed in with this browser before."""
        found: Browsers | None = self._load(Browsers, staff, b"browsers")
        return bool(browser) and found is not None and _tag(browser) in found.tags

    def remember(self, staff: str, browser: str) -> None:
        found: Browsers = self._load(Browsers, staff, b"browsers") or Browsers()
        tags = tuple(dict.fromkeys((_tag(browser), *found.tags)))[:MOST_BROWSERS]
        sealed = self._seal(Browsers, staff, b"browsers", Browsers(tags))
        self._redis.hset(self._keys.credential(staff), "browsers", sealed)

    def _raw(self, staff: str, part: bytes) -> bytes | None:
        return cast("bytes | None", self._redis.hget(self._keys.credential(staff), part.decode()))

    def _load(self, kind: Any, staff: str, part: bytes) -> Any:
        raw = self._raw(staff, part)
        return loads(kind, self._vault.open(_belongs_to(staff, part), raw)) if raw else None

    def _seal(self, kind: Any, staff: str, part: bytes, value: object) -> bytes:
        return self._vault.seal(_belongs_to(staff, part), dumps(kind, value))

    def _hashed(self, staff: str, code: str) -> str:
        return hmac.digest(self._key, b"enrolment:" + staff.encode() + b"\0" + code.encode(), "sha256").hex()


def _tag(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()[:32]


def _belongs_to(staff: str, part: bytes) -> bytes:
    return part + b":" + staff.encode()
