"""Templates of notices: those of template messages, and those of subscription notices, one-time and long-term."""

from __future__ import annotations

import base64
import hashlib
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError
from sandbox.values import fits

_FIELD = re.compile(r"(?:([^\n{}]*?)[：:]\s*)?\{\{(\w+)\.DATA\}\}")
_ID = re.compile(r"[\w-]{43}|[\w-]{32}", re.ASCII)
_ID_LENGTHS = (43, 32)
_DROPPED = ("first", "remark")
"""Keys of the old templates; they need not be given, and are not shown any more."""


class Kind(StrEnum):
    """What a template is for."""

    TEMPLATE = "template"
    ONCE = "one-time"
    LONG_TERM = "long-term"


class BadTemplate(Exception):
    """A template that cannot be; the text says why."""


@dataclass(frozen=True, slots=True)
class Template:
    """One template of the account. `content` has lines such as `申报时间：{{time2.DATA}}`."""

    id: str
    kind: Kind
    title: str
    content: str
    example: str

    @property
    def fields(self) -> list[tuple[str, str]]:
        """(label, key) of each line."""
        return [(label.strip(), key) for label, key in _FIELD.findall(self.content)]

    def document(self) -> dict[str, str]:
        """As the sandbox's API tells it."""
        stated = {"template_id": self.id, "kind": self.kind, "title": self.title}
        return {**stated, "content": self.content, "example": self.example}


def template(stated: object) -> Template:
    """A template from `{title, content, kind?, example?, template_id?}`; its id follows from its text if none is given.

    Raises BadTemplate.
    """
    if not isinstance(stated, dict) or not all(isinstance(value, str) for value in stated.values()):
        raise BadTemplate("a template is an object of texts")
    if unknown := stated.keys() - {"title", "content", "kind", "example", "template_id"}:
        raise BadTemplate(f"unknown: {', '.join(sorted(unknown))}")
    title, content, kind = stated.get("title", ""), stated.get("content", ""), stated.get("kind", Kind.TEMPLATE)
    if not title or not _FIELD.search(content):
        raise BadTemplate("a template has a title, and content with at least one {{key.DATA}}")
    if kind not in list(Kind):
        raise BadTemplate(f"kind: one of {', '.join(Kind)}")
    id_ = stated.get("template_id") or identity(kind, title, content)
    if not _ID.fullmatch(id_):
        raise BadTemplate("template_id: 43 (or 32) letters, digits, _ and -")
    return Template(id_, Kind(kind), title, content, stated.get("example", ""))


def identity(*texts: str) -> str:
    """43 characters that depend on the texts only."""
    return base64.urlsafe_b64encode(hashlib.sha256("\n".join(texts).encode()).digest()).decode().rstrip("=")


class Templates:
    """The account's templates. Those of the configuration are there from the first start with it."""

    def __init__(self, database: Database, limits: Limits, configured: Iterable[Template]) -> None:
        self._database, self._limits = database, limits
        seeded = set(database.note("templates", []))
        for one in configured:
            if one.id not in seeded:
                self.put(one, 0.0)
        database.keep("templates", sorted(seeded | {one.id for one in configured}))

    def put(self, one: Template, now: float) -> None:
        """Add a template, or replace the one with its id."""
        self._database.rows(
            "insert or replace into template values (?, ?, ?, ?, ?, ?)",
            (one.id, one.kind, one.title, one.content, one.example, now),
        )

    def add(self, one: Template, now: float, full: int) -> None:
        """Add a template as the API does. Raises ApiError `full` when there are as many as allowed."""
        row = self._database.row("select count(*) as n from template where kind = 'template'")
        others = self._database.row("select count(*) as n from template where kind != 'template'")
        there = row if one.kind is Kind.TEMPLATE else others
        if there is not None and there["n"] >= self._limits.templates_kept:
            raise ApiError(full)
        self.put(one, now)

    def remove(self, id_: str, *kinds: Kind) -> None:
        """Remove a template of one of the kinds. Raises ApiError 40036, 40037."""
        self.find(id_, *kinds)
        self._database.rows("delete from template where id = ?", (id_,))

    def find(self, id_: str, *kinds: Kind) -> Template:
        """The template, if it is of one of the kinds. Raises ApiError 40036, 40037."""
        if len(id_) not in _ID_LENGTHS:
            raise ApiError(40036)
        row = self._database.row("select * from template where id = ?", (id_,))
        if row is None or row["kind"] not in kinds:
            raise ApiError(40037)
        return _template(row)

    def all(self, *kinds: Kind) -> list[Template]:
        """The templates of these kinds, or all of them, oldest first."""
        rows = self._database.rows("select * from template order by created, rowid")
        return [_template(row) for row in rows if not kinds or row["kind"] in kinds]

    def filled(self, one: Template, data: Mapping[str, Any]) -> dict[str, Any]:
        """The notice as a phone shows it: {"title", "content": its lines filled in}. Raises ApiError 47003."""
        lines = []
        for label, key in one.fields:
            value = _value(data.get(key))
            if key in _DROPPED:
                continue
            if not value.strip():
                raise ApiError(47003, f"argument invalid! data.{key}.value is emtpy")
            if not fits(key, value, self._limits):
                raise ApiError(47003, f"argument invalid! data.{key}.value invalid")
            lines.append(f"{label}：{value}" if label else value)
        return {"title": one.title, "content": "\n".join(lines)}


def _value(stated: object) -> str:
    value = stated.get("value") if isinstance(stated, dict) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _template(row: sqlite3.Row) -> Template:
    return Template(row["id"], Kind(row["kind"]), row["title"], row["content"], row["example"])
