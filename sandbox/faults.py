"""What goes wrong on purpose: the rules that are on, whom they strike, and how often they did."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any

from sandbox.clock import Clock
from sandbox.database import Database
from sandbox.fault_plan import Effect, Rule, parse
from sandbox.fault_presets import expand
from sandbox.plan_values import BadPlan

Look = Callable[[], Mapping[str, Any]]
"""The fields of a call or push, read only when a rule asks for one."""

_NOTE, _FILE = "faults", "faults_file"
_MOST = 200


@dataclass(slots=True)
class _Active:
    id: str
    document: Mapping[str, Any]
    rule: Rule
    since: float
    seen: int = 0
    struck: int = 0

    def kept(self) -> dict[str, Any]:
        return {"id": self.id, "since": self.since, "seen": self.seen, "struck": self.struck, "rule": self.document}


class Faults:
    """The rules, in order: the first that strikes decides. They survive a restart. Thread-safe.

    `seen` counts what matched path, fields and time; `calls` and `every` count by it.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock, self._lock = database, clock, Lock()
        self._active = [
            _Active(kept["id"], kept["rule"], parse(kept["rule"], "rule"), kept["since"], kept["seen"], kept["struck"])
            for kept in database.note(_NOTE, [])
        ]

    def add(self, plan: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Switch on a rule, `{"preset": name, …}` or `{"rules": [some of them]}`; how they are listed.

        Raises BadPlan, and then nothing is switched on.
        """
        read = [(document, parse(document, place)) for document, place in _documents(plan)]
        with self._lock:
            if len(self._active) + len(read) > _MOST:
                raise BadPlan(f"rules: more than {_MOST} at once")
            added = [_Active(self._name(), document, rule, self._clock.now()) for document, rule in read]
            self._active = [*self._active, *added]
            self._keep()
            return [active.kept() for active in added]

    def load(self, plan: Mapping[str, Any]) -> None:
        """Take the plan of a file: it replaces all rules, unless it was loaded before (a restart). Raises BadPlan."""
        if self._database.note(_FILE, None) == plan:
            return
        for document, place in _documents(plan):
            parse(document, place)
        self.remove()
        self.add(plan)
        self._database.keep(_FILE, plan)

    def listing(self) -> list[dict[str, Any]]:
        """[{"id", "since": epoch seconds, "seen", "struck", "rule": document}] in order."""
        with self._lock:
            return [active.kept() for active in self._active]

    def remove(self, id_: str = "") -> bool:
        """Switch one off, or all; whether there was any."""
        with self._lock:
            left = [active for active in self._active if id_ and active.id != id_]
            gone, self._active = len(left) < len(self._active), left
            self._keep()
            return gone

    def call(self, path: str, look: Look) -> Effect | None:
        """What is to happen to a call of the API."""
        return self._strike(path, look, lambda rule: rule.calls) if self._active else None

    def push(self, kind: str, look: Look) -> Effect | None:
        """What is to happen to a push; `kind` is its Push.type."""
        if not self._active:
            return None
        return self._strike(kind, look, lambda rule: not rule.calls and not rule.is_early)

    def early(self, kind: str, look: Look) -> bool:
        """Whether a result event is to come before the answer of its call, whose fields `look` reads."""
        if not self._active:
            return False
        return self._strike(kind, look, lambda rule: not rule.calls and rule.is_early) is not None

    def _strike(self, subject: str, look: Look, fits: Callable[[Rule], bool]) -> Effect | None:
        now = self._clock.now()
        for active in self._active:
            rule = active.rule
            if not fits(rule) or not rule.names(subject) or not _in_time(rule, now - active.since):
                continue
            if rule.where and not _fits(rule.where, look()):
                continue
            effect = self._count(active)
            if effect is not None:
                return effect
        return None

    def _count(self, active: _Active) -> Effect | None:
        with self._lock:
            active.seen += 1
            effect = _drawn(active.rule, active.seen)
            if effect is not None:
                active.struck += 1
                self._keep()
            return effect

    def _keep(self) -> None:
        self._database.keep(_NOTE, [active.kept() for active in self._active])

    def _name(self) -> str:
        number = int(self._database.note("fault_number", 0)) + 1
        self._database.keep("fault_number", number)
        return f"f{number}"


def field(document: Mapping[str, Any], wanted: str) -> str | None:
    """The text under a dotted name such as `filter.tag_id`, or nothing."""
    value: Any = document
    for part in wanted.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return None if value is None or isinstance(value, dict | list) else str(value)


def _fits(where: Mapping[str, str], document: Mapping[str, Any]) -> bool:
    found = ((field(document, name), glob) for name, glob in where.items())
    return all(value is not None and fnmatchcase(value, glob) for value, glob in found)


def _in_time(rule: Rule, since: float) -> bool:
    return rule.begin <= since and (rule.end is None or since < rule.end)


def _drawn(rule: Rule, n: int) -> Effect | None:
    """The effect on the n-th match, or none: the same in every run with the same seed."""
    if n < rule.first or (rule.last is not None and n > rule.last) or (n - rule.first) % rule.every:
        return None
    draw = random.Random(f"{rule.seed}/{n}")  # noqa: S311 - repeatable on purpose
    return draw.choice(rule.effects) if draw.random() < rule.share else None


def _documents(plan: Mapping[str, Any]) -> Sequence[tuple[Mapping[str, Any], str]]:
    if "rules" not in plan:
        return [(_expanded(plan, "rule"), "rule")]
    if len(plan) > 1:
        raise BadPlan(f"{next(name for name in plan if name != 'rules')}: unknown beside rules")
    if not isinstance(plan["rules"], list):
        raise BadPlan("rules: a list")
    return [(_expanded(rule, f"rules[{n}]"), f"rules[{n}]") for n, rule in enumerate(plan["rules"])]


def _expanded(stated: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(stated, dict):
        raise BadPlan(f"{place}: not an object")
    return expand(stated, place) if "preset" in stated else stated
