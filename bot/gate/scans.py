"""The way of most scans: a stranger's GET of a code is answered before Flask, as pushes are, for it costs less.

Whoever has a session of the staff, and any other method, goes on to the page's own route.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from bot.console.visits import COOKIE
from bot.gate import prepared
from bot.gate.checking import Checker
from channel.languages import chosen

PATHS = ("/V/", "/v/")


@dataclass(frozen=True, slots=True)
class Scans:
    """A WSGI application around the others. `headers` are what every page of ours carries."""

    inner: Any
    app: Flask
    checker: Checker
    headers: Mapping[str, str]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        token = path[3:] if path.startswith(PATHS) and environ["REQUEST_METHOD"] == "GET" else ""
        if not token or "/" in token or COOKIE in environ.get("HTTP_COOKIE", ""):
            inner: Iterable[bytes] = self.inner(environ, start_response)
            return inner
        answer = self.checker.check(token.encode("latin-1").decode("utf-8", "replace"))
        language = _language(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        with self.app.app_context():
            body = prepared.page(answer, language).encode()
        own = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response("200 OK", [*own, ("Vary", "Accept-Language, Cookie"), *self.headers.items()])
        return [body]


@lru_cache(maxsize=512)
def _language(header: str) -> str:
    """Of a header that a phone of its kind always sends."""
    return chosen(parse_accept_header(header, LanguageAccept).values())
