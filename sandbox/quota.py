"""How often each path was called in a day, and how often that was wiped in a month."""

from __future__ import annotations

from datetime import datetime

from sandbox.config import Limits
from sandbox.database import Database
from sandbox.errors import ApiError

_CLEARS = "clear_quota"


class Quota:
    """Counts by path; days and months are those of Shanghai."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database, self._limits = database, limits

    def count(self, path: str, today: datetime) -> None:
        """Count one call. Raises ApiError 45009 when the day's number is used up; refused calls are not counted."""
        if self._add(path, _day(today)) > self._limits.daily.get(path, 1 << 62):
            self._database.rows("update used set calls = calls - 1 where path = ? and period = ?", (path, _day(today)))
            raise ApiError(45009)

    def look(self, path: str, today: datetime) -> dict[str, int]:
        """{"daily_limit", "used", "remain"}. Raises ApiError 40066 for a path without a limit."""
        if path not in self._limits.daily:
            raise ApiError(40066)
        row = self._database.row("select calls from used where path = ? and period = ?", (path, _day(today)))
        used, limit = (row["calls"] if row else 0), int(self._limits.daily[path])
        return {"daily_limit": limit, "used": used, "remain": max(0, limit - used)}

    def clear(self, today: datetime) -> None:
        """Start the day anew. Raises ApiError 48006 after so many in a month."""
        if self._add(_CLEARS, today.strftime("%Y-%m")) > self._limits.clears_per_month:
            raise ApiError(48006)
        self._database.rows("delete from used where period = ?", (_day(today),))

    def _add(self, path: str, period: str) -> int:
        row = self._database.row(
            "insert into used values (?, ?, 1) on conflict do update set calls = calls + 1 returning calls",
            (path, period),
        )
        return int(row["calls"]) if row else 0


def _day(today: datetime) -> str:
    return today.strftime("%Y-%m-%d")
