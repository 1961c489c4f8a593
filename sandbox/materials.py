"""Permanent material: media that do not expire, with their titles."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from sandbox.database import Database
from sandbox.errors import ApiError
from sandbox.media import Medium


@dataclass(frozen=True, slots=True)
class Material:
    """A medium that is kept for ever; a video has a title and an introduction."""

    medium: Medium
    title: str
    introduction: str


class Materials:
    """The permanent ones among the media."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, medium: Medium, title: str, introduction: str) -> None:
        """Keep a medium for ever."""
        self._database.rows(
            "insert into material values (?, ?, ?, ?)", (medium.id, title, introduction, medium.created)
        )

    def remove(self, material: Material) -> None:
        """Keep it no longer; it is gone for the account, not from the phones that saw it."""
        with self._database.together():
            self._database.rows("delete from material where id = ?", (material.medium.id,))
            self._database.rows("update media set created = 0 where id = ?", (material.medium.id,))

    def find(self, media_id: str) -> Material:
        """A material by its id. Raises ApiError 41006, 40007."""
        if not media_id:
            raise ApiError(41006)
        row = self._database.row(
            "select * from material join media on media.id = material.id where media.id = ?", (media_id,)
        )
        if row is None:
            raise ApiError(40007)
        return _material(row)

    def count(self, type_: str) -> int:
        """How many there are of a type."""
        row = self._database.row(
            "select count(*) as n from material join media on media.id = material.id where type = ?", (type_,)
        )
        return int(row["n"]) if row else 0

    def page(self, type_: str, offset: int, most: int) -> list[Material]:
        """Those of a type, newest first."""
        rows = self._database.rows(
            "select * from material join media on media.id = material.id where type = ? "
            "order by updated desc, material.rowid desc limit ? offset ?",
            (type_, most, offset),
        )
        return [_material(row) for row in rows]


def _material(row: sqlite3.Row) -> Material:
    medium = Medium(row["id"], row["type"], row["created"], row["filename"], row["mime"], True)
    return Material(medium, row["title"], row["introduction"])
