"""The shapes of the host side: a request, an answer and an endpoint."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sandbox.errors import ApiError
from sandbox.world import World

OK: Mapping[str, object] = {"errcode": 0, "errmsg": "ok"}
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")


@dataclass(frozen=True, slots=True)
class Request:
    """One call as an endpoint sees it. `files` maps a field to (file name, content)."""

    query: Mapping[str, str]
    body: bytes
    files: Mapping[str, tuple[str, bytes]]
    now: float
    today: datetime

    def document(self) -> dict[str, Any]:
        r"""The JSON object in the body. Raises ApiError: empty 44002, not JSON 47001, `\uXXXX` of non-ASCII 40033."""
        if not self.body:
            raise ApiError(44002)
        if _ESCAPED.search(self.body):
            raise ApiError(40033)
        try:
            document = json.loads(self.body.decode("utf-8"))
        except ValueError as error:
            raise ApiError(47001) from error
        if not isinstance(document, dict):
            raise ApiError(47001)
        return document


@dataclass(frozen=True, slots=True)
class Binary:
    """An answer that is not JSON."""

    content: bytes
    mime: str
    filename: str


Answer = Mapping[str, object] | Binary


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of the API."""

    method: Literal["GET", "POST", "ANY"]
    handle: Callable[[World, Request], Answer]
    needs_token: bool = True


def text(document: Mapping[str, Any], name: str) -> str:
    """The text under a name, or an empty one."""
    value = document.get(name)
    return value if isinstance(value, str) else ""


def inner(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a name, or an empty one."""
    value = document.get(name)
    return value if isinstance(value, dict) else {}
