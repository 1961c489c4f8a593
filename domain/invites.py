"""Invites: a code that makes an account one of the staff's, once. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.roles import Refused

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O, U, 0 and 1, which are taken for others."""
LENGTH = 10
"""Characters, 49 bits: typed by hand, and guessed at five an hour."""
LIVES = timedelta(hours=24)
MOST_TRIES = 5
TRIES_WITHIN = timedelta(hours=1)
KEPT = timedelta(days=7)
"""So long an old code is told from one that never was."""


@dataclass(frozen=True, slots=True)
class Invite:
    """What a code is for: somebody's id, until when, made by whom; and which account has used it."""

    staff: str
    until: datetime
    by: str
    used_by: str = ""


def code_from(numbers: Sequence[int]) -> str:
    """The code that `LENGTH` numbers below `len(LETTERS)` make, which the caller draws at random."""
    return "".join(LETTERS[each] for each in numbers)


def read_code(text: str) -> str:
    """The code as it was made, whatever blanks, strokes and small letters it was typed with. Raises Refused."""
    code = re.sub(r"[\s-]", "", text).upper()
    if len(code) != LENGTH or set(code) - set(LETTERS):
        raise Refused("code_unreadable")
    return code


def told_code(code: str) -> str:
    """In two halves, for reading it out."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def used(invite: Invite, account: str, now: datetime) -> Invite:
    """The invite after `account` used it. The same account again is no other use.

    Raises Refused: `code_used` by another account, `code_expired`.
    """
    if invite.used_by not in ("", account):
        raise Refused("code_used")
    if not invite.used_by and now >= invite.until:
        raise Refused("code_expired")
    return replace(invite, used_by=account)
