"""How a message can reach an account now. Of the ladder's rungs, the passive reply and the cached picture are the
conversation's own; here is the next: the customer-service message, within the windows that the platform opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

AFTER_A_MESSAGE = timedelta(hours=48)
AFTER_A_TAP = timedelta(minutes=1)
"""A menu tap, a follow or a scan opens a minute only."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known about an account's windows: whether it follows, its last message, its last tap, follow or scan."""

    following: bool
    heard_at: datetime | None
    tapped_at: datetime | None

    def obstacle(self, now: datetime) -> str:
        """Why no customer-service message can be sent now; empty when one can."""
        if not self.following:
            return "the account does not follow any more"
        if self.heard_at is not None and now - self.heard_at < AFTER_A_MESSAGE:
            return ""
        if self.tapped_at is not None and now - self.tapped_at < AFTER_A_TAP:
            return ""
        return "no window is open: the last message is over 48 hours old"
