"""The clerk: results and marks of all threads of a sender, written together. Who comes during a trip shares the next.

No thread of its own: the first who comes writes for all who wait, and asks the next one to do the same.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from redis.exceptions import RedisError

from store.piles import Part, Piles, Step

log = logging.getLogger(__name__)

WRITE_TRIES, WRITE_PAUSE = 40, 0.25
"""A result is worth waiting for Redis: without it the recipient counts as unknown."""

T = TypeVar("T")


def patiently(write: Callable[[], T]) -> T:
    """Write what became of a call, again while Redis does not answer. Raises RedisError when it does not for long."""
    for _ in range(WRITE_TRIES - 1):
        try:
            return write()
        except RedisError as error:
            log.warning("Redis does not answer (%s); a result waits", type(error).__name__)
            time.sleep(WRITE_PAUSE)
    return write()


@dataclass(slots=True, eq=False)
class _Waiting:
    part: Part
    step: Step
    now: datetime | None
    turn: threading.Lock = field(default_factory=threading.Lock)
    """Held by the one who waits; given free when it is answered, or is to write for the others."""
    answer: bool | None = None
    error: BaseException | None = None


class Clerk:
    """Thread-safe."""

    def __init__(self, piles: Piles) -> None:
        self._piles = piles
        self._guard = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._writing = False

    def step(self, part: Part, step: Step, now: datetime | None) -> bool:
        """As `Piles.steps` for one. Raises RedisError; it may be repeated then."""
        mine = _Waiting(part, step, now)
        mine.turn.acquire()
        with self._guard:
            self._waiting.append(mine)
            is_first, self._writing = not self._writing, True
        if not is_first:
            mine.turn.acquire()
        if mine.answer is None and mine.error is None:
            self._write_all()
        if mine.error is not None:
            raise mine.error
        return bool(mine.answer)

    def _write_all(self) -> None:
        with self._guard:
            batch, self._waiting = self._waiting, []
        try:
            self._write(batch)
        except BaseException as error:
            for each in batch:
                each.error = error
        with self._guard:
            following = self._waiting[0] if self._waiting else None
            self._writing = following is not None
        for each in (*batch, *((following,) if following else ())):
            each.turn.release()

    def _write(self, batch: Sequence[_Waiting]) -> None:
        """A script for each chunk; mostly all are of one."""
        by_part: dict[Part, list[_Waiting]] = {}
        for each in batch:
            by_part.setdefault(each.part, []).append(each)
        for part, members in by_part.items():
            answers = self._piles.steps(part, [each.step for each in members], members[-1].now)
            for each, answer in zip(members, answers, strict=True):
                each.answer = answer
