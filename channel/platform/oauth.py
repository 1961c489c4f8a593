"""Web authorisation (snsapi_base): where a page sends its visitor, and whose browser a returning code stands for.

These calls wait inside a page of ours, so they have little time and are few at once: a platform that stalls here must
not take the threads that answer messages.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from urllib.parse import quote

import requests

from channel.platform.errors import SendError, refused

AUTHORIZE_BASE = "https://open.weixin.qq.com"
"""The platform's own; a sandbox stands in for it at its own address."""
_AUTHORIZE, _EXCHANGE = "/connect/oauth2/authorize", "/sns/oauth2/access_token"
_SECONDS = (1.0, 2.5)
_AT_ONCE = 3
_WAIT = 0.5


class OnlyPreviewing(Exception):
    """WeChat shows the page as a snapshot, to a stand-in of the person (is_snapshotuser)."""


class BadCode(Exception):
    """The code was used, is too old, or never was one: sending the visitor round again brings a new one."""


_BAD_CODE = frozenset({40029, 40163, 41008, 42003})


@dataclass(frozen=True, slots=True)
class Authorization:
    """The account's web authorisation. Thread-safe."""

    authorize_base: str
    api_base: str
    app_id: str
    app_secret: str
    _few: threading.BoundedSemaphore

    @classmethod
    def of(cls, sandbox: str, api_base: str, app_id: str, app_secret: str) -> Authorization:
        """At the sandbox, if there is one."""
        few = threading.BoundedSemaphore(_AT_ONCE)
        return cls(sandbox or AUTHORIZE_BASE, api_base, app_id, app_secret, few)

    def address(self, back: str, state: str) -> str:
        """Where to send the visitor. The order of the parameters matters to the platform."""
        query = f"appid={self.app_id}&redirect_uri={quote(back, safe='')}&response_type=code&scope=snsapi_base"
        return f"{self.authorize_base}{_AUTHORIZE}?{query}&state={state}#wechat_redirect"

    def oauth_openid(self, code: str) -> str:
        """Whose browser came back with this code. Raises BadCode, OnlyPreviewing or SendError."""
        if not self._few.acquire(timeout=_WAIT):
            raise SendError(f"{_EXCHANGE}: too many wait already", permanent=False)
        try:
            answer = self._exchange(code)
        finally:
            self._few.release()
        errcode = answer.get("errcode", 0)
        if errcode in _BAD_CODE:
            raise BadCode
        if errcode or not isinstance(answer.get("openid"), str):
            raise refused(_EXCHANGE, errcode if isinstance(errcode, int) else -1)
        if answer.get("is_snapshotuser") == 1:
            raise OnlyPreviewing
        return str(answer["openid"])

    def _exchange(self, code: str) -> dict[str, object]:
        query = {"appid": self.app_id, "secret": self.app_secret, "code": code, "grant_type": "authorization_code"}
        try:
            response = requests.get(self.api_base + _EXCHANGE, params=query, timeout=_SECONDS)
            answer = json.loads(response.content.decode("utf-8"))
        except (requests.RequestException, ValueError) as error:
            # The exception's own text holds the URL and with it the secret.
            raise SendError(f"{_EXCHANGE}: {type(error).__name__}", permanent=False) from None
        return answer if isinstance(answer, dict) else {}
