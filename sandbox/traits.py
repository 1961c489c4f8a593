"""What is unusual about a person, as the account's platform knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.database import Database


@dataclass(frozen=True, slots=True)
class Trait:
    """`broken`: notices fail on their way. `snapshot`: pages are only previewed, by an identity made for it.

    `blacklisted`: on the account's blacklist. `remark`: the account's name for the person.
    """

    broken: bool = False
    snapshot: bool = False
    blacklisted: bool = False
    remark: str = ""


_USUAL = Trait()


class Traits:
    """The traits of everybody; most have none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, openid: str) -> Trait:
        """The traits of a person."""
        row = self._database.row("select * from trait where openid = ?", (openid,))
        if row is None:
            return _USUAL
        return Trait(bool(row["broken"]), bool(row["snapshot"]), bool(row["blacklisted"]), row["remark"])

    def break_(self, openid: str, broken: bool) -> None:
        """Let notices fail on their way, or arrive again."""
        self._set(openid, "update trait set broken = ? where openid = ?", int(broken))

    def preview(self, openid: str, snapshot: bool) -> None:
        """Let pages be only previewed, or opened again."""
        self._set(openid, "update trait set snapshot = ? where openid = ?", int(snapshot))

    def blacklist(self, openid: str, blacklisted: bool) -> None:
        """Put a person on the account's blacklist, or take them off."""
        self._set(openid, "update trait set blacklisted = ? where openid = ?", int(blacklisted))

    def name(self, openid: str, remark: str) -> None:
        """Set the account's name for a person."""
        self._set(openid, "update trait set remark = ? where openid = ?", remark)

    def blacklisted(self, after: str, most: int) -> tuple[int, Sequence[str]]:
        """How many are on the blacklist, and those behind `after` in order."""
        total = self._database.row("select count(*) as n from trait where blacklisted = 1")
        rows = self._database.rows(
            "select openid from trait where blacklisted = 1 and openid > ? order by openid limit ?", (after, most)
        )
        return int(total["n"]) if total else 0, [row["openid"] for row in rows]

    def _set(self, openid: str, sql: str, value: object) -> None:
        with self._database.together():
            self._database.rows("insert or ignore into trait (openid) values (?)", (openid,))
            self._database.rows(sql, (value, openid))
