"""How many text messages one telephone was sent today, whoever asked for them."""

from __future__ import annotations

import base64
import hmac

from redis import Redis

from store.keys import SMS_SECONDS, Keys

MOST_A_DAY = 6

_COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return n
"""


class SmsLimit:
    """Counts by a keyed tag of the number, never by the number."""

    def __init__(self, redis: Redis, keys: Keys, secret: bytes) -> None:
        self._keys = keys
        self._secret = secret
        self._count = redis.register_script(_COUNT)

    def allow(self, phone: str) -> bool:
        tag = base64.urlsafe_b64encode(hmac.digest(self._secret, phone.encode(), "sha256")[:9]).decode()
        return int(self._count(keys=[self._keys.sms(tag)], args=[SMS_SECONDS])) <= MOST_A_DAY


def sms_code(secret: bytes, phone: str, nonce: str) -> str:
    """Six digits for this telephone and this asking: derived, so that nothing needs storing."""
    digest = hmac.digest(secret, f"sms\0{phone}\0{nonce}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"
