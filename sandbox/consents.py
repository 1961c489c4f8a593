"""Who agreed to which subscription notice: one consent is one message, or with a long-term template any number."""

from __future__ import annotations

from typing import Any

from sandbox.database import Database
from sandbox.errors import ApiError
from sandbox.notices import Kind, Template


class Consents:
    """The answers people gave in the pop-up."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, openid: str, template: Template) -> None:
        """The person accepted: one more message, or all from now on."""
        for_ever = template.kind is Kind.LONG_TERM
        self._database.rows(
            "insert into consent values (?, ?, ?, ?) "
            "on conflict do update set credits = credits + excluded.credits, for_ever = excluded.for_ever",
            (openid, template.id, 0 if for_ever else 1, int(for_ever)),
        )

    def withdraw(self, openid: str, template_id: str) -> None:
        """The person refused in the settings: nothing is left."""
        self._database.rows("delete from consent where openid = ? and template = ?", (openid, template_id))

    def spend(self, openid: str, template_id: str) -> None:
        """Pay for one message. Raises ApiError 43101."""
        taken = self._database.rows(
            "update consent set credits = max(0, credits - 1) "
            "where openid = ? and template = ? and (for_ever or credits > 0) returning credits",
            (openid, template_id),
        )
        if not taken:
            raise ApiError(43101)

    def look(self, openid: str) -> list[dict[str, Any]]:
        """What is left, for the page: [{"template_id", "credits" (None: any number)}]."""
        rows = self._database.rows("select * from consent where openid = ?", (openid,))
        return [
            {"template_id": row["template"], "credits": None if row["for_ever"] else row["credits"]} for row in rows
        ]
