"""The time of day, for the shells: this machine's, or the sandbox's while there is one."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime, timedelta
from typing import Protocol

import requests

from domain.facts import SHANGHAI

log = logging.getLogger(__name__)

_POLL_SECONDS = 20


class Clock(Protocol):
    """An aware instant in Asia/Shanghai, and whatever it takes to keep it right."""

    def now(self) -> datetime: ...

    def start(self) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(SHANGHAI)

    def start(self) -> None:
        return


class SandboxClock:
    """This machine's time plus the sandbox's offset, which a thread hears of as soon as it changes (long poll)."""

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/sandbox/clock"
        self._offset = timedelta()
        self._version = -1
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return datetime.now(SHANGHAI) + self._offset

    def start(self) -> None:
        """Ask once, then keep listening in the background; once per process."""
        with self._lock:
            if self._thread is None:
                self._ask(0)
                self._thread = threading.Thread(target=self._listen, name="sandbox clock", daemon=True)
                self._thread.start()

    def _listen(self) -> None:
        while True:
            if not self._ask(_POLL_SECONDS):
                time.sleep(0.5)

    def _ask(self, wait: int) -> bool:
        parameters = {"after": self._version, "wait": wait} if self._version >= 0 else {}
        try:
            answer = requests.get(self._url, params=parameters, timeout=wait + 5).json()
            self._offset = timedelta(seconds=float(answer["offset"]))
            self._version = int(answer["version"])
        except (requests.RequestException, ValueError, KeyError):
            log.info("the sandbox's clock does not answer; the last offset stays")
            return False
        return True


def clock_for(sandbox: str) -> Clock:
    """The clock to obey: the sandbox's if its address is given."""
    return SandboxClock(sandbox) if sandbox else SystemClock()
