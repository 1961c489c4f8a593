"""Reading single fields of a JSON document: each error names the path inside the document and never repeats a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from domain.facts import day_of

E = TypeVar("E", bound=StrEnum)
V = TypeVar("V")

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
LOWEST, HIGHEST = Decimal(30), Decimal(45)
"""℃; beyond, it is not the temperature of a living person but a slip such as 3.65 or 365."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DEGREES = re.compile(r"\d{1,3}(\.\d{1,3})?", re.ASCII)


class BadRecord(Exception):
    """A document that is not what it should be: `path` is where inside it, `problem` what is wrong there."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object and where it stands. Unknown fields are ignored; a field given as null is not there."""

    value: dict[str, object]
    path: str

    def where(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def need(self, name: str, read: Callable[[object, str], V]) -> V:
        """The field, which has to be there."""
        if name not in self.value:
            raise BadRecord(self.where(name), "missing")
        return read(self.value[name], self.where(name))

    def may(self, name: str, read: Callable[[object, str], V]) -> V | None:
        """The field, or None when it is left out or null."""
        return None if self.value.get(name) is None else self.need(name, read)

    def items(self, name: str) -> Iterator[tuple[object, str]]:
        """The members of a list with their paths; none when it is left out or null."""
        members = self.may(name, as_list) or []
        return ((member, f"{self.where(name)}[{index}]") for index, member in enumerate(members))

    def members(self) -> Iterator[tuple[str, object]]:
        """All of its fields, of an object whose names are data."""
        return iter(self.value.items())


def as_object(value: object, path: str) -> Fields:
    if not isinstance(value, dict):
        raise BadRecord(path, "not an object")
    return Fields(value, path)


def as_list(value: object, path: str) -> list[object]:
    if not isinstance(value, list):
        raise BadRecord(path, "not a list")
    return value


def as_text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise BadRecord(path, "not a text")
    return value


def as_id(value: object, path: str) -> str:
    """A text that is not empty."""
    if not as_text(value, path):
        raise BadRecord(path, "empty")
    return as_text(value, path)


def as_member(kind: type[E]) -> Callable[[object, str], E]:
    """A reader of one of the values of an enumeration."""

    def read(value: object, path: str) -> E:
        try:
            return kind(as_text(value, path))
        except ValueError:
            raise BadRecord(path, f"not one of {', '.join(kind)}") from None

    return read


def as_day(value: object, path: str) -> date:
    """`YYYY-MM-DD`."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        raise BadRecord(path, "not a day (YYYY-MM-DD)")
    return day


def as_instant(value: object, path: str) -> datetime:
    """ISO 8601 with an offset."""
    try:
        at = datetime.fromisoformat(as_text(value, path))
    except ValueError:
        raise BadRecord(path, "not an instant (ISO 8601)") from None
    if at.utcoffset() is None:
        raise BadRecord(path, "an instant without an offset")
    if not EARLIEST + timedelta(1) <= at.date() < LATEST or not EARLIEST <= day_of(at) <= LATEST:
        raise BadRecord(path, "not an instant of these centuries")
    return at


def as_temperature(value: object, path: str) -> Decimal:
    """℃ as a text such as "36.5", or a JSON number read as a decimal."""
    text = str(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _DEGREES.fullmatch(text):
        raise BadRecord(path, 'not a temperature such as "36.5"')
    degrees = Decimal(text)
    if not LOWEST <= degrees <= HIGHEST:
        raise BadRecord(path, f"not between {LOWEST} and {HIGHEST} ℃")
    return degrees


def as_bits(value: object, path: str) -> int:
    """A byte of `domain.facts.History.normal`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 16:
        raise BadRecord(path, "not a byte of a folded day")
    return value


def as_cell(value: object, path: str) -> int:
    """The number of a grid cell, 0 for none."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 99:
        raise BadRecord(path, "not a grid cell (0 to 99)")
    return value
