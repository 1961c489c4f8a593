"""Runs: days in a row. Days are ordinals (`date.toordinal`)."""

from __future__ import annotations

from collections.abc import Iterable

Run = tuple[int, int]
"""First and last day of a longest stretch of consecutive days, both inclusive."""


def runs_of(days: Iterable[int]) -> list[Run]:
    """The days as runs, in order."""
    runs: list[Run] = []
    for day in sorted(days):
        if runs and day - runs[-1][1] <= 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def round_done(runs: list[Run], after: int, length: int) -> int | None:
    """The day on which `length` days in a row, all later than `after`, are complete for the first time."""
    for first, last in runs:
        done = max(first, after + 1) + length - 1
        if done <= last:
            return done
    return None


def days_reached(runs: list[Run], after: int, today: int) -> int:
    """How many days of the row later than `after` are done. Today is not missed before it is over."""
    if not runs or runs[-1][1] < today - 1:
        return 0
    first, last = runs[-1]
    return max(0, last - max(first, after + 1) + 1)
