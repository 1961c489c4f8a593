"""The table of operations: the routes, the checks and the OpenAPI document are all made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from domain.partners.client import Client
from domain.partners.rights import Right
from worker.context import Context

EVERYWHERE = ("unauthenticated", "signature", "address", "quota", "unavailable")
WITH_BODY = ("malformed", "invalid", "too-large", "media-type")


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was let in. `body` and `query` are of the operation's models."""

    ctx: Context
    client: Client
    path: Mapping[str, str]
    body: BaseModel | None
    query: BaseModel | None
    key: str
    """The Idempotency-Key, where the operation takes one."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` is below /api/v1, its parts in braces. `problems` are those beside what every operation may answer."""

    name: str
    method: str
    path: str
    right: Right
    summary: str
    run: Callable[[Call], BaseModel]
    answer: type[BaseModel]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    keyed: bool = False
    problems: tuple[str, ...] = ()

    @property
    def all_problems(self) -> tuple[str, ...]:
        named = (*EVERYWHERE, "scope", *self.problems, *(WITH_BODY if self.body else ()))
        extra = ("idempotency-key", "key-reused") if self.keyed else ()
        asked = ("invalid",) if self.query else ()
        return tuple(dict.fromkeys((*named, *extra, *asked)))
