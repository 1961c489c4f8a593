"""What the platform reports of what it took: counts of a mass message, the fate of a template message. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.broadcasts.account import Mark

MASS_DONE = "send success"
MASS_STATUSES: Mapping[str, str] = {
    "send fail": "平台没有说明原因",
    "err(10001)": "涉嫌广告",
    "err(20001)": "涉嫌政治",
    "err(20002)": "涉嫌色情",
    "err(20004)": "涉嫌社会",
    "err(20006)": "涉嫌违法犯罪",
    "err(20008)": "涉嫌欺诈",
    "err(20013)": "涉嫌版权",
    "err(21000)": "涉嫌其他",
    "err(22000)": "涉嫌互推",
    "err(30001)": "原创校验时平台出错",
    "err(30002)": "原创校验判定不能群发",
    "err(30003)": "原创校验判定为转载",
    "err(40001)": "公众号管理员没有同意这次群发",
    "err(40002)": "公众号管理员 30 分钟内没有确认",
}
"""The platform's table; codes come that it does not list."""
NOTICE_DONE = "success"
BLOCKED = "block"
"""In what the platform says of a notice that it did not deliver: the account does not want any."""
REASONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class MassResult:
    """The platform's counts of one mass message, approximate by its own word. `passed`: left after its filters."""

    status: str
    total: int
    passed: int
    delivered: int
    failed: int

    @property
    def filtered(self) -> int:
        return max(0, self.total - self.passed)

    @property
    def obstacle(self) -> str:
        """Why nothing went out, in words; empty where it did."""
        return "" if self.status == MASS_DONE else MASS_STATUSES.get(self.status, f"平台的代码 {self.status}")


@dataclass(frozen=True, slots=True)
class Mass:
    """One mass message that the platform took, for how many, and its result; None: none came yet, or it was lost."""

    message: str
    people: int
    result: MassResult | None = None

    def words(self) -> str:
        told = self.result
        if told is None:
            return f"群发 {self.message}（{self.people} 人）：尚无结果"
        if told.obstacle:
            return f"群发 {self.message}（{self.people} 人）：平台报告 没有发出，{told.obstacle}"
        return f"群发 {self.message}（{self.people} 人）：平台报告 {_counts(told)}"


def in_short(masses: Sequence[Mass]) -> list[str]:
    """All mass messages of a broadcast in at most three lines."""
    told = [mass.result for mass in masses if mass.result]
    out, held = [each for each in told if not each.obstacle], [each for each in told if each.obstacle]
    lines = [f"平台报告：{_counts(_sum(out))}"] if out else []
    if held:
        commonest = [words for words, _ in Counter(each.obstacle for each in held).most_common(REASONS_SHOWN)]
        lines.append(f"平台没有发出 {len(held)} 条群发：{'；'.join(commonest)}")
    if missing := len(masses) - len(told):
        lines.append(f"尚无结果：{missing} 条群发，{sum(mass.people for mass in masses if not mass.result)} 人")
    return lines


def fate(status: str) -> Mark:
    """Where the recipient of a template message stands after its result."""
    if status == NOTICE_DONE:
        return Mark.DELIVERED
    if BLOCKED in status:
        return Mark.RETURNED_BLOCKED
    return Mark.RETURNED_TOO_OFTEN if "freq" in status else Mark.RETURNED_FAILED


def _counts(told: MassResult) -> str:
    return f"送达 {told.delivered}、过滤 {told.filtered}（拒收或本月已满 4 次）、失败 {told.failed}"


def _sum(results: Sequence[MassResult]) -> MassResult:
    return MassResult(
        MASS_DONE,
        sum(each.total for each in results),
        sum(each.passed for each in results),
        sum(each.delivered for each in results),
        sum(each.failed for each in results),
    )
