"""Which processes are there, as tests ask that look for what was left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


def runs(pid: int) -> bool:
    """Whether a process is there and is no zombie.

    It may end at any moment while it is looked at: reaped before its file is opened it is not found, reaped after that
    the read fails with ESRCH, which is `ProcessLookupError`.
    """
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def offspring(pid: int) -> Iterator[int]:
    """The processes that a process started, and theirs, the last ones first. Whoever ends meanwhile is left out."""
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in map(int, tasks.read_text().split()):
                yield from offspring(child)
                yield child
