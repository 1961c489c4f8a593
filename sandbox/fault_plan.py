"""The plan of faults: what a rule says, and the reading of one, with errors that name the place inside the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class BadPlan(Exception):
    """What is wrong with a plan; the text begins with the place, e.g. `rules[2].do.code`."""


class When(StrEnum):
    """Whether the work was done although the answer says otherwise."""

    BEFORE = "before"
    AFTER = "after"


class Kind(StrEnum):
    """What happens to a call (first block), or to a push of the platform (second block)."""

    ERRCODE = "errcode"
    HTTP = "http"
    RESET = "reset"
    STALL = "stall"
    TRUNCATE = "truncate"
    GARBAGE = "garbage"

    LOSE = "lose"
    DOUBLE = "double"
    EARLY = "early"
    LATE = "late"
    STATUS = "status"
    SKEW = "skew"


_OF_CALLS = frozenset({Kind.ERRCODE, Kind.HTTP, Kind.RESET, Kind.STALL, Kind.TRUNCATE, Kind.GARBAGE})
_LONGEST = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that goes wrong; the fields that its kind does not name are unused. Durations in seconds."""

    kind: Kind
    when: When = When.BEFORE
    code: int = 0
    errmsg: str = ""
    status: int = 502
    seconds: float = 0.0
    silent: bool = False
    """Of a stall: no answer comes after it."""
    times: int = 2
    overlap: bool = False
    value: str = ""
    created: int = 0
    timestamp: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """Which calls or pushes, and what happens to them: to one of `effects`, drawn by the seed."""

    name: str
    calls: bool
    """Whether `globs` are paths of the API; else they are kinds of push: `text`, `event:click`."""
    globs: tuple[str, ...]
    where: Mapping[str, str]
    first: int
    last: int | None
    every: int
    share: float
    seed: int
    begin: float
    end: float | None
    effects: tuple[Effect, ...]

    def names(self, subject: str) -> bool:
        """Whether the path or the kind of push is one of this rule's; a glob that begins with `!` takes some out."""
        wanted = [glob for glob in self.globs if not glob.startswith("!")] or ["*"]
        unwanted = [glob[1:] for glob in self.globs if glob.startswith("!")]
        return _any(subject, wanted) and not _any(subject, unwanted)


def parse(stated: object, place: str) -> Rule:
    """Read one rule. Raises BadPlan."""
    known = ("name", "path", "push", "where", "calls", "every", "share", "seed", "span", "do")
    document = _object(stated, place, known)
    if ("path" in document) == ("push" in document):
        raise BadPlan(f"{place}: either path (calls of the API) or push (what the platform pushes), and not both")
    of_calls = "path" in document
    first, last = _range(document.get("calls", [1, None]), f"{place}.calls", _from_one)
    begin, end = _range(document.get("span", [0, None]), f"{place}.span", _seconds)
    return Rule(
        name=_text(document.get("name", ""), f"{place}.name"),
        calls=of_calls,
        globs=_globs(document, "path" if of_calls else "push", place),
        where=_where(document.get("where", {}), f"{place}.where"),
        first=int(first),
        last=None if last is None else int(last),
        every=_from_one(document.get("every", 1), f"{place}.every"),
        share=_share(document.get("share", 1), f"{place}.share"),
        seed=_whole(document.get("seed", 0), f"{place}.seed"),
        begin=begin,
        end=end,
        effects=_effects(document, of_calls, f"{place}.do"),
    )


def _effects(document: Mapping[str, Any], of_calls: bool, place: str) -> tuple[Effect, ...]:
    stated = document.get("do")
    if not isinstance(stated, list):
        return (_effect(stated, of_calls, place),)
    if not stated:
        raise BadPlan(f"{place}: at least one effect")
    return tuple(_effect(item, of_calls, f"{place}[{n}]") for n, item in enumerate(stated))


def _effect(stated: object, of_calls: bool, place: str) -> Effect:
    kinds = sorted(kind for kind in Kind if (kind in _OF_CALLS) == of_calls)
    kind = stated.get("kind") if isinstance(stated, dict) else None
    if kind not in kinds:
        raise BadPlan(f'{place}.kind: for {"calls" if of_calls else "pushes"} one of {", ".join(kinds)}')
    fields = _FIELDS[Kind(kind)]
    document = _object(stated, place, ("kind", *fields))
    for name in _NEEDED.get(Kind(kind), ()):
        if name not in document:
            raise BadPlan(f"{place}.{name}: missing")
    read = {name: fields[name](document[name], f"{place}.{name}") for name in fields if name in document}
    if "then" in read:
        read["silent"] = read.pop("then") == "nothing"
    if kind == Kind.STALL:
        read.setdefault("seconds", 20.0)
    return Effect(Kind(kind), **read)


def _range(
    stated: object, place: str, read: Callable[[object, str], float]
) -> tuple[float, float | None]:
    if not isinstance(stated, list) or len(stated) != 2:
        raise BadPlan(f"{place}: [first, last], where last may be null")
    low = read(stated[0], f"{place}[0]")
    high = None if stated[1] is None else read(stated[1], f"{place}[1]")
    if high is not None and high < low:
        raise BadPlan(f"{place}: the last is before the first")
    return low, high


def _globs(document: Mapping[str, Any], name: str, place: str) -> tuple[str, ...]:
    stated = document[name]
    listed = stated if isinstance(stated, list) else [stated]
    if not listed or not all(isinstance(glob, str) and glob.strip("!") for glob in listed):
        raise BadPlan(f"{place}.{name}: a glob or a list of globs")
    return tuple(listed if name == "path" else [glob.lower() for glob in listed])


def _where(stated: object, place: str) -> Mapping[str, str]:
    if not isinstance(stated, dict):
        raise BadPlan(f"{place}: an object of field to glob")
    return {name: _text(str(glob) if isinstance(glob, int) else glob, f"{place}.{name}") for name, glob in stated.items()}


def _object(stated: object, place: str, known: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(stated, dict):
        raise BadPlan(f"{place}: not an object")
    for name in stated:
        if name not in known:
            raise BadPlan(f"{place}.{name}: unknown; known are {', '.join(known)}")
    return stated


def _text(stated: object, place: str) -> str:
    if not isinstance(stated, str):
        raise BadPlan(f"{place}: a text")
    return stated


def _whole(stated: object, place: str) -> int:
    if isinstance(stated, bool) or not isinstance(stated, int):
        raise BadPlan(f"{place}: a whole number")
    return stated


def _from_one(stated: object, place: str) -> int:
    if _whole(stated, place) < 1:
        raise BadPlan(f"{place}: a whole number of one or more")
    return _whole(stated, place)


def _number(stated: object, place: str, most: float, words: str) -> float:
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated <= most:
        raise BadPlan(f"{place}: {words}")
    return float(stated)


def _share(stated: object, place: str) -> float:
    return _number(stated, place, 1, "a number from 0 to 1")


def _seconds(stated: object, place: str) -> float:
    return _number(stated, place, _LONGEST, "seconds, from 0 to 7 days")


def _choice(*allowed: str) -> Callable[[object, str], str]:
    def read(stated: object, place: str) -> str:
        if stated not in allowed:
            raise BadPlan(f"{place}: one of {', '.join(allowed)}")
        return str(stated)

    return read


def _flag(stated: object, place: str) -> bool:
    if not isinstance(stated, bool):
        raise BadPlan(f"{place}: true or false")
    return stated


def _status(stated: object, place: str) -> int:
    if not 400 <= _whole(stated, place) <= 599:
        raise BadPlan(f"{place}: 400 to 599")
    return _whole(stated, place)


def _times(stated: object, place: str) -> int:
    if not 2 <= _whole(stated, place) <= 20:
        raise BadPlan(f"{place}: 2 to 20")
    return _whole(stated, place)


def _when(stated: object, place: str) -> When:
    return When(_choice(*When)(stated, place))


_FIELDS: Mapping[Kind, Mapping[str, Callable[[object, str], Any]]] = {
    Kind.ERRCODE: {"code": _whole, "errmsg": _text, "when": _when},
    Kind.HTTP: {"status": _status, "when": _when},
    Kind.RESET: {"when": _when},
    Kind.STALL: {"seconds": _seconds, "then": _choice("answer", "nothing"), "when": _when},
    Kind.TRUNCATE: {"when": _when},
    Kind.GARBAGE: {"when": _when},
    Kind.LOSE: {},
    Kind.DOUBLE: {"times": _times, "overlap": _flag},
    Kind.EARLY: {},
    Kind.LATE: {"seconds": _seconds},
    Kind.STATUS: {"value": _text, "code": _whole},
    Kind.SKEW: {"created": _whole, "timestamp": _whole},
}
_NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.ERRCODE: ("code",),
    Kind.LATE: ("seconds",),
    Kind.STATUS: ("value",),
}


def _any(subject: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(subject, glob) for glob in globs)
