"""Beside the threads that send: whether they may go on, looked at several times a second, and their leases renewed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from redis.exceptions import RedisError

from domain.broadcasts.broadcast import State
from store.piles import Part
from worker.broadcasts.feed import Feed
from worker.context import Context

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.3
"""Paused or cancelled is obeyed within a second, a call under way included."""
SHORT_HOLD_SECONDS = 30.0
"""A quota that comes back within this is waited for; for a longer one the job ends, and the sweep begins another."""


class Watch:
    """One sender's, until `deadline` (monotonic)."""

    def __init__(self, ctx: Context, number: int, deadline: float) -> None:
        self._ctx, self._number, self._deadline = ctx, number, deadline
        self._ended = threading.Event()
        self._stopped = threading.Event()
        self.feed: Feed | None = None
        self.parts: list[Part] = []
        """Held outside of a feed."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Looks in a thread of its own meanwhile."""
        self._ctx.broadcasts.beat(self._number)
        thread = threading.Thread(target=self._run, name=f"watch broadcast {self._number}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def may_go_on(self) -> bool:
        """Whether the next pass may begin; a short hold is waited for here. Raises RedisError."""
        while time.monotonic() < self._deadline:
            control = self._ctx.broadcasts.control(self._number)
            if control.state is not State.SENDING:
                return False
            left = (control.held_until - self._ctx.clock.now()).total_seconds() if control.held_until else 0
            if left <= 0:
                self._stopped.clear()
                return True
            if left > SHORT_HOLD_SECONDS:
                return False
            self._ended.wait(min(left, LOOK_SECONDS))
        return False

    @property
    def stopped(self) -> bool:
        """Whether no further message may be begun."""
        return self._stopped.is_set()

    def hold(self, until: datetime, code: int) -> None:
        """Nobody of this broadcast calls before; also senders in other processes stop."""
        self._stop()
        self._ctx.broadcasts.hold(self._number, until, code)

    def wait(self, seconds: float) -> None:
        self._ended.wait(seconds)

    def _run(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            try:
                self._look()
            except RedisError as error:
                log.warning("Redis does not answer (%s); the lease may be lost", type(error).__name__)

    def _look(self) -> None:
        feed = self.feed
        self._ctx.broadcasts.beat(self._number)
        self._ctx.piles.renew([*(feed.parts() if feed else ()), *self.parts])
        control = self._ctx.broadcasts.control(self._number)
        held = control.held_until is not None and control.held_until > self._ctx.clock.now()
        if control.state is not State.SENDING or held or time.monotonic() >= self._deadline:
            self._stop()

    def _stop(self) -> None:
        self._stopped.set()
        if self.feed:
            self.feed.stop.set()
