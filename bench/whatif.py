"""A draft notice over everybody: people a second and memory of `make whatif`, against a bare read of the same values.

The people are invented by the house's own `python -m worker demo`. Both read the same database with a process a core.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from statistics import median

import redis

from bench.house import NOBODY, environment
from bench.processes import PROJECT, database, workshop
from bench.table import show
from bench.wire import Account

MOST_SECONDS = 120.0
"""For a million people, of the issue."""
BATCH = 500
SAMPLE_SECONDS = 0.1
DRAFT = """
from dataclasses import replace
from datetime import date
from domain.notices.n2020_03_02 import GREY_AFTER, NOTICE as BEFORE, OWN_ROUND

LIMITS = replace(BEFORE.limits, grey_after=replace(GREY_AFTER, value=5), own_round=replace(OWN_ROUND, value=7))
NOTICE = replace(BEFORE, number="draft", effective=date(2020, 4, 1), limits=LIMITS)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One command: how long it took, the memory of all of its processes together at its highest, what it printed."""

    seconds: float
    processor: float
    """Seconds of all cores together: what a machine busy with other things does not change much."""
    peak: int
    """Bytes, resident."""
    printed: str


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(workshop("whatif"))
        url = stack.enter_context(database(folder / "redis"))
        draft = folder / "draft.py"
        draft.write_text(DRAFT, "utf-8")
        environ = environment(Account(), url, folder, SANDBOX=NOBODY)
        invented = run(environ, "demo", str(told.people))
        bare, judged = [], []
        for _ in range(told.rounds):
            bare.append(read_all(url, told.people))
            judged.append(run(environ, "whatif", str(draft)))
        print(judged[-1].printed)
        report(told.people, invented, bare, judged)


def run(environ: Mapping[str, str], *command: str) -> Run:
    """A command of the workers, watched. Raises RuntimeError when it fails."""
    began, worked, peak = time.monotonic(), processor_seconds(), 0
    with subprocess.Popen(
        [sys.executable, "-m", "worker", *command], cwd=PROJECT, env=dict(environ), stdout=subprocess.PIPE, text=True
    ) as process:
        ended = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not ended.wait(SAMPLE_SECONDS):
                peak = max(peak, resident_of(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        printed, _ = process.communicate()
        ended.set()
        watcher.join()
    if process.returncode:
        raise RuntimeError(f"worker {command[0]} failed: {printed}")
    return Run(time.monotonic() - began, processor_seconds() - worked, peak, printed)


def processor_seconds() -> float:
    """Of all processes that this one started and that have ended, and of theirs."""
    told = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told.ru_utime + told.ru_stime


def resident_of(pid: int) -> int:
    """Bytes of a process and of all that it started."""
    try:
        told = Path(f"/proc/{pid}/status").read_text("utf-8")
        children = [
            int(child) for each in Path(f"/proc/{pid}/task").glob("*/children") for child in each.read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"VmRSS:\s+(\d+) kB", told)
    return (int(found[1]) * 1024 if found else 0) + sum(map(resident_of, children))


def read_all(url: str, people: int) -> Run:
    """A process a core reads every person's value and does nothing with it. The memory is not watched."""
    began, worked, own = time.monotonic(), processor_seconds(), time.process_time()
    shards: defaultdict[bytes, list[bytes]] = defaultdict(list)
    with redis.Redis.from_url(url) as client:
        for name in client.scan_iter("yima:{??}:person:*", 2_000):
            shards[name[:9]].append(name)
    with ProcessPoolExecutor(cpu_count() or 1, get_context("spawn")) as pool:
        read = sum(pool.map(partial(read_shard, url), shards.values()))
    if read < people:
        raise RuntimeError(f"{read} of {people} people were read")
    worked = processor_seconds() - worked + time.process_time() - own
    return Run(time.monotonic() - began, worked, 0, "")


def read_shard(url: str, names: Sequence[bytes]) -> int:
    """How many values there are."""
    with redis.Redis.from_url(url) as client:
        return sum(
            value is not None for at in range(0, len(names), BATCH) for value in client.mget(names[at : at + BATCH])
        )


def report(people: int, invented: Run, bare: Sequence[Run], judged: Sequence[Run]) -> None:
    read, took = median(each.seconds for each in bare), median(each.seconds for each in judged)
    rows = [
        row(name, people, each, read)
        for name, each in (("a bare read", bare), ("whatif", judged), ("demo", [invented]))
    ]
    title = f"{people:,} people, {cpu_count()} cores; a million in {took / people * 1e6:.0f} s of {MOST_SECONDS:.0f}"
    show(title, ("", "seconds", "people/s", "x a bare read", "processor s", "MiB at most"), rows)


def row(name: str, people: int, runs: Sequence[Run], read: float) -> tuple[str, ...]:
    took, worked = median(each.seconds for each in runs), median(each.processor for each in runs)
    peak = max(each.peak for each in runs)
    figures = (f"{took:.1f}", f"{people / took:,.0f}", f"{took / read:.2f}", f"{worked:.1f}", f"{peak / 2**20:,.0f}")
    return name, *figures


if __name__ == "__main__":
    main()
