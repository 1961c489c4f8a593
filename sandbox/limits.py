"""The limits changed while the sandbox runs: what each means, its value, its default, and the change of one."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from itertools import pairwise
from typing import Any

from sandbox.config import ConfigError, Limits
from sandbox.database import Database

_NOTE = "limits"


class Overrides:
    """Changes the one Limits that everybody reads. What was changed survives a restart."""

    def __init__(self, limits: Limits, database: Database) -> None:
        self._limits, self._database = limits, database
        self._filed = {name: _copy(getattr(limits, name)) for name in names()}
        self._changed = {name: value for name, value in database.note(_NOTE, {}).items() if name in self._filed}
        for name, value in self._changed.items():
            setattr(limits, name, value)

    def change(self, stated: Mapping[str, Any]) -> None:
        """Set some; null goes back to what the file said, a table's entries are added. Raises ConfigError."""
        wrong = [text for name, value in stated.items() if (text := self._wrong(name, value))]
        if wrong:
            raise ConfigError("\n".join(wrong))
        for name, value in stated.items():
            filed = self._filed[name]
            if value is None:
                self._changed.pop(name, None)
            else:
                self._changed[name] = {**getattr(self._limits, name), **value} if isinstance(filed, dict) else value
            setattr(self._limits, name, self._changed.get(name, _copy(filed)))
        self._database.keep(_NOTE, self._changed)

    def listing(self) -> dict[str, dict[str, Any]]:
        """{name: {"value", "default", "changed": bool, "about"}} in the order of Limits."""
        usual = Limits()
        return {
            name: {
                "value": getattr(self._limits, name),
                "default": getattr(usual, name),
                "changed": name in self._changed,
                "about": abouts().get(name, ""),
            }
            for name in names()
        }

    def _wrong(self, name: str, value: object) -> str:
        if name not in self._filed:
            return f"{name}: unknown; GET /sandbox/limits lists them"
        usual = getattr(Limits(), name)
        return "" if value is None or _alike(usual, value) else f"{name}: {_expected(usual)}"


def names() -> tuple[str, ...]:
    """Every limit there is."""
    return tuple(item.name for item in fields(Limits))


@cache
def abouts() -> Mapping[str, str]:
    """The sentence below each field of Limits that has one."""
    tree = ast.parse(inspect.getsource(Limits)).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    found = {}
    for field, sentence in pairwise(body):
        match field, sentence:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                found[name] = " ".join(text.split())
    return found


def _copy(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _alike(kept: object, value: object) -> bool:
    """Whether a value may stand where this one does."""
    match kept:
        case bool():
            return isinstance(value, bool)
        case int():
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case float():
            return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12
        case dict():
            return isinstance(value, dict) and all(_alike(0, number) for number in value.values())
        case _:
            return type(value) is type(kept)


def _expected(kept: object) -> str:
    match kept:
        case bool():
            return "true or false"
        case int():
            return "a whole number of zero or more"
        case float():
            return "a number of zero or more"
        case dict():
            return "an object of whole numbers"
        case _:
            return f"a value like {kept!r}"
