"""The values of a plan: each reader takes what is stated and its place, and raises BadPlan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_LONGEST = 7 * 86400.0


class BadPlan(Exception):
    """What is wrong with a plan; the text begins with the place, e.g. `rules[2].do.code`."""


def table(stated: object, place: str, known: Sequence[str]) -> Mapping[str, Any]:
    """A JSON object of known names."""
    if not isinstance(stated, dict):
        raise BadPlan(f"{place}: not an object")
    for name in stated:
        if name not in known:
            raise BadPlan(f"{place}.{name}: unknown; known are {', '.join(known)}")
    return stated


def text(stated: object, place: str) -> str:
    """A text."""
    if not isinstance(stated, str):
        raise BadPlan(f"{place}: a text")
    return stated


def whole(stated: object, place: str) -> int:
    """A whole number."""
    if isinstance(stated, bool) or not isinstance(stated, int):
        raise BadPlan(f"{place}: a whole number")
    return stated


def from_one(stated: object, place: str) -> int:
    """A whole number of one or more."""
    if whole(stated, place) < 1:
        raise BadPlan(f"{place}: a whole number of one or more")
    return whole(stated, place)


def _number(stated: object, place: str, most: float, words: str) -> float:
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated <= most:
        raise BadPlan(f"{place}: {words}")
    return float(stated)


def share(stated: object, place: str) -> float:
    """A share of all."""
    return _number(stated, place, 1, "a number from 0 to 1")


def seconds(stated: object, place: str) -> float:
    """A duration."""
    return _number(stated, place, _LONGEST, "seconds, from 0 to 7 days")


def choice(*allowed: str) -> Callable[[object, str], str]:
    """A reader of one of some words."""

    def read(stated: object, place: str) -> str:
        if stated not in allowed:
            raise BadPlan(f"{place}: one of {', '.join(allowed)}")
        return str(stated)

    return read


def flag(stated: object, place: str) -> bool:
    """A truth."""
    if not isinstance(stated, bool):
        raise BadPlan(f"{place}: true or false")
    return stated


def status(stated: object, place: str) -> int:
    """An HTTP status of failure."""
    if not 400 <= whole(stated, place) <= 599:
        raise BadPlan(f"{place}: 400 to 599")
    return whole(stated, place)


def times(stated: object, place: str) -> int:
    """How often a push is sent."""
    if not 2 <= whole(stated, place) <= 20:
        raise BadPlan(f"{place}: 2 to 20")
    return whole(stated, place)
