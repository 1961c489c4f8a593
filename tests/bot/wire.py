"""The platform's side of the webhook, for tests: signed and encrypted pushes with the stand-in's own cryptography."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandbox import crypto, pushes
from settings import Settings
from tests.stage import NOW

_SEALED = re.compile(r"<Encrypt><!\[CDATA\[(.+?)\]\]></Encrypt>")


@dataclass
class Wire:
    """Pushes of one resident to the app. `now` is the platform's clock."""

    app: Flask
    settings: Settings
    openid: str = "oWire0000000000000000000001"
    now: datetime = NOW

    @property
    def client(self) -> FlaskClient:
        """One for each request: Flask's test client belongs to one thread."""
        return self.app.test_client()

    def text(self, content: str, msg_id: int | None = None) -> TestResponse:
        number = str(msg_id or secrets.randbits(62))
        return self.push(pushes.message(self._sender(), number, "text", {"Content": content}).xml)

    def event(self, name: str, key: str = "") -> TestResponse:
        return self.push(pushes.event(self._sender(), name, {"EventKey": key}).xml)

    def push(self, xml: str | bytes, aes_key: str = "", **query: str) -> TestResponse:
        """A genuine push of this XML; `query` replaces parts of what is signed."""
        s = self.settings
        message = xml if isinstance(xml, bytes) else xml.encode()
        sealed = crypto.encrypt(aes_key or s.wechat_aes_key, s.wechat_app_id, message)
        return self.sealed(sealed, **query)

    def sealed(self, sealed: str, **query: str) -> TestResponse:
        s = self.settings
        signed = {"timestamp": str(int(self.now.timestamp())), "nonce": secrets.token_hex(5), **query}
        known = {
            "signature": crypto.sign(s.wechat_token, signed["timestamp"], signed["nonce"]),
            "msg_signature": crypto.sign(s.wechat_token, signed["timestamp"], signed["nonce"], sealed),
            "encrypt_type": "aes",
            "openid": self.openid,
        }
        to = f"<ToUserName><![CDATA[{s.wechat_original_id}]]></ToUserName>"
        body = f"<xml>{to}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        return self.client.post("/wechat", query_string={**known, **signed}, data=body, content_type="text/xml")

    def read(self, response: TestResponse) -> str:
        """The XML inside an encrypted reply; empty for an empty answer."""
        if not response.data:
            return ""
        found = _SEALED.search(response.text)
        assert found, response.text
        return crypto.decrypt(self.settings.wechat_aes_key, self.settings.wechat_app_id, found[1]).decode()

    def say(self, content: str) -> str:
        """Send a text, give the text of the reply."""
        found = re.search(r"<Content><!\[CDATA\[(.*)\]\]></Content>", self.read(self.text(content)), re.DOTALL)
        return found[1] if found else ""

    def _sender(self) -> pushes.Sender:
        return pushes.Sender(self.openid, self.settings.wechat_original_id, int(self.now.timestamp()))
