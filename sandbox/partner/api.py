"""The client of the partner API, as a partner writes it: a token, and what the manual says about errors."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import requests

TIMEOUT = 10


@dataclass
class Api:
    """`base` ends in /api/v1. Not for several threads at once."""

    base: str
    client: str
    secret: str
    http: requests.Session = field(default_factory=requests.Session)
    _token: str = ""
    _until: float = 0.0

    def get(self, path: str, **query: Any) -> Any:
        return self._ask("GET", path, params=query)

    def post(self, path: str, document: Any = None, key: str = "") -> Any:
        """`key`: the Idempotency-Key of what is recorded; the same again is safe."""
        return self._ask("POST", path, json=document, headers={"Idempotency-Key": key} if key else {})

    def _ask(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> Any:
        for last in (False, True):
            own = {"Authorization": f"Bearer {self._access()}", **(headers or {})}
            answer = self.http.request(method, self.base + path, headers=own, timeout=TIMEOUT, **options)
            if answer.status_code == 401 and not last:
                self._until = 0.0
                continue
            if answer.status_code == 429 and not last:
                time.sleep(min(5, int(answer.headers.get("Retry-After", "1"))))
                continue
            answer.raise_for_status()
            return answer.json()
        raise AssertionError("two tries answer or raise")

    def _access(self) -> str:
        if time.monotonic() >= self._until:
            form = {"grant_type": "client_credentials"}
            answer = self.http.post(
                f"{self.base}/oauth/token", data=form, auth=(self.client, self.secret), timeout=TIMEOUT
            )
            answer.raise_for_status()
            told = answer.json()
            self._token, self._until = told["access_token"], time.monotonic() + told["expires_in"] - 60
        return self._token
