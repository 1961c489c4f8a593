"""What the platform grants of each call a day, what of it is spent lightly, and what is kept for what matters. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

SOFT, RESERVE = 80, 95
"""Percent of a day's calls: from the first on they are saved and operators are warned; what lies beyond the second is
for what somebody waits for."""
UPLOAD = "/cgi-bin/media/upload"
A_MONTH = 4
"""Mass messages that one person can get in a calendar month, whatever way they were sent."""
MASS = ("/cgi-bin/message/mass/send", "/cgi-bin/message/mass/sendall")

GRANTED: Mapping[str, int] = {
    "/cgi-bin/stable_token": 500_000,
    UPLOAD: 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/message/subscribe/bizsend": 100_000,
    MASS[0]: 100,
    MASS[1]: 100,
    "/cgi-bin/message/mass/preview": 100,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/info/batchget": 5_000_000,
}
"""Calls a day of a new verified service account; they rise with its followers, and WECHAT_BUDGETS says to what."""


class Standing(StrEnum):
    """How a call stands today: plenty, to be saved, only what matters, none."""

    OPEN = "open"
    LOW = "low"
    RESERVED = "reserved"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Usage:
    """One call: made today and this month, granted a day (0: nothing is known), closed by the platform itself."""

    path: str
    today: int
    month: int
    granted: int
    closed: bool = False

    @property
    def left(self) -> int:
        """What can still be made today."""
        return 0 if self.closed else max(0, self.granted - self.today)

    @property
    def standing(self) -> Standing:
        """Where today's number stands between nothing and what is granted."""
        if self.closed or (self.granted and self.today >= self.granted):
            return Standing.CLOSED
        share = self.today * 100
        if self.granted and share >= self.granted * RESERVE:
            return Standing.RESERVED
        return Standing.LOW if self.granted and share >= self.granted * SOFT else Standing.OPEN


def most(granted: int, *, essential: bool) -> int:
    """How many calls of a day somebody may make: all, or those outside the reserve. At least one is reserved."""
    return granted if essential else min(granted * RESERVE // 100, granted - 1)


class BadBudget(ValueError):
    """A part of the setting that cannot be read: which, counted from 1. Never what it says."""

    def __init__(self, number: int) -> None:
        """`number` of the part."""
        super().__init__(f"part {number}")
        self.number = number


def parse(text: str) -> dict[str, int]:
    """`media/upload=5000,message/custom/send=400000` over GRANTED. Raises BadBudget."""
    budgets = dict(GRANTED)
    for number, part in enumerate(filter(None, text.split(",")), 1):
        name, _, calls = (each.strip() for each in part.partition("="))
        path = f"/cgi-bin/{name.removeprefix('/cgi-bin/')}"
        if path not in GRANTED or not re.fullmatch(r"[1-9][0-9]{0,8}", calls):
            raise BadBudget(number)
        budgets[path] = int(calls)
    return budgets
