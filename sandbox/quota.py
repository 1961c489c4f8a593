"""How often each path was called in a day, and how often that was wiped in a month."""

from __future__ import annotations

from datetime import datetime

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError

_CLEARS = "clear_quota"
_PATH_CLEARS = "openapi/quota/clear"


class Quota:
    """Counts by path; days and months are those of Shanghai."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database, self._limits = database, limits

    def count(self, path: str, today: datetime) -> None:
        """Count one call; refused calls are not counted. Raises ApiError 45009 for the day, 45011 for the minute."""
        if path in self._limits.by_minute:
            self._of_minute(path, today)
        self.take(path, _day(today), self._limits.daily.get(path, 1 << 62), 45009)

    def take(self, name: str, period: str, most: float, code: int) -> None:
        """Take one of the `most` uses in a period (a day `2020-03-02`, a month `2020-03`). Raises ApiError `code`."""
        if self._add(name, period) > most:
            self._database.rows("update used set calls = calls - 1 where path = ? and period = ?", (name, period))
            raise ApiError(code)

    def look(self, path: str, today: datetime) -> dict[str, int]:
        """{"daily_limit", "used", "remain"}. Raises ApiError 40066 for a path without a limit."""
        if path not in self._limits.daily:
            raise ApiError(40066)
        row = self._database.row("select calls from used where path = ? and period = ?", (path, _day(today)))
        used, limit = (row["calls"] if row else 0), int(self._limits.daily[path])
        return {"daily_limit": limit, "used": used, "remain": max(0, limit - used)}

    def clear(self, today: datetime) -> None:
        """Start the day anew. Raises ApiError 48006 after so many in a month."""
        self.take(_CLEARS, today.strftime("%Y-%m"), self._limits.clears_per_month, 48006)
        self._database.rows("delete from used where period = ? and path like '/%'", (_day(today),))

    def clear_path(self, path: str, today: datetime) -> None:
        """Start the day of one path anew. Raises ApiError 40066 for a path without a limit, 48006."""
        if path not in self._limits.daily:
            raise ApiError(40066)
        self.take(_PATH_CLEARS, today.strftime("%Y-%m"), self._limits.clears_of_path_per_month, 48006)
        self._database.rows("delete from used where path = ? and period = ?", (path, _day(today)))

    def _of_minute(self, path: str, today: datetime) -> None:
        name, minute = f"minute {path}", today.strftime("%Y-%m-%d %H:%M")
        self._database.rows("delete from used where path = ? and period != ?", (name, minute))
        self.take(name, minute, self._limits.by_minute[path], 45011)

    def _add(self, path: str, period: str) -> int:
        row = self._database.row(
            "insert into used values (?, ?, 1) on conflict do update set calls = calls + 1 returning calls",
            (path, period),
        )
        return int(row["calls"]) if row else 0


def _day(today: datetime) -> str:
    return today.date().isoformat()
