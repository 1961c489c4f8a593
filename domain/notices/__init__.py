"""The notices, oldest first. Append-only: law is dated, and an old verdict can be computed again."""

from __future__ import annotations

from datetime import date

from domain.notice import Notice
from domain.notices import n2020_03_02

NOTICES: tuple[Notice, ...] = (n2020_03_02.NOTICE,)


def in_force(day: date) -> Notice:
    """The latest notice in force on `day`; before the first one, the first."""
    notice = NOTICES[0]
    for later in NOTICES[1:]:
        if later.effective > day:
            break
        notice = later
    return notice
