"""The sandbox's own time: the machine's plus an offset that only grows, until it is reset."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from threading import Condition
from typing import Any

from sandbox.database import Database

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_NOTIFIED_WITHIN = 2.0
_SETTLING = 0.05
"""Time for a process that has just been told to put its own clock right."""


class ClockError(Exception):
    """The clock cannot be set so."""


class Clock:
    """Now, and who waits for it to jump. All instants are epoch seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        kept = database.note("clock", {"offset": 0.0, "version": 1})
        self._offset: float = kept["offset"]
        self._version: int = kept["version"]
        self._changed = Condition()
        self._pollers: set[object] = set()

    def now(self) -> float:
        """The sandbox's present instant."""
        return time.time() + self._offset

    def today(self) -> datetime:
        """The sandbox's present in Shanghai."""
        return datetime.fromtimestamp(self.now(), SHANGHAI)

    def reading(self) -> dict[str, Any]:
        """{"now": seconds, "offset": seconds ahead of the machine, "version": grows with each jump}."""
        return {"now": self.now(), "offset": self._offset, "version": self._version}

    @contextmanager
    def polling(self, after: int | None, wait: float) -> Iterator[dict[str, Any]]:
        """Wait until the version is another than `after`; leave the block when the reader has been told."""
        ticket = object()
        with self._changed:
            self._pollers.add(ticket)
            self._changed.wait_for(lambda: after is None or self._version != after, wait)
        try:
            yield self.reading()
        finally:
            with self._changed:
                self._pollers.discard(ticket)
                self._changed.notify_all()

    def advance(self, seconds: float) -> None:
        """Jump forward. Returns when everybody who was waiting has been told."""
        if not 0 <= seconds < 10 * 366 * 86400:
            raise ClockError("the clock goes forward only, by at most ten years at once")
        self._set(self._offset + seconds)

    def to(self, instant: datetime) -> None:
        """Jump to an instant that is not in the past."""
        if instant.tzinfo is None:
            raise ClockError("an instant needs an offset, e.g. 2020-03-02T08:00:00+08:00")
        self.advance(instant.timestamp() - self.now())

    def reset(self) -> None:
        """Back to the machine's time."""
        self._set(0.0)

    def _set(self, offset: float) -> None:
        with self._changed:
            self._offset, self._version = offset, self._version + 1
            self._database.keep("clock", {"offset": self._offset, "version": self._version})
            waiting = set(self._pollers)
            self._changed.notify_all()
            self._changed.wait_for(lambda: not waiting & self._pollers, _NOTIFIED_WITHIN)
        time.sleep(_SETTLING)
