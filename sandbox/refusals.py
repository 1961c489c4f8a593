"""The refused calls by their rid, for a week."""

from __future__ import annotations

import re
from typing import Any

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError

_RID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")
_TRIM_EVERY = 1000


class Refusals:
    """What was asked and answered when the platform refused."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database, self._limits = database, limits
        self._added = 0

    def add(
        self, rid: str, now: float, path: str, query: str, request: str, answer: str, address: str, seconds: float
    ) -> None:
        """Keep one refused call."""
        self._database.rows(
            "insert or ignore into refusal values (?, ?, ?, ?, ?, ?, ?, ?)",
            (rid, now, path, query, request, answer, address, int(seconds * 1000)),
        )
        self._added += 1
        if self._added % _TRIM_EVERY == 0:
            self._database.rows("delete from refusal where at < ?", (now - self._limits.rid_life,))

    def find(self, rid: str, now: float) -> dict[str, Any]:
        """The call as openapi/rid/get tells it. Raises ApiError 76001, 76002."""
        if not _RID.fullmatch(rid):
            raise ApiError(76002)
        row = self._database.row("select * from refusal where rid = ?", (rid,))
        if row is None or now - row["at"] > self._limits.rid_life:
            raise ApiError(76001)
        return {
            "invoke_time": int(row["at"]),
            "cost_in_ms": row["milliseconds"],
            "request_url": f"{row['path']}?{row['query']}" if row["query"] else row["path"],
            "request_body": row["request"],
            "response_body": row["answer"],
            "client_ip": row["address"],
        }
