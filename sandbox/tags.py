"""Tags of the account and who carries them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError

SYSTEM = {0: "未分组", 1: "黑名单", 2: "星标组"}
"""Ids that the account may not touch."""
_FIRST = 100


class Tags:
    """The tags. Ids begin at 100."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database, self._limits = database, limits

    def create(self, name: object) -> dict[str, Any]:
        """A new tag: {"id", "name"}. Raises ApiError 45056, 45157, 45158."""
        wanted = self._name(name)
        if len(self.all()) >= self._limits.tags:
            raise ApiError(45056)
        row = self._database.row(
            "insert into tag (id, name) values (max(?, (select coalesce(max(id), 0) + 1 from tag)), ?) returning id",
            (_FIRST, wanted),
        )
        return {"id": row["id"] if row else 0, "name": wanted}

    def rename(self, id_: object, name: object) -> None:
        """Give a tag another name. Raises ApiError 45058, 45157, 45158, 45159."""
        tag = self.known(id_)
        self._database.rows("update tag set name = ? where id = ?", (self._name(name, tag), tag))

    def delete(self, id_: object) -> None:
        """Take a tag away. Raises ApiError 45057, 45058, 45159."""
        tag = self.known(id_)
        if self.size(tag) > self._limits.tag_undeletable:
            raise ApiError(45057)
        with self._database.together():
            self._database.rows("delete from tagged where tag = ?", (tag,))
            self._database.rows("delete from tag where id = ?", (tag,))

    def all(self) -> list[dict[str, Any]]:
        """[{"id", "name", "count"}], oldest first."""
        rows = self._database.rows(
            "select id, name, (select count(*) from tagged where tag = id) as count from tag order by id"
        )
        return [dict(row) for row in rows]

    def size(self, tag: int) -> int:
        """How many people carry a tag."""
        row = self._database.row("select count(*) as n from tagged where tag = ?", (tag,))
        return int(row["n"]) if row else 0

    def put_on(self, id_: object, openids: Sequence[str]) -> None:
        """Tag people. Raises ApiError 45058, 45059 (then nobody was tagged), 45159."""
        tag = self.known(id_)
        with self._database.together():
            for openid in openids:
                if len({*self.of(openid), tag}) > self._limits.tags_of_person:
                    raise ApiError(45059)
                self._database.rows("insert or ignore into tagged values (?, ?)", (tag, openid))

    def take_off(self, id_: object, openids: Sequence[str]) -> None:
        """Untag people. Raises ApiError 45058, 45159."""
        tag = self.known(id_)
        self._database.many("delete from tagged where tag = ? and openid = ?", ((tag, openid) for openid in openids))

    def of(self, openid: str) -> list[int]:
        """The tags that a person carries."""
        return [row["tag"] for row in self._database.rows("select tag from tagged where openid = ?", (openid,))]

    def people(self, tag: int, after: str, most: int) -> list[str]:
        """Openids with a tag, in order, those behind `after`."""
        rows = self._database.rows(
            "select openid from tagged where tag = ? and openid > ? order by openid limit ?", (tag, after, most)
        )
        return [row["openid"] for row in rows]

    def known(self, id_: object) -> int:
        """The id of a tag that exists. Raises ApiError 45058 for one of the platform's own, 45159."""
        if isinstance(id_, str) and id_.isascii() and id_.isdigit():
            id_ = int(id_)
        if isinstance(id_, bool) or not isinstance(id_, int):
            raise ApiError(45159)
        if id_ in SYSTEM:
            raise ApiError(45058)
        if self._database.row("select 1 from tag where id = ?", (id_,)) is None:
            raise ApiError(45159)
        return id_

    def _name(self, name: object, tag: int = 0) -> str:
        if not isinstance(name, str) or not name.strip():
            raise ApiError(45157)
        if len(name.encode()) > self._limits.tag_name:
            raise ApiError(45158)
        if self._database.row("select 1 from tag where name = ? and id != ?", (name, tag)):
            raise ApiError(45157)
        return name
