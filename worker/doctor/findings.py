"""What the doctor found: one judgement a line, with what it means and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Grade(Enum):
    """How bad it is. The value is the sign that is printed."""

    SOUND = "✓"
    UNKNOWN = "–"
    """Could not be looked at because of another finding; never the only one that is not sound."""
    WARNING = "!"
    FAILURE = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement. Texts are 「中文 · English」, without secrets and without anything about a person.

    `about`: family and subject, such as `redis.policy`; a name for machines, stable. `do` is "" only where nothing is
    to be done.
    """

    about: str
    grade: Grade
    found: str
    means: str = ""
    do: str = ""


def sound(about: str, found: str) -> Finding:
    return Finding(about, Grade.SOUND, found)


def unknown(about: str, why: str) -> Finding:
    return Finding(about, Grade.UNKNOWN, why)


def warning(about: str, found: str, means: str, do: str) -> Finding:
    return Finding(about, Grade.WARNING, found, means, do)


def failure(about: str, found: str, means: str, do: str) -> Finding:
    return Finding(about, Grade.FAILURE, found, means, do)


def exit_code(findings: Iterable[Finding]) -> int:
    """0: all is sound; 1: warnings only; 2: something fails, or could not be looked at."""
    grades = {finding.grade for finding in findings}
    if grades & {Grade.FAILURE, Grade.UNKNOWN}:
        return 2
    return 1 if Grade.WARNING in grades else 0
