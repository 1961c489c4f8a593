"""Takes pushes: the signature by Standard Webhooks, the time, the id; then what it says."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, request

from sandbox.partner.displays import Displays

FRESH_SECONDS = 300


@dataclass
class Receiver:
    """`secrets` are as they were shown, whsec_…; `broken` makes it fail, as networks do."""

    displays: Displays
    secrets: list[str]
    broken: Callable[[], int] = lambda: 0
    taken: int = 0

    def take(self) -> Response:
        if status := self.broken():
            return Response(status=status)
        id, at = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        body = request.get_data()
        if not at.isdecimal() or abs(time.time() - int(at)) > FRESH_SECONDS or not self._is_signed(id, at, body):
            return Response(status=401)
        if self.displays.is_new(id, int(at)):
            self.displays.take(json.loads(body)["data"]["changes"])
            self.displays.took(id, int(at))
            self.taken += 1
        return Response(status=204)

    def _is_signed(self, id: str, at: str, body: bytes) -> bool:
        said = b".".join((id.encode(), at.encode(), body))
        stated = [each.removeprefix("v1,") for each in request.headers.get("webhook-signature", "").split()]
        for secret in self.secrets:
            key = base64.b64decode(secret.removeprefix("whsec_"))
            mark = base64.b64encode(hmac.digest(key, said, "sha256")).decode()
            if any(hmac.compare_digest(mark, each) for each in stated):
                return True
        return False


def create_app(receiver: Receiver) -> Flask:
    app = Flask("partner")
    app.add_url_rule("/hook", "hook", receiver.take, methods=["POST"])
    return app
