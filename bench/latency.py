"""From 确认 to the picture in the chat, residents at rest one after another, and where the time goes.

The whole house with its sandbox. The stages are read off the database's MONITOR and the sandbox's record of calls; the
yardstick is a bare round on the same Redis: an RQ job from enqueue to its first line, in a worker of the same kind.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any, cast

import redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from bench.house import Running, call, whole_house
from bench.phones import confirm, new_phone, up_to_summary
from bench.processes import started, workshop
from bench.residents import some
from bench.table import show

REST = 0.5
"""Seconds of peace before each 确认."""
STAGES = (
    ("commit", "确认 sent, until its effects are on the outbox"),
    ("wake", "until the settle job begins"),
    ("settle", "until the letter is on the post"),
    ("wake deliver", "until the deliver job begins"),
    ("draw", "until the upload begins"),
    ("upload", "the platform's media/upload"),
    ("send", "until the platform has the message"),
    ("all", "确认 sent, until the picture is in the chat"),
)


@dataclass(slots=True)
class Watch:
    """What the database was told, with its own clock: (seconds, command line)."""

    seen: list[tuple[float, str]] = field(default_factory=list)

    def follow(self, client: redis.Redis) -> None:
        """Listen until the connection is closed."""
        try:
            with client.monitor() as monitor:  # type: ignore[no-untyped-call]  # of redis-py
                for told in monitor.listen():
                    self.seen.append((told["time"], told["command"]))
        except (redis.ConnectionError, ValueError, OSError):
            return

    def first(self, after: float, *words: str) -> float:
        """When a command with all of these words was first seen. Raises LookupError."""
        for at, command in self.seen:
            if at >= after and all(word in command for word in words):
                return at
        raise LookupError(f"never seen: {words}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=30)
    told = parser.parse_args()
    with workshop("latency") as folder, whole_house(folder) as house:
        bare = list(bare_rounds(house, folder, told.residents))
        watch = Watch()
        threading.Thread(target=watch.follow, args=(house.database(),), daemon=True).start()
        spans = [one(house, watch, resident) for resident in some(told.residents)]
    report(spans, bare)


def bare_rounds(house: Running, folder: Path, count: int) -> Iterator[float]:
    """Seconds from enqueue to start of an RQ job, one after another, in a SimpleWorker of its own."""
    client = house.database()
    queue = Queue("bench", connection=client, serializer=JSONSerializer)
    options = client.connection_pool.connection_kwargs
    environ = {**os.environ, "BENCH_REDIS": f"redis://:{options['password']}@{options['host']}:{options['port']}/0"}
    with started((sys.executable, "-m", "bench.latency", "work"), environ, folder / "bare.log"):
        for _ in range(count + 1):
            time.sleep(REST / 5)
            began = time.time()
            queue.enqueue("bench.latency.job", result_ttl=0)
            at = cast("tuple[bytes, bytes]", client.blpop(["bench:began"], timeout=20))
            yield float(at[1]) - began


def job() -> None:
    """All that the bare job does: say when it began."""
    at = time.time()
    redis.Redis.from_url(os.environ["BENCH_REDIS"]).rpush("bench:began", at)


def work() -> None:
    connection = redis.Redis.from_url(os.environ["BENCH_REDIS"], socket_timeout=90)
    queue = Queue("bench", connection=connection, serializer=JSONSerializer)
    SimpleWorker([queue], connection=connection, serializer=JSONSerializer, worker_ttl=60).work(logging_level="WARNING")


def one(house: Running, watch: Watch, resident: Any) -> dict[str, float]:
    """The stages of one resident's confirmation, seconds."""
    phone = new_phone(house.sandbox, resident)
    up_to_summary(phone)
    time.sleep(REST)
    calls = call(f"{house.sandbox}/sandbox/calls?kind=api")["calls"]
    known = calls[-1]["n"] if calls else 0
    seen, began = max((line["n"] for line in phone.lines()), default=0), time.time()
    confirm(phone)
    phone.first("account", "image", seen)
    done = time.time()
    made = {told["path"]: told for told in call(f"{house.sandbox}/sandbox/calls?kind=api&after={known}")["calls"]}
    upload, send = made["/cgi-bin/media/upload"], made["/cgi-bin/message/custom/send"]
    committed = watch.first(began, "XADD", ":outbox")
    settling = watch.first(committed, "DEL", "woken:settle")
    posted = watch.first(settling, "XADD", ":post", "code")
    delivering = watch.first(settling, "DEL", "woken:deliver")
    upload_began = upload["at"] - upload["seconds"]
    return {
        "commit": committed - began,
        "wake": settling - committed,
        "settle": posted - settling,
        "wake deliver": max(0.0, delivering - posted),
        "draw": upload_began - max(delivering, posted),
        "upload": upload["seconds"],
        "send": send["at"] - upload["at"],
        "all": done - began,
    }


def report(spans: list[dict[str, float]], bare: list[float]) -> None:
    yardstick = median(bare[1:]) * 1000
    rows = [row("bare RQ job: enqueue until start", [seconds * 1000 for seconds in bare[1:]], yardstick)]
    rows += [row(f"{name}: {about}", [span[name] * 1000 for span in spans], yardstick) for name, about in STAGES]
    show(f"{len(spans)} residents at rest, milliseconds", ("", "median", "p95", "max", "x bare job"), rows)


def row(name: str, values: list[float], yardstick: float) -> tuple[str, ...]:
    p95 = quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
    middle = median(values)
    return name, f"{middle:.0f}", f"{p95:.0f}", f"{max(values):.0f}", f"{middle / yardstick:.1f}"


if __name__ == "__main__":
    work() if sys.argv[1:] == ["work"] else main()
