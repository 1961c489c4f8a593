"""Circuit: whether somebody who did not answer is asked again now. Open after failures in a row, later half-open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FAILURES = 3
"""In a row, until nobody is asked any more."""
OPEN = timedelta(minutes=5)
"""Then one try shows whether it answers again."""


@dataclass(frozen=True, slots=True)
class Circuit:
    failures: int = 0
    failed_at: datetime | None = None

    def allows(self, now: datetime) -> bool:
        """Whether to ask at `now`: always while closed, once in a while when open."""
        return self.failures < FAILURES or self.failed_at is None or now - self.failed_at >= OPEN

    def failed(self, now: datetime) -> Circuit:
        return replace(self, failures=self.failures + 1, failed_at=now)

    def state(self, now: datetime) -> str:
        """closed, open or half-open."""
        if self.failures < FAILURES:
            return "closed"
        return "half-open" if self.allows(now) else "open"


CLOSED = Circuit()
"""After every answer."""
