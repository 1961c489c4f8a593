"""How a message can reach an account now: the rungs after the passive reply and the cached picture, which are the
conversation's own. A rung is tried only if it can work, and why it could not is kept. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

MESSAGE_CREDITS, MESSAGE_WINDOW = 5, timedelta(hours=48)
"""After a message of the resident."""
TAP_CREDITS, TAP_WINDOW = 3, timedelta(minutes=1)
"""After a tap on the menu or on a word of ours, a follow, a scan."""
NO_TEMPLATE = ""


class Rung(StrEnum):
    """A way to reach somebody, in the order in which they are tried."""

    CUSTOM = "custom"
    SUBSCRIPTION = "subscription"
    TEMPLATE = "template"


class Purpose(StrEnum):
    """What a message is for, which decides by what ways it may come."""

    ANSWER = "answer"
    """To something just asked; worth nothing later."""
    NOTICE = "notice"
    """What somebody's own act, or a record about them, caused."""
    REMINDER = "reminder"
    """What they did not ask for now: by template message it would break the platform's rules."""


RUNGS: Mapping[Purpose, tuple[Rung, ...]] = {
    Purpose.ANSWER: (Rung.CUSTOM,),
    Purpose.NOTICE: (Rung.CUSTOM, Rung.TEMPLATE),
    Purpose.REMINDER: (Rung.CUSTOM, Rung.SUBSCRIPTION),
}
CALLED = frozenset({Purpose.NOTICE, Purpose.REMINDER})
"""What is worth a worker's call when no message got through."""


class Why(StrEnum):
    """Why a rung did not bear."""

    NOT_FOLLOWING = "not-following"
    NO_WINDOW = "no-window"
    NO_CREDITS = "no-credits"
    NO_CONSENT = "no-consent"
    NOT_SET_UP = "not-set-up"
    QUOTA = "quota"
    BLOCKED = "blocked"
    TOO_OFTEN = "too-often"
    REJECTED = "rejected"
    FAILED = "failed"
    NO_ANSWER = "no-answer"


MEANINGS: Mapping[int, Why] = {
    40003: Why.NOT_FOLLOWING,
    43004: Why.NOT_FOLLOWING,
    50005: Why.NOT_FOLLOWING,
    43019: Why.BLOCKED,
    48002: Why.BLOCKED,
    43101: Why.NO_CONSENT,
    43117: Why.TOO_OFTEN,
    45009: Why.QUOTA,
    45015: Why.NO_WINDOW,
    45047: Why.NO_CREDITS,
    48001: Why.NOT_SET_UP,
    40037: Why.NOT_SET_UP,
    40036: Why.NOT_SET_UP,
}
"""The platform's refusals that concern this rung and this account: another rung may bear."""
WINDOW_CLOSED = 45015
"""Also seen seconds after a message: it is asked twice before it is believed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rung that did not bear; `code` is the platform's, 0 where it was not asked."""

    rung: Rung
    why: Why
    code: int = 0


Trail = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of an account's ways: by its own acts, by our sends, by what the platform refused.

    `heard_at` its last message, `tapped_at` its last tap, follow or scan; `sends` our customer-service messages, the
    latest of them; `closed_at` and `gone_at`: when the platform said that no window is open, that it does not
    follow; `agreed`: template -> when it agreed to it, `refused`: when the platform denied that.
    """

    following: bool
    heard_at: datetime | None = None
    tapped_at: datetime | None = None
    sends: tuple[datetime, ...] = ()
    closed_at: datetime | None = None
    gone_at: datetime | None = None
    agreed: Mapping[str, datetime] = field(default_factory=dict)
    refused: Mapping[str, datetime] = field(default_factory=dict)

    def obstacle(self, rung: Rung, now: datetime, template: str = NO_TEMPLATE) -> Why | None:
        """Why this rung cannot bear now, None when it can; `template` is the id of what it would send, if any."""
        if not self.following or self._is_gone():
            return Why.NOT_FOLLOWING
        match rung:
            case Rung.CUSTOM:
                return self._custom(now)
            case Rung.SUBSCRIPTION:
                return Why.NOT_SET_UP if not template else None if self._has_agreed(template) else Why.NO_CONSENT
            case Rung.TEMPLATE:
                return None if template else Why.NOT_SET_UP

    def credits(self, now: datetime) -> int:
        """Customer-service messages that can be sent at `now`."""
        return sum(bucket.credits for bucket in self._buckets() if now < bucket.until)

    def _custom(self, now: datetime) -> Why | None:
        open_ = [bucket for bucket in self._buckets() if now < bucket.until]
        if not open_:
            return Why.NO_WINDOW
        return None if any(bucket.credits > 0 for bucket in open_) else Why.NO_CREDITS

    def _buckets(self) -> list[_Bucket]:
        """The buckets after our sends: each paid from the one that lasted longest, as the platform counts."""
        filled = ((self.heard_at, MESSAGE_WINDOW, MESSAGE_CREDITS), (self.tapped_at, TAP_WINDOW, TAP_CREDITS))
        buckets = [
            _Bucket(begun, begun + lasts, credits_)
            for begun, lasts, credits_ in filled
            if begun is not None and (self.closed_at is None or begun > self.closed_at)
        ]
        for at in self.sends:
            able = [bucket for bucket in buckets if bucket.begun <= at < bucket.until and bucket.credits > 0]
            if able:
                max(able, key=lambda bucket: bucket.until).credits -= 1
        return buckets

    def _is_gone(self) -> bool:
        latest = max(filter(None, (self.heard_at, self.tapped_at)), default=None)
        return self.gone_at is not None and (latest is None or latest <= self.gone_at)

    def _has_agreed(self, template: str) -> bool:
        agreed, refused = self.agreed.get(template), self.refused.get(template)
        return agreed is not None and (refused is None or agreed > refused)


@dataclass(slots=True)
class _Bucket:
    begun: datetime
    until: datetime
    credits: int


# --- the trail, written down and told ---------------------------------------------------------------------------------

_RUNGS = {Rung.CUSTOM: "客服消息", Rung.SUBSCRIPTION: "订阅通知", Rung.TEMPLATE: "模板消息"}
_WHYS = {
    Why.NOT_FOLLOWING: "已取消关注",
    Why.NO_WINDOW: "不在可回复的时间内",
    Why.NO_CREDITS: "可发条数已用完",
    Why.NO_CONSENT: "没有同意接收",
    Why.NOT_SET_UP: "未开通",
    Why.QUOTA: "今日额度用完",
    Why.BLOCKED: "拒收本号消息",
    Why.TOO_OFTEN: "平台限制频次",
    Why.REJECTED: "平台不接受",
    Why.FAILED: "发出后未送达",
    Why.NO_ANSWER: "平台没有应答",
}
_STEP = re.compile(r"([a-z]+):([a-z-]+)(?::(-?\d+))?")


def write(trail: Iterable[Step]) -> str:
    """`custom:no-window|template:rejected:47003`: how a trail is kept."""
    return "|".join(f"{step.rung}:{step.why}" + (f":{step.code}" if step.code else "") for step in trail)


def told(written: str) -> str:
    """A trail as an operator reads it; anything else as it is."""
    steps = [_STEP.fullmatch(part) for part in written.split("|")]
    if not all(steps):
        return written
    try:
        return "；".join(_told(Rung(step[1]), Why(step[2]), step[3]) for step in steps if step)
    except ValueError:
        return written


def _told(rung: Rung, why: Why, code: str | None) -> str:
    return f"{_RUNGS[rung]}：{_WHYS[why]}" + (f"（{code}）" if code else "")
