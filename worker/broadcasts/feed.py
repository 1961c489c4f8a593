"""The feed: hands one recipient after another to the threads of a sender, out of the chunks that it could claim."""

from __future__ import annotations

import heapq
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.broadcasts.account import Mark
from store.piles import Part, Piles

LOW = 100
"""So few left to hand out: the next chunk is made ready while the others go on."""
LOOK_SECONDS = 0.05

Judge = Callable[[Sequence[str]], list[Mark | None]]
"""Openids -> why each cannot be reached now, or None."""
Spend = Callable[[Sequence[tuple[str, datetime]]], None]
"""Is told, chunk by chunk, who was written to and when."""


@dataclass(slots=True)
class Held:
    """A chunk that this sender holds. `out`: recipients handed out whose result is not written yet."""

    part: Part
    openids: list[str]
    waiting: deque[int]
    out: int = 0
    tries: Counter[int] = field(default_factory=Counter)
    spent: list[tuple[str, datetime]] = field(default_factory=list)
    """Whom a customer-service message was sent to, or may have been, and when."""


@dataclass(frozen=True, slots=True)
class Item:
    """One recipient, handed out."""

    held: Held
    index: int

    @property
    def openid(self) -> str:
        return self.held.openids[self.index]


class Feed:
    """Over some chunks of a pile. Thread-safe; whoever asks and finds the stock low makes the next chunk ready."""

    def __init__(
        self,
        piles: Piles,
        pile: str,
        chunks: Sequence[int],
        now: Callable[[], datetime],
        judge: Judge,
        again_within: timedelta,
        spend: Spend,
    ) -> None:
        self._piles, self._pile, self._now, self._judge, self._again_within = piles, pile, now, judge, again_within
        self._spend = spend
        self._todo = deque(chunks)
        self._todo.rotate(secrets.randbelow(len(chunks)) if chunks else 0)  # several senders begin apart
        self._held: list[Held] = []
        self._later: list[tuple[float, int, Held, int]] = []
        self._change = threading.Condition()
        self._preparing = False
        self.stop = threading.Event()
        self.claimed = 0

    def next(self) -> Item | None:
        """The next recipient; None: nothing is left here, or it is to stop."""
        while not self.stop.is_set():
            with self._change:
                self._take_back_due()
                held = next((each for each in self._held if each.waiting), None)
                prepare = self._is_low() and bool(self._todo) and not self._preparing
                if not prepare and held is not None:
                    held.out += 1
                    return Item(held, held.waiting.popleft())
                if not prepare and not self._todo and not self._preparing and not self._later:
                    return None
                if not prepare:
                    self._change.wait(LOOK_SECONDS)
                    continue
                self._preparing = True
                chunk = self._todo.popleft()
            try:
                self._prepare(chunk)
            finally:
                with self._change:
                    self._preparing = False
                    self._change.notify_all()
        return None

    def written(self, item: Item) -> None:
        """The result of this one is written; a chunk of which everything is written is given back."""
        with self._change:
            item.held.out -= 1
            over = self._forget_if_over(item.held)
        if over:
            self._give_back(item.held)

    def again(self, item: Item, after: timedelta) -> None:
        """This one is pending once more, written so, and to be handed out again after a while."""
        with self._change:
            item.held.out -= 1
            when = time.monotonic() + after.total_seconds()
            heapq.heappush(self._later, (when, id(item), item.held, item.index))

    def parts(self) -> list[Part]:
        """What is held now and has to be renewed."""
        with self._change:
            return [held.part for held in self._held]

    def close(self) -> None:
        """Give back what is held; nobody may be sending any more."""
        with self._change:
            held, self._held = self._held, []
        for each in held:
            self._give_back(each)

    def _give_back(self, held: Held) -> None:
        self._spend(held.spent)
        self._piles.give_back(held.part)

    def lost(self, item: Item) -> None:
        """The lease on this one's chunk is gone: nothing of it is handed out any more."""
        with self._change:
            item.held.waiting.clear()
            self._later = [later for later in self._later if later[2] is not item.held]
            heapq.heapify(self._later)
            item.held.out -= 1
            over = self._forget_if_over(item.held)
        if over:
            self._spend(item.held.spent)

    def _prepare(self, chunk: int) -> None:
        part = Part(self._pile, chunk, secrets.token_hex(8))
        letters = self._piles.claim(part, self._now(), self._again_within)
        if letters is None:
            return
        self.claimed += 1
        pending = [index for index, letter in enumerate(letters) if letter == ord(Mark.PENDING)]
        openids = self._piles.recipients(part.pile, chunk) if pending else []
        why = dict(zip(pending, self._judge([openids[index] for index in pending]), strict=True))
        for mark in {each for each in why.values() if each is not None}:
            self._piles.mark(part, [index for index in pending if why[index] is mark], mark)
        ready = deque(index for index in pending if why[index] is None)
        if not ready:
            self._piles.give_back(part)
            return
        with self._change:
            self._held.append(Held(part, openids, ready))

    def _is_low(self) -> bool:
        return sum(len(held.waiting) for held in self._held) < LOW

    def _take_back_due(self) -> None:
        while self._later and self._later[0][0] <= time.monotonic():
            _, _, held, index = heapq.heappop(self._later)
            held.waiting.append(index)

    def _forget_if_over(self, held: Held) -> bool:
        if held.waiting or held.out or any(later[2] is held for later in self._later) or held not in self._held:
            return False
        self._held = [each for each in self._held if each is not held]
        return True
