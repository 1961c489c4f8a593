"""A run of a long work, as the function that does the work sees it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.roles import Staff
from domain.works import Made, Work
from store.works import Overtaken
from worker.context import Context

RUN_SECONDS = 30.0
"""A work that can be parted gives way after so long, as lists and broadcasts do."""
TOLD_SECONDS = 0.25
READ = 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    """A file on this machine that is to be the result of a work."""

    path: Path
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Done:
    """A work that came to its end: what is counted, and the file if it made one."""

    counts: Mapping[str, int] = field(default_factory=dict)
    file: File | None = None


class Run:
    """One run. `folder` is empty, private to this run and gone after it; `staff` as the registry has them now."""

    def __init__(
        self, ctx: Context, work: Work, staff: Staff, number: int, mark: bytes, folder: Path, lost: threading.Event
    ) -> None:
        self.ctx = ctx
        self.work = work
        self.staff = staff
        self.folder = folder
        self.mark: Mapping[str, Any] = json.loads(mark) if mark else {}
        self._number = number
        self._lost = lost
        self._told = 0.0
        self._end = time.monotonic() + RUN_SECONDS

    @property
    def time_is_over(self) -> bool:
        """Whether a work that can be parted returns None now, to be called again with its mark."""
        return time.monotonic() > self._end

    def step(self, done: int, total: int, mark: Mapping[str, Any] | None = None) -> None:
        """Say how far it is: often, for it costs a trip only four times a second, and always with a mark. A mark is
        small, without personal data, and says what need not be done again.

        Raises Cancelled, Overtaken: let them through.
        """
        if self._lost.is_set():
            raise Overtaken
        now = time.monotonic()
        if mark is None and now - self._told < TOLD_SECONDS:
            return
        self._told = now
        packed = None if mark is None else json.dumps(mark).encode()
        self.ctx.works.step(self.work.id, self._number, done, total, packed)

    def given(self) -> Path:
        """The file that was handed in. Raises Refused (`file_gone`)."""
        made = self.work.given
        if made is None:
            raise ValueError("this work was given no file")
        path = self.folder / (Path(made.name).name or "given")
        with path.open("wb") as file:
            for piece in self.ctx.works.file(self.work.id, made):
                file.write(piece)
        return path

    def keep(self, file: File) -> Made:
        """Put a finished file away; it can be fetched only after the run has ended well."""
        made = Made(file.name, file.media_type, 0, 0)
        return self.ctx.works.keep_file(self.work.id, self._number, self._pieces(file.path), made)

    def _pieces(self, path: Path) -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(READ):
                if self._lost.is_set():
                    raise Overtaken
                yield piece


Doing = Callable[[Run], Done | None]
"""Does a work, or as much of it as there is time for (None). May be called again after being killed anywhere.

Raises Refused for what the reader of the page can mend; Cancelled and Overtaken come from `Run.step`.
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """How works of a kind are done. `parted`: in runs of `RUN_SECONDS`; else in one, and one such at a time, so that
    the other bulk worker is always there for broadcasts and lists."""

    do: Doing
    parted: bool
