"""Access tokens: two families that know nothing of each other."""

from __future__ import annotations

import secrets
import sqlite3

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError

_PLAIN, _STABLE = "token", "stable"


class Tokens:
    """Issues and checks tokens. `now` is the sandbox's instant; `day` names the day for the quota of forced ones."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database, self._limits = database, limits

    def fresh(self, now: float) -> tuple[str, int]:
        """A new token of /token, with its life in seconds; only the one before it lives on, for the overlap."""
        with self._database.together():
            last = self._latest(_PLAIN)
            self._database.rows(
                "update token set dies = ? where family = ? and dies is null",
                (now + self._limits.token_overlap, _PLAIN),
            )
            if last is not None:
                self._database.rows(
                    "update token set dies = ? where family = ? and value != ? and dies > ?",
                    (now, _PLAIN, last["value"], now),
                )
            return self._issue(_PLAIN, now)

    def stable(self, now: float, day: str, force: bool) -> tuple[str, int]:
        """The stable token and what is left of its life. Raises ApiError 45009 or 45011 when forced too often."""
        with self._database.together():
            last = self._latest(_STABLE)
            if force:
                self._count_force(now, day)
                self._database.rows("update token set dies = ? where family = ? and dies is null", (now, _STABLE))
            elif last is not None and last["dies"] is None:
                left = last["expires"] - now
                if left > self._limits.stable_renew_before:
                    return str(last["value"]), int(left)
            return self._issue(_STABLE, now)

    def check(self, value: str | None, now: float) -> None:
        """Raises ApiError 41001, 40014, 40001 or 42001 for a token that opens nothing."""
        if not value:
            raise ApiError(41001)
        row = self._database.row("select * from token where value = ?", (value,))
        if row is None:
            raise ApiError(40014 if len(value) < 20 else 40001)
        if now >= row["expires"]:
            raise ApiError(42001)
        if row["dies"] is not None and now >= row["dies"]:
            raise ApiError(40001)

    def _latest(self, family: str) -> sqlite3.Row | None:
        return self._database.row("select * from token where family = ? order by rowid desc limit 1", (family,))

    def _issue(self, family: str, now: float) -> tuple[str, int]:
        value = f"85_{secrets.token_urlsafe(100)}"
        self._database.rows(
            "insert into token values (?, ?, ?, ?, null)", (value, family, now, now + self._limits.token_life)
        )
        self._database.rows("delete from token where expires < ?", (now - 7 * 86400,))
        return value, self._limits.token_life

    def _count_force(self, now: float, day: str) -> None:
        forced = self._database.note("forced", {"day": "", "times": 0, "last": 0.0})
        times = forced["times"] if forced["day"] == day else 0
        if times >= self._limits.force_per_day:
            raise ApiError(45009)
        if 0 <= now - forced["last"] < self._limits.force_interval:
            raise ApiError(45011)
        self._database.keep("forced", {"day": day, "times": times + 1, "last": now})
