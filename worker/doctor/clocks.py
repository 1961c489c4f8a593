"""Clocks: this machine's against the platform's and the database's. Pushes more than five minutes off are refused."""

from __future__ import annotations

import time
from datetime import datetime

from redis import Redis

from store.connection import servers_of
from worker.doctor.findings import Finding, failure, sound, warning

SOME, MUCH = 5.0, 60.0
"""Seconds. A Date header is whole seconds."""


def judge(about: str, whose: str, skew: float) -> Finding:
    """`skew`: seconds that this machine is ahead of another clock."""
    shown = f"本机快 {skew:+.1f} s，对{whose}"
    if abs(skew) < SOME:
        return sound(about, shown)
    judged = failure if abs(skew) >= MUCH else warning
    return judged(
        about,
        shown,
        "差 300 s 起，平台的消息全被拒绝；期限也会算错 · from 300 s on every push is refused; deadlines are wrong",
        "两边都开 NTP：timedatectl set-ntp true，或 chronyc makestep · let NTP set both clocks",
    )


def against_platform(date: datetime | None, now: datetime) -> Finding:
    """`date`: of the platform's answer; `now`: when it came."""
    if date is None:
        return warning(
            "clock.platform",
            "平台的回答没有时间 · the platform's answer has no Date",
            "无从比较：多半被代理去掉了 · there is nothing to compare with; a proxy may drop it",
            "用 chronyc tracking 核对本机时间 · look at this machine's time by NTP",
        )
    return judge("clock.platform", "平台 · this machine is ahead of the platform", (now - date).total_seconds())


def ahead_of_database(redis: Redis) -> float:
    """Seconds that this machine is ahead of the server that is off most. Raises RedisError."""
    return max((_ahead_of(server) for server in servers_of(redis)), key=abs)


def _ahead_of(server: Redis) -> float:
    before = time.time()
    seconds, microseconds = server.time()
    return (before + time.time()) / 2 - (int(seconds) + int(microseconds) / 1e6)


def against_database(skew: float) -> Finding:
    """`skew`: as `ahead_of_database` measures it."""
    return judge("clock.redis", "数据库 · this machine is ahead of the database", skew)
