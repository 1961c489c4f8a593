"""How many text messages one telephone was sent today, whoever asked for them."""

from __future__ import annotations

import base64
import hmac

from redis import Redis

from store.keys import SMS_SECONDS, Keys

MOST_A_DAY = 6

_ALLOW = """
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local sent = redis.call('SCARD', KEYS[1])
if sent >= tonumber(ARGV[2]) then return 0 end
redis.call('SADD', KEYS[1], ARGV[1])
if sent == 0 then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return 1
"""


class SmsLimit:
    """Counts by a keyed tag of the number, never by the number."""

    def __init__(self, redis: Redis, keys: Keys, secret: bytes) -> None:
        self._keys = keys
        self._secret = secret
        self._allow = redis.register_script(_ALLOW)

    def allow(self, phone: str, ref: str) -> bool:
        """Whether the message `ref` may be sent to this telephone; it counts once, however often it is tried."""
        tag = base64.urlsafe_b64encode(hmac.digest(self._secret, phone.encode(), "sha256")[:9]).decode()
        return bool(self._allow(keys=[self._keys.sms(tag)], args=[ref, MOST_A_DAY, SMS_SECONDS]))


def sms_code(secret: bytes, phone: str, nonce: str) -> str:
    """Six digits for this telephone and this asking: derived, so that nothing needs storing."""
    digest = hmac.digest(secret, f"sms\0{phone}\0{nonce}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"
