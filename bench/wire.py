"""What the platform sends, written from its published description alone: signed pushes, plain or encrypted."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32


@dataclass(frozen=True, slots=True)
class Account:
    """An official account and the keys of its pushes."""

    app_id: str = "wx5823bf96d3bd56c7"
    app_secret: str = "0123456789abcdef0123456789abcdef"  # noqa: S105 (invented)
    token: str = "AAAAA"  # noqa: S105 (invented)
    aes_key: str = "A" * 43
    original_id: str = "gh_0123456789ab"


@dataclass(frozen=True, slots=True)
class Request:
    """A push on the wire: the query behind the webhook's address, and the body."""

    query: str
    body: str


def text_xml(account: Account, openid: str, content: str, msg_id: int, created: int) -> str:
    """A text message of a resident."""
    inner = f"<MsgType>text</MsgType><Content>{escape(content)}</Content><MsgId>{msg_id}</MsgId>"
    return _push(account, openid, created, inner)


def follow_xml(account: Account, openid: str, scene: str, created: int) -> str:
    """Somebody follows through a code with a scene."""
    inner = f"<MsgType>event</MsgType><Event>subscribe</Event><EventKey>qrscene_{scene}</EventKey>"
    return _push(account, openid, created, inner)


def plain(account: Account, xml: str, now: int = 0) -> Request:
    """The push as 明文 mode sends it; `now` where the clock is another than this machine's."""
    return Request(urlencode(_signed(account, now)), xml)


def safe(account: Account, xml: str) -> Request:
    """The push as 安全 mode sends it."""
    sealed = _encrypt(account, xml.encode())
    query = _signed(account)
    signature = sign(account.token, query["timestamp"], query["nonce"], sealed)
    body = f"<xml><ToUserName>{account.original_id}</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return Request(urlencode({**query, "encrypt_type": "aes", "msg_signature": signature}), body)


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _push(account: Account, openid: str, created: int, inner: str) -> str:
    who = f"<ToUserName>{account.original_id}</ToUserName><FromUserName>{openid}</FromUserName>"
    return f"<xml>{who}<CreateTime>{created}</CreateTime>{inner}</xml>"


def _signed(account: Account, now: int = 0) -> dict[str, str]:
    timestamp, nonce = str(now or int(time.time())), str(secrets.randbelow(10**10))
    return {"signature": sign(account.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}


def _encrypt(account: Account, message: bytes) -> str:
    key = base64.b64decode(account.aes_key + "=")
    framed = secrets.token_bytes(16) + len(message).to_bytes(4, "big") + message + account.app_id.encode()
    pad = _BLOCK - len(framed) % _BLOCK
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(framed + bytes([pad]) * pad) + cipher.finalize()).decode()
