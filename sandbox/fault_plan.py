"""The plan of faults: what a rule says, and the reading of one, with errors that name the place inside the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from sandbox import plan_values as values
from sandbox.plan_values import BadPlan


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

    @property
    def is_early(self) -> bool:
        """Whether it holds the answer of a call back until the event with its result was pushed."""
        return self.effects[0].kind is Kind.EARLY

    def names(self, subject: str) -> bool:
        """Whether the path or the kind of push is one of this rule's; a glob that begins with `!` takes some out."""
        wanted = [glob for glob in self.globs if not glob.startswith("!")] or ["*"]
        unwanted = [glob[1:] for glob in self.globs if glob.startswith("!")]
        return _any(subject, wanted) and not _any(subject, unwanted)


def parse(stated: object, place: str) -> Rule:
    """Read one rule. Raises BadPlan."""
    known = ("name", "path", "push", "where", "calls", "every", "share", "seed", "span", "do")
    document = values.table(stated, place, known)
    if ("path" in document) == ("push" in document):
        raise BadPlan(f"{place}: either path (calls of the API) or push (what the platform pushes), and not both")
    of_calls = "path" in document
    first, last = _range(document.get("calls", [1, None]), f"{place}.calls", values.from_one)
    begin, end = _range(document.get("span", [0, None]), f"{place}.span", values.seconds)
    return Rule(
        name=values.text(document.get("name", ""), f"{place}.name"),
        calls=of_calls,
        globs=_globs(document, "path" if of_calls else "push", place),
        where=_where(document.get("where", {}), f"{place}.where"),
        first=int(first),
        last=None if last is None else int(last),
        every=values.from_one(document.get("every", 1), f"{place}.every"),
        share=values.share(document.get("share", 1), f"{place}.share"),
        seed=values.whole(document.get("seed", 0), f"{place}.seed"),
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
    effects = tuple(_effect(item, of_calls, f"{place}[{n}]") for n, item in enumerate(stated))
    if len({effect.kind is Kind.EARLY for effect in effects}) > 1:
        raise BadPlan(f"{place}: early is not drawn together with other kinds")
    return effects


def _effect(stated: object, of_calls: bool, place: str) -> Effect:
    kinds = sorted(kind for kind in Kind if (kind in _OF_CALLS) == of_calls)
    kind = stated.get("kind") if isinstance(stated, dict) else None
    if kind not in kinds:
        raise BadPlan(f"{place}.kind: for {'calls' if of_calls else 'pushes'} one of {', '.join(kinds)}")
    fields = _FIELDS[Kind(kind)]
    document = values.table(stated, place, ("kind", *fields))
    for name in _NEEDED.get(Kind(kind), ()):
        if name not in document:
            raise BadPlan(f"{place}.{name}: missing")
    read = {name: fields[name](document[name], f"{place}.{name}") for name in fields if name in document}
    if "then" in read:
        read["silent"] = read.pop("then") == "nothing"
    if kind == Kind.STALL:
        read.setdefault("seconds", 20.0)
    return Effect(Kind(kind), **read)


def _range(stated: object, place: str, read: Callable[[object, str], float]) -> tuple[float, float | None]:
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
    return {
        name: values.text(str(glob) if isinstance(glob, int) else glob, f"{place}.{name}")
        for name, glob in stated.items()
    }


def _when(stated: object, place: str) -> When:
    return When(values.choice(*When)(stated, place))


_FIELDS: Mapping[Kind, Mapping[str, Callable[[object, str], Any]]] = {
    Kind.ERRCODE: {"code": values.whole, "errmsg": values.text, "when": _when},
    Kind.HTTP: {"status": values.status, "when": _when},
    Kind.RESET: {"when": _when},
    Kind.STALL: {"seconds": values.seconds, "then": values.choice("answer", "nothing"), "when": _when},
    Kind.TRUNCATE: {"when": _when},
    Kind.GARBAGE: {"when": _when},
    Kind.LOSE: {},
    Kind.DOUBLE: {"times": values.times, "overlap": values.flag},
    Kind.EARLY: {},
    Kind.LATE: {"seconds": values.seconds},
    Kind.STATUS: {"value": values.text, "code": values.whole},
    Kind.SKEW: {"created": values.whole, "timestamp": values.whole},
}
_NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.ERRCODE: ("code",),
    Kind.LATE: ("seconds",),
    Kind.STATUS: ("value",),
}


def _any(subject: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(subject, glob) for glob in globs)
