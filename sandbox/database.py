"""The one SQLite file in which the sandbox's state survives a restart."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

_SCHEMA = """
create table if not exists note (name text primary key, value text not null);
create table if not exists phone (
    id text primary key, name text not null, number text not null, openid text not null unique,
    following integer not null, since real, scene text not null, touched real not null);
create table if not exists blocked (phone text primary key);
create index if not exists phone_of_number on phone (number);
create table if not exists line (
    n integer primary key autoincrement, phone text not null, sender text not null, type text not null,
    at real not null, via text not null, body text not null);
create index if not exists line_of_phone on line (phone, n);
create table if not exists credit (
    openid text not null, bucket text not null, credits integer not null, until real not null,
    primary key (openid, bucket));
create table if not exists token (
    value text primary key, family text not null, issued real not null, expires real not null, dies real);
create table if not exists media (
    id text primary key, type text not null, created real not null, filename text not null, mime text not null);
create table if not exists qr (
    ticket text primary key, code text not null unique, scene text not null, numeric integer not null, expires real);
create table if not exists used (path text not null, period text not null, calls integer not null,
    primary key (path, period));
create table if not exists sms (
    n integer primary key autoincrement, at real not null, number text not null, text text not null, key text unique);
create table if not exists identity (number text primary key, result text not null);
"""


class Database:
    """A serialised connection: many threads may call, one at a time gets through.

    Writes survive the death of the process; the last ones may be missing after a power cut, which is fine here.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._connection = sqlite3.connect(folder / "sandbox.sqlite3", check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.executescript(_SCHEMA)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """All rows of one statement, reading or writing."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        """The first row, or none."""
        found = self.rows(sql, values)
        return found[0] if found else None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Statements inside happen all or not at all, and nobody else's between them. Does not nest."""
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def note(self, name: str, default: Any) -> Any:
        """A small JSON value kept under a name."""
        row = self.row("select value from note where name = ?", (name,))
        return json.loads(row["value"]) if row else default

    def keep(self, name: str, value: Any) -> None:
        """Keep a small JSON value under a name."""
        self.rows("insert or replace into note values (?, ?)", (name, json.dumps(value, ensure_ascii=False)))

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()
