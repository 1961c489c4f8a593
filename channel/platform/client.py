"""One call to the platform: a token of all processes, a bounded single retry, time limits, connections kept.

wechatpy's own client is not used: on 40001 it asks for tokens without end, its token call has no time limit, it knows
no stable token and loses files on a retry (docs/decisions).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from urllib3 import encode_multipart_formdata

from channel.platform.errors import DAY_USED_UP, MINUTE_USED_UP, TOKEN_REFUSED, SendError, no_token, refused
from channel.platform.lines import Lines, NoAnswer, NoLine

MOST_DOWNLOADED = 10 * 1024 * 1024
"""The largest picture that the platform takes."""
STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - a path
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_CONTENT = "\0content"
"""Where an answer that is a picture stands; no JSON of the platform has such a name."""

Fetch = Callable[[bool], tuple[str, int]]
"""Whether to force a new one -> (token, seconds it is good for)."""


@dataclass(frozen=True, slots=True)
class _Body:
    """What is posted; nothing with a GET."""

    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class TokenStore(Protocol):
    """Where the one token of all processes is kept. After each call made with a token it is told how that went."""

    def get(self, fetch: Fetch) -> str | None: ...

    def accepted(self, token: str) -> None: ...

    def refused(self, token: str) -> None: ...


class Meter(Protocol):
    """Counts calls against what the platform grants."""

    def spend(self, path: str, *, essential: bool) -> bool:
        """Count a call that is about to be made; whether it may be."""

    def used_up(self, path: str, *, for_today: bool) -> None:
        """The platform itself says that the day's or the minute's calls of this path are used up."""


class Client:
    """Makes calls. Thread-safe. `essential` False: calls of this client leave the reserve of every budget alone."""

    def __init__(
        self,
        base: str,
        app_id: str,
        app_secret: str,
        tokens: TokenStore,
        meter: Meter | None = None,
        connections: int = 16,
        *,
        essential: bool = True,
    ) -> None:
        self._prefix = urlsplit(base).path.rstrip("/")
        self._app_id = app_id
        self._app_secret = app_secret
        self._tokens = tokens
        self._meter = meter
        self._essential = essential
        self._lines = Lines(base, connections)

    def get(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Raises SendError."""
        return self._call("GET", path, query, _Body())

    def post(self, path: str, body: Mapping[str, Any], also: frozenset[int] = frozenset()) -> dict[str, Any]:
        """Post JSON; `also`: errcodes whose answer is returned like a good one. Raises SendError."""
        return self._call("POST", path, {}, _Body(as_json(body)), also)

    def upload(self, path: str, query: Mapping[str, str], name: str, content: bytes, kind: str) -> dict[str, Any]:
        """Post a file as the field `media`. Raises SendError."""
        body, kind = encode_multipart_formdata({"media": (name, content, kind)})
        return self._call("POST", path, query, _Body(body, {"Content-Type": kind}))

    def download(self, path: str, query: Mapping[str, str]) -> bytes:
        """A picture of at most MOST_DOWNLOADED bytes and one. Raises SendError."""
        content = self._call("GET", path, query, _Body()).get(_CONTENT)
        if not isinstance(content, bytes):
            raise SendError(f"{path}: no picture", permanent=True)
        return content

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        content: _Body,
        also: frozenset[int] = frozenset(),
    ) -> dict[str, Any]:
        """One call; a refused token is replaced once and the call made once more."""
        for last in (False, True):
            code, answer = self._once(method, path, query, content)
            if code == 0 or code in also:
                return answer
            if code not in TOKEN_REFUSED or last:
                raise refused(path, code)
        raise AssertionError("unreachable")

    def _once(self, method: str, path: str, query: Mapping[str, str], content: _Body) -> tuple[int, dict[str, Any]]:
        token = self._tokens.get(self._fetch_token)
        if token is None:
            reason = f"{path}: the platform refuses its own tokens, calls wait"
            raise SendError(reason, permanent=False, code=40001, untried=True)
        code = 0
        try:
            self._spend(path)
            answer = self._request(method, path, {**query, "access_token": token}, content)
            code = _code_of(answer)
        finally:
            # A call without an answer says nothing against its token.
            (self._tokens.refused if code in TOKEN_REFUSED else self._tokens.accepted)(token)
        if self._meter and code in (DAY_USED_UP, MINUTE_USED_UP):
            self._meter.used_up(path, for_today=code == DAY_USED_UP)
        return code, answer

    def _fetch_token(self, force: bool) -> tuple[str, int]:
        body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._app_secret}
        self._spend(STABLE_TOKEN)
        answer = self._request("POST", STABLE_TOKEN, {}, _Body(as_json({**body, "force_refresh": force})))
        if "access_token" not in answer:
            raise no_token(STABLE_TOKEN, _code_of(answer))
        return str(answer["access_token"]), int(answer["expires_in"])

    def _spend(self, path: str) -> None:
        if self._meter and not self._meter.spend(path, essential=self._essential):
            reason = f"{path}: our own budget is used up"
            raise SendError(reason, permanent=False, code=DAY_USED_UP, untried=True)

    def _request(self, method: str, path: str, query: Mapping[str, str], body: _Body) -> dict[str, Any]:
        target = f"{self._prefix}{path}?{urlencode(query)}" if query else self._prefix + path
        try:
            response = self._lines.call(method, target, body.content, body.headers)
        except NoLine as error:
            raise SendError(f"{path}: {error}", permanent=False) from None
        except NoAnswer as error:
            raise SendError(f"{path}: {error}", permanent=False, sent_unknown=True) from None
        if response.kind.startswith("image/"):
            return {_CONTENT: response.content[: MOST_DOWNLOADED + 1]}
        try:
            answer = json.loads(response.content.decode("utf-8"))
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or (response.status >= 400 and "errcode" not in answer):
            # A gateway's page, or an answer cut off: what was asked for may be done.
            raise SendError(f"{path}: HTTP {response.status}, no answer", permanent=False, sent_unknown=True)
        return answer


def _code_of(answer: Mapping[str, Any]) -> int:
    code = answer.get("errcode", 0)
    return code if isinstance(code, int) else -1


def as_json(body: Mapping[str, Any]) -> bytes:
    """Raw UTF-8: the platform shows \\u escapes as they are."""
    return _ENCODER.encode(body).encode()
