"""Passwords and authenticators: argon2id by argon2-cffi, TOTP by pyotp. The clock is an argument."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.invites import LENGTH, LETTERS, code_from
from domain.roles import Refused

CHARACTERS = range(12, 129)
DIFFERENT = 6
"""Characters that a password has at least."""
STEP_SECONDS = 30
AROUND = (0, -1, 1)
"""Steps of an authenticator whose clock is a little off."""
ISSUER = "Yima"

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""The least that OWASP asks for: 19 MiB for some 30 ms, so that signing in takes no memory from the webhook."""
_NOBODY = _HASHER.hash("nobody has this password")


def checked(staff: str, password: str) -> str:
    """The password, if it is one. Raises Refused: `password_length`, `password_simple`."""
    if len(password) not in CHARACTERS:
        raise Refused("password_length")
    plain = password.lower()
    if len(set(plain)) < DIFFERENT or staff in plain or plain in "0123456789012345678901234567890":
        raise Refused("password_simple")
    return password


def hashed(password: str) -> str:
    return _HASHER.hash(password)


def fits(password: str, known: str) -> bool:
    """Whether it is the password; with `known` empty it takes as long and is not."""
    try:
        return _HASHER.verify(known or _NOBODY, password) and bool(known)
    except (VerificationError, InvalidHashError):
        return False


def new_code() -> str:
    """A code that somebody types once: for binding an account, for setting a password."""
    return code_from([secrets.randbelow(len(LETTERS)) for _ in range(LENGTH)])


def new_secret() -> str:
    """For a new authenticator, base32."""
    return pyotp.random_base32()


def address_of(staff: str, secret: str) -> str:
    """What the QR holds that an authenticator scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff, issuer_name=ISSUER)


def step_of(code: str, secret: str, after: int, now: datetime) -> int | None:
    """The step that the six digits are of, later than `after`; None for wrong ones and for those used before."""
    digits = "".join(each for each in code if each.isdigit())
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    found = [present + n for n in AROUND if hmac.compare_digest(totp.generate_otp(present + n), digits)]
    return next((step for step in found if step > after), None)
