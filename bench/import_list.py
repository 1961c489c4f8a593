"""A case list of a million rows: read, checked, applied, killed with -9 on the way; against a loop of bare writes.

The rows name invented people who have not declared. Submitted by one, approved by another, applied by the bulk worker
of the Procfile with settle and clock beside it. The bare loop writes values of the same size and the same audit, a
thousand in a trip, to the same database.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import msgpack
import redis

from bench.house import environment
from bench.processes import PROJECT, database, procfile_line, started, workshop
from bench.residents import Resident
from bench.table import show
from bench.wire import Account

BATCH = 1_000
SAMPLE_SECONDS = 0.2
HEADING = "证件号码,姓名,病例类型,确诊日期,报告单位,病例编号\n"
ADMIN, SUBMITTER, APPROVER = "zhao.min", "li.qiang", "ma.hong"


@dataclass(frozen=True, slots=True)
class Run:
    """A command: seconds, bytes resident at the most, what it printed."""

    seconds: float
    peak: int
    printed: str


@dataclass(slots=True)
class Watch:
    """The memory of a process and of its children at the highest, sampled."""

    pids: list[int] = field(default_factory=list)
    peak: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        while not self.over.wait(SAMPLE_SECONDS):
            for pid in list(self.pids):
                self.peak = max(self.peak, *(resident(each) for each in (pid, *children(pid))))


def main() -> None:
    """Print the table; fails when a row was recorded twice or not at all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    told = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(workshop("import"))
        url = stack.enter_context(database(folder / "redis"))
        client = stack.enter_context(redis.Redis.from_url(url))
        environ = environment(Account(), url, folder)
        bare = bare_writes(client, told.rows)
        client.flushall()
        appoint(environ)
        path = write_list(folder / "list.csv", told.rows)
        submitted = run(environ, "lists", "submit", str(path), "--kind", "cases", "--as", SUBMITTER)
        name = re.search(r"名单 ([0-9a-f]{12})", submitted.printed)
        if name is None:
            raise RuntimeError(submitted.printed)
        again = run(environ, "lists", "submit", str(path), "--kind", "cases", "--as", SUBMITTER)
        run(environ, "lists", "approve", name[1], "--as", APPROVER)
        applied, peak, counts = apply(environ, folder, client, name[1], told.rows)
        persons = sum(1 for _ in client.scan_iter("yima:*:person:*", 10_000))
        print(submitted.printed)
    report(told.rows, path, bare, submitted, again, applied, peak, counts, persons)


def appoint(environ: Mapping[str, str]) -> None:
    """An administrator, and two officers."""
    run(environ, "staff", "found", given={"id": ADMIN, "name": "赵敏", "organisation": "自治区指挥部"})
    for who in (SUBMITTER, APPROVER):
        person = {"id": who, "name": "李强", "organisation": "自治区疾控中心"}
        run(environ, "staff", "add", "--as", ADMIN, given=person)
        run(environ, "staff", "grant", who, "epidemic_officer", "everywhere", "--as", ADMIN)


def write_list(path: Path, rows: int) -> Path:
    """A CSV as an office would save it."""
    with path.open("w", encoding="gb18030") as file:
        file.write(HEADING)
        for number in range(rows):
            file.write(f"{Resident(number).document},王芳,疑似,2020/3/2,银川市疾控中心,NX-{number:07d}\n")
    return path


def run(environ: Mapping[str, str], *command: str, given: object = None) -> Run:
    """A command of the workers. Raises RuntimeError when it fails."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "worker", *command],
        cwd=PROJECT,
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    watch = Watch([process.pid])
    thread = threading.Thread(target=watch.look)
    thread.start()
    printed = process.communicate(json.dumps(given).encode())[0].decode()
    watch.over.set()
    thread.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {printed}")
    return Run(time.monotonic() - began, watch.peak, printed)


def apply(
    environ: Mapping[str, str], folder: Path, client: redis.Redis, name: str, rows: int
) -> tuple[float, int, tuple[int, ...]]:
    """Seconds from the first worker to the last row, the memory of the bulk worker, and the counts in the end."""
    with ExitStack() as stack:
        for line in ("settle", "clock"):
            stack.enter_context(started(procfile_line(line), environ, folder / f"{line}.log"))
        watch = Watch()
        threading.Thread(target=watch.look, daemon=True).start()
        began = time.monotonic()
        with bulk(environ, folder, watch) as process:
            until(lambda: progress(client, name)[1] > rows // 3)
            for pid in (process.pid, *children(process.pid)):
                os.kill(pid, signal.SIGKILL)
        with bulk(environ, folder, watch):
            run(environ, "lists", "progress", name, "--as", APPROVER)
            seconds = time.monotonic() - began
        watch.over.set()
    return seconds, watch.peak, progress(client, name)


@contextlib.contextmanager
def bulk(environ: Mapping[str, str], folder: Path, watch: Watch) -> Iterator[subprocess.Popen[bytes]]:
    with started(procfile_line("bulk1"), environ, folder / "bulk.log") as process:
        watch.pids.append(process.pid)
        yield process


def progress(client: redis.Redis, name: str) -> tuple[int, ...]:
    """Chunks done, rows recorded, rows known before, rows of damaged records."""
    for key in client.scan_iter(f"yima:*:list:{name}", 100_000):
        raw = client.hget(key, "progress")
        return tuple(msgpack.unpackb(bytes(raw))) if isinstance(raw, bytes) else (0, 0, 0, 0)
    return (0, 0, 0, 0)


def bare_writes(client: redis.Redis, rows: int) -> float:
    """Seconds for the same number of values and audit entries of a listed person, without thinking."""
    value, entry, began = os.urandom(110), os.urandom(230), time.monotonic()
    for first in range(0, rows, BATCH):
        with client.pipeline(transaction=False) as trip:
            for number in range(first, min(first + BATCH, rows)):
                shard = f"{{{number % 256:02x}}}"
                trip.set(f"yima:{shard}:person:{number:016d}", value)
                trip.xadd(f"yima:{shard}:audit", {"a": entry})
            trip.execute()
    return time.monotonic() - began


def resident(pid: int) -> int:
    """Bytes; none of a process that is gone."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def until(true: Callable[[], bool], seconds: float = 3_600) -> None:
    """Wait until something is so. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)


def report(
    rows: int,
    path: Path,
    bare: float,
    submitted: Run,
    again: Run,
    applied: float,
    peak: int,
    counts: tuple[int, ...],
    persons: int,
) -> None:
    def line(what: str, seconds: float, memory: int = 0) -> tuple[str, ...]:
        shown = f"{memory / 1e6:.0f}" if memory else ""
        return what, f"{seconds:.1f}", f"{rows / seconds:,.0f}", shown, f"{seconds / bare:.2f}"

    table = [
        line("bare pipelined writes", bare),
        line("submit: read, stage, dry run", submitted.seconds, submitted.peak),
        line("submit the same file again", again.seconds, again.peak),
        line("apply, killed -9 at a third", applied, peak),
    ]
    show(f"A case list of {rows:,} rows", ("", "seconds", "rows/s", "MB resident", "to bare writes"), table)
    print(f"persons {persons}, recorded {counts[1]}, known before {counts[2]}, damaged {counts[3]}")
    if persons != rows or counts[1:] != (rows, 0, 0):
        raise SystemExit("a row was recorded twice or not at all")


if __name__ == "__main__":
    main()
