"""Work that is due in a while, done by a few threads in the order in which it is due."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable
from itertools import count

from sandbox.database import Closed

_WORKERS = 16
_LOG = logging.getLogger(__name__)


class Later:
    """`Later().at(seconds, work)`; the threads begin with the first work and end with the sandbox."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._order, self._changed, self._threads = count(), threading.Condition(), 0

    def at(self, seconds: float, work: Callable[[], object]) -> None:
        """Do some work in so many seconds."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), work))
            if self._threads < min(_WORKERS, len(self._due)):
                self._threads += 1
                threading.Thread(target=self._run, daemon=True, name="later").start()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            work = self._next()
            try:
                work()
            except Closed:
                return
            except Exception:
                _LOG.exception("work that was due failed")

    def _next(self) -> Callable[[], object]:
        with self._changed:
            while True:
                left = self._due[0][0] - time.monotonic() if self._due else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(left)
