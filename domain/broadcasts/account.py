"""How everybody is accounted for: one letter a recipient, what the letters mean, and the sums of a report.

The letters are frozen: they stand in stored strings. Small ones are on the way, capital ones are reasons for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Mark(StrEnum):
    """Where one recipient stands."""

    PENDING = "."
    IN_FLIGHT = "f"
    """Marked before the call, until its result is written."""
    SENT = "s"
    """Taken by the platform. Whether it arrived, only a result event can say."""
    DELIVERED = "d"
    """Arrived, by the platform's own report."""
    UNKNOWN_KILLED = "k"
    """In flight when its sender died: it may have arrived, and is never sent again."""
    UNKNOWN_ANSWER = "a"
    """The platform's answer was lost: it may have arrived, and is never sent again."""
    NO_WINDOW = "W"
    NO_CREDIT = "C"
    NOT_FOLLOWING = "U"
    BLOCKED = "B"
    REFUSED_PERSON = "O"
    """The platform takes this openid for nobody's (40003)."""
    TOO_OFTEN = "T"
    FAILED = "F"
    """Refused for another reason: its code is kept beside."""
    RETURNED_BLOCKED = "R"
    """Taken by the platform, and reported afterwards as refused by its recipient."""
    RETURNED_TOO_OFTEN = "Q"
    RETURNED_FAILED = "X"


UNKNOWN = frozenset({Mark.UNKNOWN_KILLED, Mark.UNKNOWN_ANSWER})
LEFT = frozenset({Mark.PENDING, Mark.IN_FLIGHT})
UNREACHABLE = frozenset(
    {Mark.NO_WINDOW, Mark.NO_CREDIT, Mark.NOT_FOLLOWING, Mark.BLOCKED, Mark.REFUSED_PERSON, Mark.TOO_OFTEN}
)
RETURNED = frozenset({Mark.RETURNED_BLOCKED, Mark.RETURNED_TOO_OFTEN, Mark.RETURNED_FAILED})
"""What the platform took and did not deliver."""
DELIVERED_OR_MAYBE = frozenset({Mark.SENT, Mark.DELIVERED, Mark.IN_FLIGHT, *UNKNOWN})
"""Who has to hear of a correction."""

WORDS: Mapping[str, str] = {
    Mark.PENDING: "未发",
    Mark.IN_FLIGHT: "正在发",
    Mark.SENT: "平台已受理",
    Mark.DELIVERED: "平台报告已送达",
    Mark.UNKNOWN_KILLED: "结果不明（发送进程中断）",
    Mark.UNKNOWN_ANSWER: "结果不明（平台没有应答）",
    Mark.NO_WINDOW: "不可达：48 小时内没有来信",
    Mark.NO_CREDIT: "不可达：本次窗口的条数已用完",
    Mark.NOT_FOLLOWING: "不可达：已取消关注",
    Mark.BLOCKED: "不可达：已拒收",
    Mark.REFUSED_PERSON: "不可达：平台不认这个账号",
    Mark.TOO_OFTEN: "不可达：平台限制频率",
    Mark.FAILED: "失败",
    Mark.RETURNED_BLOCKED: "失败：用户拒收",
    Mark.RETURNED_TOO_OFTEN: "失败：平台限制频率",
    Mark.RETURNED_FAILED: "失败：系统失败",
    "no_account": "不可达：没有微信账号（由他人或名单登记）",
    "mass_used_up": "不可达：本月已收到 4 次群发",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What sending would take, counted before anybody approves it."""

    people: int
    """Of the audience, whether they can be reached or not."""
    reachable: int
    unreachable: Mapping[str, int]
    calls: int
    """Calls of the platform's API that it takes."""
    calls_left: int | None
    """Of the day's budget; None: not known."""
    mass_left: Mapping[int, int] = field(default_factory=dict)
    """By mass: so many mass messages would be left this month -> for how many people, as far as this house knows."""

    @property
    def fits(self) -> bool:
        return self.calls_left is None or self.calls <= self.calls_left


@dataclass(frozen=True, slots=True)
class Report:
    """What became of everybody: the sums of all marks, and of those failed the codes."""

    marks: Mapping[Mark, int]
    codes: Mapping[int, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    def count(self, *marks: Mark) -> int:
        return sum(self.marks.get(mark, 0) for mark in marks)

    @property
    def total(self) -> int:
        """Everybody frozen; `left_out` comes on top."""
        return sum(self.marks.values())

    @property
    def sent(self) -> int:
        """Taken by the platform, and not reported as failed since."""
        return self.count(Mark.SENT, Mark.DELIVERED)

    @property
    def delivered(self) -> int:
        """Of those sent, whose arrival the platform reported."""
        return self.count(Mark.DELIVERED)

    @property
    def unknown(self) -> int:
        return self.count(*UNKNOWN)

    @property
    def unreachable(self) -> int:
        return self.count(*UNREACHABLE) + sum(self.left_out.values())

    @property
    def failed(self) -> int:
        return self.count(Mark.FAILED, *RETURNED)

    @property
    def left(self) -> int:
        return self.count(*LEFT)


def tally(states: Mapping[int, bytes], codes: Mapping[int, int], left_out: Mapping[str, int]) -> Report:
    """The report over the state strings of all chunks (number -> string)."""
    sums: Counter[int] = Counter()
    for state in states.values():
        sums.update(state)
    return Report({Mark(chr(letter)): count for letter, count in sums.items()}, codes, left_out)


def sizes(people: int, most: int, least: int = 1) -> list[int]:
    """People cut into even chunks of at most `most`; none is below `least` unless there are fewer in all.

    A mass message to one person is refused by the platform, so that chunks of one must not be.
    """
    if not people:
        return []
    count = -(-people // most)
    even, more = divmod(people, count)
    if even < least and count > 1:
        return sizes(people, most + 1, least)
    return [even + 1] * more + [even] * (count - more)
