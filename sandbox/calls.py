"""The record of what was said: API calls, adapter calls and pushes, with their answers."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from enum import StrEnum
from threading import Lock
from types import MappingProxyType
from typing import Any

from sandbox.config import Limits

_ERRCODE = re.compile(r'"errcode":\s*(-?[0-9]+)')
_EVERYTHING: Mapping[str, str] = MappingProxyType({})
_TEXTS = ("request", "answer", "opened")


STRUCK: ContextVar[str] = ContextVar("struck", default="")
"""While a fault lets a call be answered by the platform: what it will make of the answer (`Call.fault`)."""


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
    fault: str = ""
    """What a fault made of it, e.g. `reset (after)`; `answer` is what the platform meant to say."""


class Calls:
    """A thread-safe record, bounded in entries and bytes; the counts by path are complete since the start."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._lock = limits, Lock()
        self._calls: deque[Call] = deque()
        self._counts: Counter[str] = Counter()
        self._n = self._bytes = 0

    def add(self, at: float, kind: Kind, method: str, path: str, **rest: Any) -> None:
        """Record one call; `rest` are the other fields of Call."""
        rest |= {name: _cut(rest[name], self._limits.call_bytes) for name in _TEXTS if name in rest}
        rest.setdefault("fault", STRUCK.get() if kind is Kind.API else "")
        with self._lock:
            self._n += 1
            self._counts[path] += 1
            self._calls.append(Call(self._n, at, kind, method, path, **rest))
            self._bytes += _size(self._calls[-1])
            while len(self._calls) > self._limits.calls_kept or self._bytes > self._limits.record_bytes:
                self._bytes -= _size(self._calls.popleft())

    def newest(self) -> int:
        """The number of the newest call."""
        with self._lock:
            return self._n

    def listing(self, after: int = 0, wanted: Mapping[str, str] = _EVERYTHING) -> dict[str, Any]:
        """{"calls": […], "counts": {path: n}}, of the calls after number `after` that `wanted` names.

        `path`, `kind`: that one; `contains`: a text anywhere, e.g. an OpenID; `errcode`: that one in the answer;
        `fault`: any text for those that a fault struck.
        """
        with self._lock:
            calls, counts = list(self._calls), dict(self._counts)
        return {"calls": [asdict(call) for call in calls if call.n > after and _fits(call, wanted)], "counts": counts}

    def forget(self) -> None:
        """Start the record anew; numbers go on."""
        with self._lock:
            self._calls.clear()
            self._counts.clear()
            self._bytes = 0


def errcode(call: Call) -> str:
    """The error code that the account was told, or an empty text."""
    found = _ERRCODE.search(call.fault) or _ERRCODE.search(call.answer)
    return found[1] if found else ""


def _fits(call: Call, wanted: Mapping[str, str]) -> bool:
    path, kind, contains, code = (wanted.get(name, "") for name in ("path", "kind", "contains", "errcode"))
    return (
        path in ("", call.path)
        and kind in ("", call.kind)
        and (not code or code == errcode(call))
        and (not wanted.get("fault") or bool(call.fault))
        and (
            not contains
            or any(contains in text for text in (*call.query.values(), call.request, call.answer, call.opened))
        )
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def _size(call: Call) -> int:
    return sum(len(text) for text in (call.request, call.answer, call.opened, call.fault)) + 500
