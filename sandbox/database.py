"""The one SQLite file in which the sandbox's state survives a restart."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Any

_SCHEMA = Path(__file__).with_name("schema.sql")
_COMMIT_AFTER = 0.02
"""Seconds that a write may wait for others before all are committed together."""
_STATEMENTS = 512


class Closed(Exception):
    """The sandbox has ended; what still runs gives up."""


class Database:
    """A serialised connection: many threads may call, one at a time gets through.

    Writes are seen by everybody at once and committed together a moment later. They survive the end of the process,
    but for the last 20 ms if it is killed; the last ones may be missing after a power cut. Both are fine here.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._begun, self._closing = Event(), Event()
        self._connection = sqlite3.connect(
            folder / "sandbox.sqlite3", check_same_thread=False, isolation_level=None, cached_statements=_STATEMENTS
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.executescript(_SCHEMA.read_text("utf-8"))
        self._committer = Thread(target=self._commit_now_and_then, daemon=True, name="commit")
        self._committer.start()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """All rows of one statement, reading or writing. Like everything here, `Closed` after the end."""
        with self._lock:
            self._begin()
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        """The first row, or none."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        """One writing statement for each of the values."""
        with self._lock:
            self._begin()
            self._connection.executemany(sql, values)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Statements inside happen all or not at all, and nobody else's between them. May nest."""
        with self._lock:
            self._begin()
            self._connection.execute("savepoint together")
            try:
                yield
            except BaseException:
                self._connection.execute("rollback to together")
                raise
            finally:
                self._connection.execute("release together")

    def note(self, name: str, default: Any) -> Any:
        """A small JSON value kept under a name."""
        row = self.row("select value from note where name = ?", (name,))
        return json.loads(row["value"]) if row else default

    def keep(self, name: str, value: Any) -> None:
        """Keep a small JSON value under a name."""
        self.rows("insert or replace into note values (?, ?)", (name, json.dumps(value, ensure_ascii=False)))

    def close(self) -> None:
        """Commit, and give the file back."""
        with self._lock:
            self._closing.set()
        self._begun.set()
        self._committer.join()
        with self._lock:
            if self._connection.in_transaction:
                self._connection.execute("commit")
            self._connection.close()

    def _begin(self) -> None:
        if self._closing.is_set():
            raise Closed
        if not self._connection.in_transaction:
            self._connection.execute("begin")
            self._begun.set()

    def _commit_now_and_then(self) -> None:
        while not self._closing.is_set():
            self._begun.wait()
            self._closing.wait(_COMMIT_AFTER)
            with self._lock:
                self._begun.clear()
                if self._connection.in_transaction:
                    self._connection.execute("commit")
