"""The record of what was said: API calls, adapter calls and pushes, with their answers."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass
from enum import StrEnum
from threading import Lock
from typing import Any


class Kind(StrEnum):
    """Who called whom."""

    API = "api"
    ADAPTER = "adapter"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class Call:
    """One request and its answer. `request` and `answer` are text as it was on the wire, or a description of bytes."""

    n: int
    at: float
    kind: Kind
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    request: str
    status: int | None
    answer: str
    seconds: float
    opened: str = ""
    """Of a push in an envelope: what was inside, and what was inside the answer."""


class Calls:
    """A bounded, thread-safe record; the counts by path are complete since the start."""

    def __init__(self, kept: int) -> None:
        self._lock = Lock()
        self._calls: deque[Call] = deque(maxlen=kept)
        self._counts: Counter[str] = Counter()
        self._n = 0

    def add(self, at: float, kind: Kind, method: str, path: str, **rest: Any) -> None:
        """Record one call; `rest` are the other fields of Call."""
        with self._lock:
            self._n += 1
            self._counts[path] += 1
            self._calls.append(Call(self._n, at, kind, method, path, **rest))

    def listing(self, after: int = 0, path: str = "", kind: str = "") -> dict[str, Any]:
        """{"calls": […], "counts": {path: n}}, of the calls after number `after`, of one path, of one kind."""
        with self._lock:
            wanted = [
                asdict(call)
                for call in self._calls
                if call.n > after and path in ("", call.path) and kind in ("", call.kind)
            ]
            return {"calls": wanted, "counts": dict(self._counts)}

    def forget(self) -> None:
        """Start the record anew; numbers go on."""
        with self._lock:
            self._calls.clear()
            self._counts.clear()
