"""Results that only a broadcast's report wants: written where it reads them, in one or two trips.

A notice that failed is not among them: it goes through the conversation, for somebody may have to call its person.
"""

from __future__ import annotations

from dataclasses import dataclass

from channel.results import Finished, MassFinished, NoticeArrived
from domain.broadcasts.results import NOTICE_DONE, fate
from store.mass_results import MassResults
from store.piles import Piles
from store.reach import Reaches


@dataclass(frozen=True, slots=True)
class Results:
    """Takes each as often as it comes, also before the answer to its call."""

    masses: MassResults
    reaches: Reaches
    piles: Piles

    def note(self, openid: str, finished: Finished) -> None:
        """Raises RedisError."""
        match finished:
            case MassFinished(message, result):
                self.masses.put(message, result)
            case NoticeArrived(message):
                underway = self.reaches.underway(openid, (message,), NOTICE_DONE)
                if underway is not None and underway.place is not None:
                    self.piles.reported(underway.place, fate(NOTICE_DONE))
