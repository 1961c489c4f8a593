"""Events with the results of notices and mass messages: pushed in the background, and after a restart if need be."""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock, Thread

from sandbox import pushes
from sandbox.clock import Clock
from sandbox.config import Account, Limits
from sandbox.database import Database
from sandbox.delivery import Delivery
from sandbox.pushes import Fields, Push, Sender

_REST = 0.5
_AGAIN = 5.0
"""Seconds until an event is tried again that could not even be sent."""
_LOG = logging.getLogger(__name__)


class Results:
    """The events that are due. An event leaves the database when its push has ended, answered or not."""

    def __init__(self, database: Database, account: Account, limits: Limits, clock: Clock, delivery: Delivery) -> None:
        self._database, self._account, self._limits = database, account, limits
        self._clock, self._delivery = clock, delivery
        self._wake, self._closing, self._lock = Event(), Event(), Lock()
        self._running: set[int] = set()
        self._pool = ThreadPoolExecutor(max(1, int(limits.result_pushers)), "result")
        self._thread = Thread(target=self._work, daemon=True, name="results")

    def start(self) -> None:
        """Push what is waiting, and from now on what is added."""
        self._thread.start()

    def add(self, openid: str, name: str, fields: Fields) -> None:
        """Push the event `name` about a person in a moment; the caller does not wait for it."""
        due = time.time() + self._limits.result_pause
        self._database.rows(
            "insert into result (due, openid, name, created, fields) values (?, ?, ?, ?, ?)",
            (due, openid, name, int(self._clock.now()), json.dumps(fields, ensure_ascii=False)),
        )
        self._wake.set()

    def waiting(self) -> int:
        """How many events have not been pushed to the end."""
        row = self._database.row("select count(*) as n from result")
        return int(row["n"]) if row else 0

    def close(self) -> None:
        """Begin nothing more; what is on its way ends by its own limit, and is pushed again by the next start."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            due, soonest = self._due()
            for row in due:
                self._begin(row)
            self._wake.wait(min(_REST, max(0.005, soonest - time.time())))

    def _due(self) -> tuple[list[sqlite3.Row], float]:
        """Those to begin now, no more than are pushed at once, and the instant of the next look."""
        now = time.time()
        with self._lock:
            running = set(self._running)
        free = max(1, int(self._limits.result_pushers)) * 2 - len(running)
        rows = self._database.rows("select * from result order by due, n limit ?", (len(running) + max(free, 0) + 1,))
        fresh = [row for row in rows if row["n"] not in running]
        due = [row for row in fresh if row["due"] <= now][: max(free, 0)]
        later = [row["due"] for row in fresh if row["due"] > now]
        return due, min(later, default=now + _REST)

    def _begin(self, row: sqlite3.Row) -> None:
        with self._lock:
            self._running.add(row["n"])
        self._pool.submit(self._push, row).add_done_callback(self._ended)

    def _push(self, row: sqlite3.Row) -> None:
        sender = Sender(row["openid"], self._account.original_id, row["created"])
        try:
            self._delivery.deliver(_event(sender, row))
            self._database.rows("delete from result where n = ?", (row["n"],))
        except Exception:
            self._database.rows("update result set due = ? where n = ?", (time.time() + _AGAIN, row["n"]))
            raise
        finally:
            with self._lock:
                self._running.discard(row["n"])
            self._wake.set()

    def _ended(self, future: Future[None]) -> None:
        error = None if future.cancelled() else future.exception()
        if error is not None and not self._closing.is_set():
            _LOG.error("a result was not pushed", exc_info=error)


def _event(sender: Sender, row: sqlite3.Row) -> Push:
    return pushes.event(sender, row["name"], json.loads(row["fields"]))
