"""What waits: workers and jobs of every queue, the streams between them, the clock's leader, what was given up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis
from rq.registry import FailedJobRegistry
from rq.worker_registration import get_keys

from store.heartbeat import Heartbeat
from store.keys import SHARDS, Keys
from store.streams import Streams
from worker.doctor.findings import Finding, failure, sound, warning
from worker.queues import BULK, QUEUES, queue

BEATS_WITHIN = 100.0
"""Seconds: a worker that is idle says every 45 that it lives, with `WORKER_TTL_SECONDS` of 60."""
LEADER_WITHIN = 30.0
"""The leader notes every 10 seconds that it lives."""
RECENT = 3600.0
_LATE = {"outbox": (5.0, 60.0), "follow": (5.0, 60.0), "post": (60.0, 600.0)}
"""Seconds after which the oldest entry is a warning, a failure. Letters wait longer while the platform is away."""
_JOBS_LATE = (10.0, 60.0)
_BULK_LATE = (600.0, 3600.0)
_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One queue: workers that live, jobs that wait, the age of the oldest in seconds, jobs that failed in a day."""

    name: str
    workers: int
    waiting: int
    oldest: float
    failed: int


def look_at_lines(redis: Redis) -> list[Line]:
    """Every queue. Raises RedisError."""
    return [_line(name, redis) for name in QUEUES]


def _line(name: str, redis: Redis) -> Line:
    waits, now = queue(name, redis), datetime.now(UTC)
    with redis.pipeline(transaction=False) as trip:
        for key in get_keys(queue=waits, connection=redis):
            trip.hget(key, "last_heartbeat")
        beats = [_instant(beat) for beat in trip.execute() if beat]
    alive = sum((now - beat).total_seconds() < BEATS_WITHIN for beat in beats)
    first = waits.get_jobs(0, 1)
    since = first[0].enqueued_at if first else None
    oldest = (now - since.replace(tzinfo=UTC)).total_seconds() if since else 0.0
    return Line(name, alive, waits.count, oldest, FailedJobRegistry(queue=waits).count)


def _instant(beat: bytes) -> datetime:
    return datetime.fromisoformat(beat.decode().replace("Z", "+00:00")).astimezone(UTC)


def judge_line(line: Line) -> Iterable[Finding]:
    """Somebody works on it; nothing waits for long; nothing failed."""
    about, start = f"queue.{line.name}", f"python -m worker {line.name}"
    late, too_late = _BULK_LATE if line.name == BULK else _JOBS_LATE
    shown = f"{line.workers} 个进程，{line.waiting} 个任务在等，最久 {line.oldest:.0f} s · workers, jobs, oldest"
    means = "答复之后的事不再发生：颜色、图片、名单 · what follows an answer does not happen: colours, pictures, lists"
    if not line.workers:
        yield failure(about, shown, means, f"启动 {start}（make serve 会代劳），看它的日志 · start it; see its log")
    elif line.oldest > too_late:
        yield failure(about, shown, means, f"看 {start} 的日志，或再启动一个 · see its log, or start one more")
    elif line.oldest > late:
        yield warning(about, shown, "处理不过来 · it does not keep up", f"再启动一个 {start} · start one more")
    else:
        yield sound(about, shown)
    if line.failed:
        yield warning(
            f"queue.{line.name}.failed",
            f"一天内 {line.failed} 个任务失败 · jobs failed within a day",
            "时钟会再次安排，但原因还在 · the clock starts them again, the cause stays",
            f"看 logs/{line.name}.log 中的 ERROR · see its log",
        )


# --- the streams ------------------------------------------------------------------------------------------------------


def look_at_streams(streams: Streams, now: float) -> dict[str, float]:
    """Seconds that the oldest entry of each stream has waited, 0 for an empty one. Raises RedisError."""
    oldest = streams.oldest(tuple(_LATE))
    return {name: max((now - at / 1000 for _, at in entries), default=0.0) for name, entries in oldest.items()}


def judge_stream(name: str, oldest: float) -> Finding:
    late, too_late = _LATE[name]
    shown = f"最久等了 {max(0.0, oldest):.0f} s · the oldest waits"
    if oldest <= late:
        return sound(f"queue.{name}", shown)
    judged = failure if oldest > too_late else warning
    if name == "post":
        means = "消息或图片还没有送到居民 · messages or pictures have not reached residents"
        do = "先看下面的「微信平台」，再看 logs/deliver.log · see the platform below, then its log"
    else:
        means = "已答复的申报还没有变成颜色 · declarations that were answered have not become colours"
        do = "看 settle 与 clock 是否在运行，再看 logs/settle.log · see that settle and clock run, then the log"
    return judged(f"queue.{name}", shown, means, do)


# --- the leader -------------------------------------------------------------------------------------------------------


def look_at_leader(redis: Redis, keys: Keys) -> float | None:
    """Seconds since the clock's leader last said that it lives; None: it never did. Raises RedisError."""
    last = Heartbeat(redis, keys).read()
    return None if last is None else time.time() - last.wall


def judge_leader(age: float | None) -> Finding:
    if age is not None and age <= LEADER_WITHIN:
        return sound("queue.clock", f"{max(0.0, age):.0f} s 前有心跳 · the clock lives")
    return failure(
        "queue.clock",
        "从未有心跳 · the clock never ran" if age is None else f"{age:.0f} s 没有心跳 · the clock is silent",
        "不提醒、不清扫；白天停四小时会给全体记一天 · nothing is swept, nobody reminded; "
        "four hours in the daytime credit the day to everybody",
        "启动 python -m worker clock · start it",
    )


# --- what was given up ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Effects set aside, letters given up that are kept, and of those the reasons of the last hour."""

    parked: int
    undelivered: int
    lately: Mapping[str, int]


def look_at_given_up(redis: Redis, keys: Keys, now: float) -> GivenUp:
    """One trip. Raises RedisError."""
    since = f"{int((now - RECENT) * 1000)}"
    with redis.pipeline(transaction=False) as trip:
        for shard in range(SHARDS):
            trip.xlen(keys.parked(shard))
            trip.xlen(keys.undelivered(shard))
            trip.xrange(keys.undelivered(shard), min=since, count=100)
        answers = trip.execute()
    reasons = Counter(fields[b"reason"].decode() for lately in answers[2::3] for _, fields in lately)
    return GivenUp(sum(answers[0::3]), sum(answers[1::3]), reasons)


def judge_given_up(told: GivenUp) -> Iterable[Finding]:
    """Parked effects keep an account from going on; letters that were given up reached nobody."""
    if told.parked:
        yield failure(
            "queue.parked",
            f"{told.parked} 件记录失败五次，已搁置 · effects set aside after five failures",
            "有居民说过的话还没有记下 · something that residents said is not on record",
            "python -m worker parked 看原因；修好后加 --release · see why; when mended, --release",
        )
    else:
        yield sound("queue.parked", "没有搁置的记录 · nothing is set aside")
    lately = sum(told.lately.values())
    if lately:
        most = sorted(told.lately, key=lambda reason: -told.lately[reason])[:_MOST_REASONS]
        yield warning(
            "queue.undelivered",
            f"一小时内 {lately} 条没有送到 · not delivered within the hour: {'; '.join(most)}",
            "这些居民没有收到 · these residents got nothing",
            "python -m worker parked 列出全部；窗口已过的请社区电话联系 · lists all; call those out of their window",
        )
    else:
        yield sound("queue.undelivered", f"一小时内都送到了（留存 {told.undelivered} 条旧的） · none within the hour")
