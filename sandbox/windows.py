"""Who may be written to by customer-service message, how often and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError


class Trigger(StrEnum):
    """What a person does that lets the account write. Each fills its own bucket anew; they do not add up."""

    MESSAGE = "message"
    CLICK = "click"
    FOLLOW = "follow"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many messages until an instant (epoch seconds)."""

    trigger: Trigger
    credits: int
    until: float


def paying(buckets: Iterable[Bucket], now: float) -> Bucket:
    """The bucket that pays for one message at `now`: the one that lasts longest among those with credit left.

    Raises ApiError 45015 when no window is open, 45047 when those open are used up.
    """
    open_ = [bucket for bucket in buckets if now < bucket.until]
    if not open_:
        raise ApiError(45015)
    able = [bucket for bucket in open_ if bucket.credits > 0]
    if not able:
        raise ApiError(45047)
    return max(able, key=lambda bucket: bucket.until)


class Windows:
    """The buckets of everybody."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database, self._limits = database, limits

    def open(self, openid: str, trigger: Trigger, now: float) -> None:
        """The person did something: its bucket is full again."""
        credits_, lasts = _allowed(self._limits, trigger)
        self._database.rows(
            "insert or replace into credit values (?, ?, ?, ?)", (openid, trigger, credits_, now + lasts)
        )

    def spend(self, openid: str, now: float) -> None:
        """Pay for one message. Raises ApiError as `paying` does."""
        with self._database.together():
            bucket = paying(self._buckets(openid), now)
            self._database.rows(
                "update credit set credits = credits - 1 where openid = ? and bucket = ?", (openid, bucket.trigger)
            )

    def close(self, openid: str) -> None:
        """The person unfollowed."""
        self._database.rows("delete from credit where openid = ?", (openid,))

    def look(self, openid: str, now: float) -> list[dict[str, Any]]:
        """The open ones, for the page: [{"trigger", "credits", "until"}]."""
        return [
            {"trigger": bucket.trigger, "credits": bucket.credits, "until": bucket.until}
            for bucket in self._buckets(openid)
            if now < bucket.until
        ]

    def _buckets(self, openid: str) -> list[Bucket]:
        rows = self._database.rows("select bucket, credits, until from credit where openid = ?", (openid,))
        return [Bucket(Trigger(row["bucket"]), row["credits"], row["until"]) for row in rows]


def _allowed(limits: Limits, trigger: Trigger) -> tuple[int, float]:
    """How many messages, and for how long."""
    match trigger:
        case Trigger.MESSAGE:
            return limits.message_credits, limits.message_window
        case Trigger.CLICK:
            return limits.click_credits, limits.click_window
        case Trigger.FOLLOW:
            return limits.follow_credits, limits.follow_window
        case Trigger.SCAN:
            return limits.scan_credits, limits.scan_window
