"""What a call that failed means for its recipient, and whether everybody waits. Pure: the clock is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from channel.ladder import MEANINGS, WINDOW_CLOSED, Why
from channel.platform import SendError
from domain.broadcasts.account import Mark

TRIES = 5
"""Of one recipient by one sender, where a second call is no second message."""
AGAIN = timedelta(seconds=1)
AWAY = timedelta(seconds=5)
"""While no connection to the platform can be made, or it refuses its own tokens."""
BUSY = -1
"""Said before the message went out and after it alike: it may have arrived."""
NO_MASS_LEFT = 45028
NOBODY = 40003
OF_WHY: Mapping[Why, Mark] = {
    Why.NOT_FOLLOWING: Mark.NOT_FOLLOWING,
    Why.NO_WINDOW: Mark.NO_WINDOW,
    Why.NO_CREDITS: Mark.NO_CREDIT,
    Why.BLOCKED: Mark.BLOCKED,
    Why.TOO_OFTEN: Mark.TOO_OFTEN,
}
"""What concerns a person, out of the reasons of the ladder; any other is FAILED, with its code."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The mark of this recipient; PENDING means once more after `pause`. `hold`: nobody calls before."""

    mark: Mark
    code: int = 0
    pause: timedelta = timedelta(0)
    hold: datetime | None = None


def outcome(error: SendError, tries: int, now: datetime, recognised: bool) -> Outcome:
    """After try number `tries` (from 1). `recognised`: an id of ours makes a second call no second message."""
    match error.code:
        case 45009:
            return Outcome(Mark.PENDING, error.code, hold=_tomorrow(now))
        case 45011:
            return Outcome(Mark.PENDING, error.code, hold=_next_minute(now))
    if error.sent_unknown or error.code == BUSY:
        again = recognised and tries < TRIES
        return Outcome(Mark.PENDING if again else Mark.UNKNOWN_ANSWER, error.code, AGAIN * tries)
    if not error.permanent and (error.code == 0 or 40001 <= error.code <= 42001):
        return Outcome(Mark.PENDING, error.code, hold=now + AWAY)
    if (not error.permanent and tries < TRIES) or (error.code == WINDOW_CLOSED and tries == 1):
        return Outcome(Mark.PENDING, error.code, AGAIN * tries)
    return Outcome(_refused(error.code), error.code)


def mark_of(why: Why | None) -> Mark:
    """How a broadcast tells the ladder's reason."""
    return OF_WHY.get(why, Mark.FAILED) if why else Mark.FAILED


def _refused(code: int) -> Mark:
    return Mark.REFUSED_PERSON if code == NOBODY else mark_of(MEANINGS.get(code))


def _tomorrow(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), time(0, 1), now.tzinfo)


def _next_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1, seconds=1)
