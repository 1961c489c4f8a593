"""What the gates of this system show: per handle the newest version known, and what time alone has made of it since."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS display (handle TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL,
                                    until TEXT, later TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS place (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_PUT = """
INSERT INTO display VALUES (:handle, :version, :state, :until, :later)
ON CONFLICT (handle) DO UPDATE SET version = :version, state = :state, until = :until, later = :later
WHERE excluded.version > version
"""


class Displays:
    """One SQLite file; writes are transactions, so that a cursor is never ahead of what was taken with it."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.executescript(_SCHEMA)

    def take(self, changes: Iterable[Mapping[str, Any]], cursor: str = "") -> None:
        """A page of changes, with the cursor behind it where it came from the feed. Older versions change nothing."""
        rows = [{**each, "later": json.dumps(each["then"])} for each in changes]
        with self._lock, self._db:
            self._db.executemany(_PUT, rows)
            if cursor:
                self._db.execute("INSERT OR REPLACE INTO place VALUES ('cursor', ?)", (cursor,))

    def begin(self, residents: Iterable[Mapping[str, Any]], cursor: str) -> None:
        """A snapshot: whoever is not in it any more is not shown any more."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM display")
        self.take(residents, cursor)

    @property
    def cursor(self) -> str:
        with self._lock:
            row = self._db.execute("SELECT value FROM place WHERE name = 'cursor'").fetchone()
        return str(row[0]) if row else ""

    def is_new(self, id: str, at: int) -> bool:
        """Whether a push of this id was not taken before."""
        with self._lock:
            return self._db.execute("SELECT 1 FROM seen WHERE id = ?", (id,)).fetchone() is None

    def took(self, id: str, at: int) -> None:
        """After it was taken: a push that fails half way comes again and is taken again."""
        with self._lock, self._db:
            self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (id, at))
            self._db.execute("DELETE FROM seen WHERE at < ?", (at - 3600,))

    def shown(self, handle: str, today: str) -> str:
        """What the gate shows on this day (YYYY-MM-DD, in China): the last step that has begun, else the state."""
        with self._lock:
            row = self._db.execute("SELECT state, later FROM display WHERE handle = ?", (handle,)).fetchone()
        if row is None:
            return "unknown"
        begun = [step["state"] for step in json.loads(row[1]) if step["since"] <= today]
        return str(begun[-1] if begun else row[0])
