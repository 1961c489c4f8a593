"""Web authorisation: codes, and the tokens they are exchanged for; unrelated to the tokens of the API."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError

SCOPES = ("snsapi_base", "snsapi_userinfo")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a page may do with an access token."""

    openid: str
    scope: str


class Oauth:
    """Issues and checks codes and tokens. `now` in epoch seconds."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database, self._limits = database, limits

    def code(self, openid: str, scope: str, snapshot: bool, now: float) -> str:
        """A code for one exchange; `snapshot`: the page is only previewed, so the person is made for this time."""
        value = f"0{secrets.token_hex(15)}w3"
        known = f"o{secrets.token_urlsafe(24)[:27]}" if snapshot else openid
        self._database.rows("delete from oauth_code where expires < ?", (now - self._limits.oauth_token_life,))
        self._database.rows(
            "insert into oauth_code values (?, ?, ?, ?, ?, 0)",
            (value, known, scope, int(snapshot), now + self._limits.oauth_code_life),
        )
        return value

    def exchange(self, code: str, now: float) -> dict[str, Any]:
        """The tokens for a code. Raises ApiError 41008, 40029, 40163, 42003."""
        if not code:
            raise ApiError(41008)
        with self._database.together():
            row = self._database.row("select * from oauth_code where code = ?", (code,))
            if row is None:
                raise ApiError(40029)
            if row["used"]:
                raise ApiError(40163)
            if now >= row["expires"]:
                raise ApiError(42003)
            self._database.rows("update oauth_code set used = 1 where code = ?", (code,))
            issued = self._issue(row["openid"], row["scope"], secrets.token_urlsafe(64), now)
        return {**issued, **({"is_snapshotuser": 1} if row["snapshot"] else {})}

    def refresh(self, token: str, now: float) -> dict[str, Any]:
        """A new access token for a refresh token, which stays. Raises ApiError 41003, 40030, 42002."""
        if not token:
            raise ApiError(41003)
        row = self._database.row("select * from oauth_token where refresh = ? order by rowid desc", (token,))
        if row is None:
            raise ApiError(40030)
        if now >= row["refresh_expires"]:
            raise ApiError(42002)
        return self._issue(row["openid"], row["scope"], token, now, row["refresh_expires"])

    def check(self, query: Mapping[str, str], now: float) -> Grant:
        """What the access token of a query allows for its openid. Raises ApiError 41001, 41009, 40001, 42001, 40003."""
        if not query.get("access_token"):
            raise ApiError(41001)
        if not query.get("openid"):
            raise ApiError(41009)
        row: sqlite3.Row | None = self._database.row(
            "select * from oauth_token where access = ?", (query["access_token"],)
        )
        if row is None:
            raise ApiError(40001)
        if now >= row["expires"]:
            raise ApiError(42001)
        if row["openid"] != query["openid"]:
            raise ApiError(40003)
        return Grant(row["openid"], row["scope"])

    def _issue(self, openid: str, scope: str, refresh: str, now: float, refresh_ends: float = 0.0) -> dict[str, Any]:
        access, life = f"86_{secrets.token_urlsafe(64)}", self._limits.oauth_token_life
        ends = refresh_ends or now + self._limits.oauth_refresh_life
        self._database.rows("delete from oauth_token where refresh_expires < ?", (now,))
        self._database.rows(
            "insert into oauth_token values (?, ?, ?, ?, ?, ?)", (access, refresh, openid, scope, now + life, ends)
        )
        tokens = {"access_token": access, "expires_in": life, "refresh_token": refresh}
        return {**tokens, "openid": openid, "scope": scope}
