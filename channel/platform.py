"""The platform's API: a stable token, a bounded single retry, time limits on every call, connections kept.

wechatpy's own client is not used: on 40001 it asks for tokens without end, its token call has no time limit, it knows
no stable token and loses files on a retry (docs/decisions).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

import requests
from requests.adapters import HTTPAdapter

_SECONDS = (3.05, 8.0)
_TOKEN_REFUSED = (40001, 40014, 42001)
_WORTH_RETRYING = (-1, 45009, 45011, 9500002)
UNKNOWN_MEDIA = 40007
_CONTENT = "\0content"
"""Where an answer that is a picture stands; no JSON of the platform has such a name."""
MOST_DOWNLOADED = 10 * 1024 * 1024
"""The largest picture that the platform takes."""


class SendError(Exception):
    """A call that failed. `permanent`: trying again cannot help. `code`: the platform's errcode, 0 for the network."""

    def __init__(self, reason: str, *, permanent: bool, code: int = 0) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.code = code


class TokenStore(Protocol):
    """Where the one token of all processes is kept."""

    def get(self, fetch: Callable[[], tuple[str, int]]) -> str: ...

    def forget(self, token: str) -> None: ...


class Platform:
    """The calls that this service makes. Thread-safe."""

    def __init__(self, base: str, app_id: str, app_secret: str, tokens: TokenStore, connections: int = 16) -> None:
        self._base = base.rstrip("/")
        self._app_id = app_id
        self._app_secret = app_secret
        self._tokens = tokens
        self._http = requests.Session()
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, HTTPAdapter(pool_maxsize=connections))

    def upload_image(self, png: bytes) -> str:
        """The media id of a temporary image, good for three days. Raises SendError."""
        answer = self._call(
            "POST", "/cgi-bin/media/upload", params={"type": "image"}, files={"media": ("code.png", png, "image/png")}
        )
        return str(answer["media_id"])

    def download(self, media_id: str) -> bytes:
        """A picture that somebody sent or that was uploaded; 40007 means that it is gone. Raises SendError."""
        answer = self._call("GET", "/cgi-bin/media/get", params={"media_id": media_id})
        content = answer.get(_CONTENT)
        if not isinstance(content, bytes):
            raise SendError("/cgi-bin/media/get: no picture", permanent=True)
        return content

    def send_image(self, openid: str, media_id: str) -> None:
        """A customer-service message; 40007 means that the media is gone. Raises SendError."""
        self._send({"touser": openid, "msgtype": "image", "image": {"media_id": media_id}})

    def send_text(self, openid: str, text: str) -> None:
        """Raises SendError."""
        self._send({"touser": openid, "msgtype": "text", "text": {"content": text}})

    def create_menu(self, menu: dict[str, Any]) -> None:
        """Publish the menu of the account. Raises SendError."""
        self._call("POST", "/cgi-bin/menu/create", data=_json(menu))

    def _send(self, message: dict[str, Any]) -> None:
        self._call("POST", "/cgi-bin/message/custom/send", data=_json(message))

    def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """One call; a refused token is replaced once and the call made once more."""
        for last in (False, True):
            token = self._tokens.get(self._fetch_token)
            params = {**arguments.get("params", {}), "access_token": token}
            answer = self._request(method, path, **{**arguments, "params": params})
            code = answer.get("errcode", 0)
            if code == 0:
                return answer
            if code in _TOKEN_REFUSED:
                self._tokens.forget(token)
                if not last:
                    continue
            raise _error(path, code)
        raise AssertionError("unreachable")

    def _fetch_token(self) -> tuple[str, int]:
        body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._app_secret}
        answer = self._request("POST", "/cgi-bin/stable_token", data=_json(body))
        if "access_token" not in answer:
            raise _error("/cgi-bin/stable_token", answer.get("errcode", 0))
        return str(answer["access_token"]), int(answer["expires_in"])

    def _request(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, self._base + path, timeout=_SECONDS, **arguments)
        except requests.RequestException as error:
            # The exception's own text holds the URL and with it the token.
            raise SendError(f"{path}: {type(error).__name__}", permanent=False) from None
        if response.headers.get("Content-Type", "").startswith("image/"):
            return {_CONTENT: response.content[: MOST_DOWNLOADED + 1]}
        try:
            answer = json.loads(response.content.decode("utf-8"))
        except ValueError:
            raise SendError(f"{path}: HTTP {response.status_code}, not JSON", permanent=False) from None
        if not isinstance(answer, dict):
            raise SendError(f"{path}: an answer that is no object", permanent=False)
        if response.status_code >= 400 and "errcode" not in answer:
            raise SendError(f"{path}: HTTP {response.status_code}", permanent=False)
        return answer


def _error(path: str, code: int) -> SendError:
    permanent = code not in _WORTH_RETRYING and code not in _TOKEN_REFUSED
    return SendError(f"{path}: errcode {code}", permanent=permanent, code=code)


def _json(body: dict[str, Any]) -> bytes:
    """Raw UTF-8: the platform shows \\u escapes as they are."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
