"""Keeps processes running: starts them, writes their logs, restarts what crashes, ends them in order, leaves none.

Whatever this file ends, it started: a child leads a process group of its own, and signals go to that group only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a crashed child is started again: doubled each time, forgotten once it ran longer than the longest."""
LOG_BYTES = 20_000_000
"""A log that has grown larger is set aside as `.1`."""
TOLD = re.compile(r"\b(ERROR|CRITICAL)\b|^[\w.]+(Error|Exception|BadSettings|Refused|WeakServer)\b")
"""Lines of a log that are also shown."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Child:
    """What to run: in `folder`, with exactly `environ`, ending within `grace` seconds of SIGTERM."""

    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path
    inherits: tuple[int, ...] = ()
    """File descriptors that the child keeps open."""
    grace: float = 10.0


@dataclass(slots=True)
class _Run:
    child: Child
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = 0.0
    last_lines: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None


class Children:
    """The running children. Every method is for one thread, the main one: a child dies with the thread that made it."""

    def __init__(self, logs: Path, tell: Callable[[str], None]) -> None:
        """`logs`: folder of `<name>.log`; `tell` shows a line to whoever sits there."""
        self._logs, self._tell = logs, tell
        self._runs: dict[str, _Run] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, child: Child) -> None:
        """Start a child and keep it running from now on. Raises OSError when its command cannot be found."""
        run = self._runs[child.name] = _Run(child)
        self._spawn(run)

    def alive(self, name: str) -> bool:
        """Whether the child runs at this moment."""
        process = self._runs[name].process
        return process is not None and process.poll() is None

    def pids(self) -> dict[str, int]:
        """The process ids, by name, of those that run."""
        return {name: run.process.pid for name, run in self._runs.items() if run.process}

    def look_after(self) -> None:
        """Start again what crashed, each after its pause. Call it often; it does not block."""
        now = time.monotonic()
        for run in self._runs.values():
            if run.process is not None and run.process.poll() is not None:
                self._bury(run, run.process, now)
            elif run.process is None and now >= run.due:
                self._spawn(run)

    def stop(self, stages: Sequence[Sequence[str]]) -> None:
        """End all, stage by stage; a stage begins when the one before has ended. Names not mentioned end last."""
        named = {name for stage in stages for name in stage}
        for stage in (*stages, [name for name in self._runs if name not in named]):
            runs = [self._runs[name] for name in stage if name in self._runs]
            for run in runs:
                if run.process is not None:
                    with contextlib.suppress(ProcessLookupError):
                        run.process.terminate()
            for run in runs:
                self._end(run)

    def _end(self, run: _Run) -> None:
        if run.process is None:
            return
        try:
            run.process.wait(timeout=run.child.grace)
        except subprocess.TimeoutExpired:
            self._tell(f"{run.child.name}: {run.child.grace:g} 秒内未结束，强制结束 · did not end in time: killed")
        _kill_group(run.process.pid)
        run.process.wait()
        run.process = None

    def _bury(self, run: _Run, process: subprocess.Popen[bytes], now: float) -> None:
        _kill_group(process.pid)  # what it left behind would keep its port or its files
        if run.reader is not None:
            run.reader.join(timeout=0.5)
        run.failures = 1 if now - run.started > LONGEST_PAUSE else run.failures + 1
        pause = min(FIRST_PAUSE * 2 ** (run.failures - 1), LONGEST_PAUSE)
        run.process, run.due = None, now + pause
        name = run.child.name
        self._tell(f"{name}: 意外结束，{pause:g} 秒后重启 · ended ({process.returncode}), starts again in {pause:g} s")
        if run.failures == 1 and process.returncode > 0:
            for line in run.last_lines[-5:]:
                self._tell(f"{name} | {line}")

    def _spawn(self, run: _Run) -> None:
        child = run.child
        process = subprocess.Popen(  # noqa: S603 - the house's own commands
            child.argv,
            cwd=child.folder,
            env=dict(child.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=child.inherits,
            preexec_fn=_dies_with(os.getpid()),
        )
        run.process, run.started, run.last_lines = process, time.monotonic(), []
        if process.stdout is not None:
            run.reader = threading.Thread(target=self._write_log, args=(run, process.stdout), daemon=True)
            run.reader.start()

    def _write_log(self, run: _Run, lines: IO[bytes]) -> None:
        path = self._logs / f"{run.child.name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        kept = run.last_lines
        with path.open("a", encoding="utf-8", buffering=1) as log, lines:
            for raw in lines:
                line = raw.decode("utf-8", "replace").rstrip()
                log.write(f"{datetime.now().astimezone():%m-%d %H:%M:%S} {line}\n")
                kept.append(line)
                del kept[:-5]
                if TOLD.search(line):
                    self._tell(f"{run.child.name} | {line}")


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _dies_with(parent: int) -> Callable[[], None] | None:
    """For a new child: have Linux send it SIGTERM when the supervisor is gone, however it went."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask
