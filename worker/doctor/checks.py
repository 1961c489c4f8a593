"""Running checks: all of them at the same time, each for so long and no longer, none stopped by another's failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from channel.inspector import Silent
from worker.doctor.findings import Finding, failure, unknown

MOST_SECONDS = 12.0
"""A check asks at most three things after one another, each for four seconds."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at. `needs`: settings without which it cannot be looked at."""

    about: str
    look: Callable[[], Iterable[Finding]]
    needs: tuple[str, ...] = ()


@dataclass(slots=True)
class _Running:
    check: Check
    findings: list[Finding] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        self.findings = _look(self.check)
        self.done.set()


def run(checks: Sequence[Check], wrong: frozenset[str] = frozenset(), seconds: float = MOST_SECONDS) -> list[Finding]:
    """The findings of all checks in the order of the checks. `wrong`: settings that are missing or malformed."""
    running = [_Running(check) for check in checks if not wrong.intersection(check.needs)]
    for each in running:
        # A daemon: one that hangs does not keep the doctor from ending.
        threading.Thread(target=each.run, name=each.check.about, daemon=True).start()
    deadline = time.monotonic() + seconds
    findings = {}
    for each in running:
        in_time = each.done.wait(max(0.0, deadline - time.monotonic()))
        findings[each.check.about] = each.findings if in_time else [_too_slow(each.check, seconds)]
    return [finding for check in checks for finding in findings.get(check.about, [_not_looked(check, wrong)])]


def _look(check: Check) -> list[Finding]:
    try:
        return list(check.look())
    except RedisError as error:
        return [unknown(check.about, f"数据库没有回答 · Redis gave no answer ({type(error).__name__})")]
    except Silent as reason:
        return [unknown(check.about, f"平台没有回答 · the platform gave no answer ({reason})")]
    except Exception as error:
        # Its text may hold anything, a secret too.
        return [
            failure(
                check.about,
                f"检查本身出错 · this check broke ({type(error).__name__})",
                "这一项的情况不明 · nothing is known about it",
                "请把整份输出报告给维护者 · report the whole output to the maintainers",
            )
        ]


def _too_slow(check: Check, seconds: float) -> Finding:
    return failure(
        check.about,
        f"{seconds:g} 秒内没有结果 · no result within {seconds:g} s",
        "对方不应答，居民也会等待 · what was asked does not answer; residents wait for it too",
        "先处理其他故障，再运行一次 · see to the other findings, then run this again",
    )


def _not_looked(check: Check, wrong: frozenset[str]) -> Finding:
    names = "、".join(sorted(wrong.intersection(check.needs)))
    return unknown(check.about, f"{names} 有误，未检查 · not looked at, for {names} is wrong")
