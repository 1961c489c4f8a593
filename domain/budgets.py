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
_PATH = re.compile(r"[a-z][a-z_]*(/[a-z_]+){0,3}")


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


def parse(text: str) -> dict[str, int]:
    """`media/upload=5000,message/custom/send=400000` over GRANTED. Raises ValueError naming the part that is wrong."""
    budgets = dict(GRANTED)
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, number = part.partition("=")
        path = f"/cgi-bin/{name.strip().removeprefix('/cgi-bin/')}"
        if not _PATH.fullmatch(path.removeprefix("/cgi-bin/")) or not re.fullmatch(r"[1-9][0-9]{0,8}", number.strip()):
            raise ValueError(part)
        if path not in GRANTED:
            raise ValueError(f"{part}: {', '.join(known.removeprefix('/cgi-bin/') for known in GRANTED)}")
        budgets[path] = int(number)
    return budgets
