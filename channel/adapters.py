"""The two systems beside the platform: text messages, and the match of name, number and telephone. docs/adapters.md"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import requests

from channel.platform import SendError
from domain.people import Identity

_SECONDS = (3.05, 8.0)


class Match(StrEnum):
    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"


class Adapters:
    """Both adapters; an empty URL means that there is none. Thread-safe."""

    def __init__(self, sms_url: str, identity_url: str, key: str) -> None:
        self._sms_url = sms_url
        self._identity_url = identity_url
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {key}"

    def send_sms(self, phone: str, text: str, ref: str) -> None:
        """`ref` is the idempotency key: a repeated request with it is sent once. Raises SendError."""
        self._post(self._sms_url, {"phone": phone, "text": text}, ref)

    def match(self, identity: Identity, ref: str) -> Match:
        """Raises SendError."""
        document = identity.document
        body = {
            "name": identity.name,
            "kind": document.kind.name.lower(),
            "number": document.number,
            "phone": identity.phone,
        }
        try:
            return Match(str(self._post(self._identity_url, body, ref).get("result")))
        except ValueError:
            raise SendError("identity: an answer that is no result", permanent=True) from None

    def _post(self, url: str, body: dict[str, Any], ref: str) -> dict[str, Any]:
        try:
            response = self._http.post(url, json=body, headers={"Idempotency-Key": ref}, timeout=_SECONDS)
            answer = response.json()
        except requests.RequestException as error:
            raise SendError(f"adapter: {type(error).__name__}", permanent=False) from None
        if response.status_code >= 500 or not isinstance(answer, dict):
            raise SendError(f"adapter: HTTP {response.status_code}", permanent=False)
        if response.status_code >= 400:
            raise SendError(f"adapter: HTTP {response.status_code}", permanent=True)
        return answer
