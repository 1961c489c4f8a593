"""Questions to the platform that change nothing, answered as they are: for the doctor.

`channel.platform` turns a refusal into what a sender needs; who looks for the cause needs the refusal's own words (the
IP of a 40164 stands nowhere else), the Date of the answer, and no second try.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

SECONDS = (3.05, 4.0)
_ADDRESS = re.compile(r"invalid ip ([0-9a-fA-F.:]+)")


class Silent(Exception):
    """No answer at all, or none that the platform would give: why, without the URL, for that holds the token."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in JSON and when its sender says that it was given."""

    body: Mapping[str, Any]
    date: datetime | None = None

    @property
    def code(self) -> int:
        """0 where the platform says none."""
        code = self.body.get("errcode", 0)
        return code if isinstance(code, int) else -1

    @property
    def refused_address(self) -> str:
        """Of a 40164: the address that has to be on the whitelist; else ""."""
        found = _ADDRESS.search(str(self.body.get("errmsg", "")))
        return found[1] if found else ""


class Inspector:
    """Asks with a stable token of its own request, which is the one that the house has too. Thread-safe."""

    def __init__(self, base: str, app_id: str, app_secret: str) -> None:
        self._base, self._app_id, self._app_secret = base.rstrip("/"), app_id, app_secret
        self._lock = threading.Lock()
        self._token: Answer | Silent | None = None

    def token(self) -> Answer:
        """The answer to stable_token, asked once, whatever it was. Raises Silent."""
        with self._lock:
            if self._token is None:
                self._token = self._fetch()
        if isinstance(self._token, Silent):
            raise self._token
        return self._token

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """GET, or POST of JSON when there is a body. Without a token the answer is the refusal of it. Raises Silent."""
        token = self.token()
        if "access_token" not in token.body:
            return token
        query = {"access_token": str(token.body["access_token"])}
        return self._request("GET" if body is None else "POST", path, query, body)

    def _fetch(self) -> Answer | Silent:
        body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._app_secret}
        try:
            return self._request("POST", "/cgi-bin/stable_token", {}, body)
        except Silent as silence:
            return silence

    def _request(self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None) -> Answer:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            response = requests.request(method, self._base + path, params=query, data=data, timeout=SECONDS)
        except requests.RequestException as error:
            raise Silent(f"{path}: {type(error).__name__}") from None
        try:
            answer = json.loads(response.content.decode("utf-8"))
        except ValueError:
            raise Silent(f"{path}: HTTP {response.status_code}, not JSON") from None
        if not isinstance(answer, dict):
            raise Silent(f"{path}: HTTP {response.status_code}, no object")
        return Answer(answer, _date(response.headers.get("Date", "")))


def _date(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return None
