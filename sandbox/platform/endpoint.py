"""The shapes of the host side: a request, an answer and an endpoint."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sandbox.errors import ApiError
from sandbox.phones import Phone
from sandbox.world import World

OK: Mapping[str, object] = {"errcode": 0, "errmsg": "ok"}
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")


@dataclass(frozen=True, slots=True)
class Request:
    """One call as an endpoint sees it. `form` and `files` are the parts of a multipart body.

    A file is its name and content. `address` is where the call came from; `headers` have their names in lower case.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    form: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes]]
    address: str
    today: datetime

    @property
    def now(self) -> float:
        """The sandbox's instant of the call."""
        return self.today.timestamp()

    @property
    def month(self) -> str:
        """The month of the call, as quotas are named by."""
        return self.today.strftime("%Y-%m")

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


def openids(document: Mapping[str, Any], name: str, most: int, code: int = 40032) -> list[str]:
    """The list of OpenIDs under a name. Raises ApiError 40031, and `code` for none or more than `most`."""
    value = document.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ApiError(40031)
    if not 1 <= len(value) <= most:
        raise ApiError(code)
    return list(dict.fromkeys(value))


def recipient(world: World, document: Mapping[str, Any], name: str = "touser") -> Phone:
    """The person whom a document names. Raises ApiError 40003."""
    phone = world.phones.by_openid(text(document, name))
    if phone is None:
        raise ApiError(40003)
    return phone


def inner(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a name, or an empty one."""
    value = document.get(name)
    return value if isinstance(value, dict) else {}
