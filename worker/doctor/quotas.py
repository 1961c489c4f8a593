"""What is left of today's calls, by the platform's count and by ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from channel.inspector import Answer, Inspector
from domain.budgets import UPLOAD
from worker.doctor.account import could_not_ask
from worker.doctor.findings import Finding, failure, sound, warning

PATH = "/cgi-bin/openapi/quota/get"
ASKED = ("/cgi-bin/message/custom/send", UPLOAD, "/cgi-bin/menu/create")
"""What residents wait for, and one that every account may call."""
SCARCE, GONE = 0.2, 0.05
OTHERS = 200
"""Calls a day beyond our own count that are nobody's business: an operator's tool, a page of the platform."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What the platform says of one path."""

    path: str
    answer: Answer

    @property
    def numbers(self) -> tuple[int, int, int] | None:
        """Calls a day, used, left; None when the platform does not tell."""
        told = self.answer.body.get("quota")
        if self.answer.code or not isinstance(told, dict):
            return None
        return int(told.get("daily_limit", 0)), int(told.get("used", 0)), int(told.get("remain", 0))


def look_at(inspector: Inspector, paths: Sequence[str] = ASKED) -> list[Quota]:
    """One question a path. Raises Silent."""
    return [Quota(path, inspector.ask(PATH, {"cgi_path": path})) for path in paths]


def judge(quotas: Sequence[Quota], budgets: Mapping[str, int], ours: Mapping[str, int]) -> Iterable[Finding]:
    """`budgets`: calls a day that the house reckons with; `ours`: those that it made today, both by path."""
    findings: list[Finding] = []
    for quota in quotas:
        numbers = quota.numbers
        if numbers is None:
            return [could_not_ask("platform.quota", PATH, quota.answer)]
        limit, used, left = numbers
        findings += _short(quota.path, limit, left)
        findings += _budget(quota.path, limit, budgets.get(quota.path, 0))
        findings += _others(quota.path, used, ours.get(quota.path, 0))
    return findings or [sound("platform.quota", f"{len(quotas)} 个接口余量充足 · enough is left today")]


def _short(path: str, limit: int, left: int) -> Iterable[Finding]:
    if limit and left < limit * SCARCE:
        judged = failure if left < limit * GONE else warning
        yield judged(
            "platform.quota",
            f"{path} 今日还剩 {left}/{limit} · left today",
            "用完后到明天 0 点都发不出去 · when it is used up nothing goes out until midnight",
            "停掉不急的群发；必要时清零（每月 10 次） · stop what can wait; clear it on the platform's page",
        )


def _budget(path: str, limit: int, reckoned: int) -> Iterable[Finding]:
    if limit and reckoned > limit:
        name = path.removeprefix("/cgi-bin/")
        yield warning(
            "platform.budget",
            f"{name}：按 {reckoned} 次打算，平台只给 {limit} 次 · the house reckons with more than it is granted",
            "留给急事的余量是空的 · the reserve for what matters is not there",
            f"WECHAT_BUDGETS={name}={limit}",
        )


def _others(path: str, used: int, ours: int) -> Iterable[Finding]:
    if used - ours > max(OTHERS, ours // 10):
        yield warning(
            "platform.others",
            f"{path}：平台记 {used} 次，本系统 {ours} 次 · the platform counts more than this house made",
            "别的系统在用同一账号的额度 · another system uses up this account's calls",
            "找出还有谁持有 AppSecret，必要时重置 · find out who else has the AppSecret; reset it if need be",
        )
