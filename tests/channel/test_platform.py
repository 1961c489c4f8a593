"""What the platform's answers mean: done, not now, never."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from channel.platform import Platform, SendError


@dataclass
class Tokens:
    """Keeps one token and notes which were refused."""

    forgotten: list[str] = field(default_factory=list)

    def get(self, fetch: Callable[[], tuple[str, int]]) -> str:
        return "token"

    def forget(self, token: str) -> None:
        self.forgotten.append(token)


@pytest.fixture
def answering() -> Iterator[Callable[[int, bytes], Platform]]:
    """A platform whose every answer is this status and body."""
    answer: list[Any] = [200, b"{}"]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(answer[0])
            self.end_headers()
            self.wfile.write(answer[1])

        def log_message(self, format: str, *arguments: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def platform(status: int, body: bytes) -> Platform:
        answer[:] = [status, body]
        return Platform(f"http://127.0.0.1:{server.server_port}", "wx", "secret", Tokens())

    yield platform
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "permanent"),
    [
        (502, b"<html>bad gateway</html>", False),
        (502, b'{"message": "bad gateway"}', False),
        (200, b"[]", False),
        (200, json.dumps({"errcode": -1, "errmsg": "system busy"}).encode(), False),
        (200, json.dumps({"errcode": 45015}).encode(), True),
        (200, json.dumps({"errcode": 40001}).encode(), False),
    ],
    ids=["html", "an object of a proxy", "no object", "busy", "no window", "token"],
)
def test_it_was_not_sent(
    answering: Callable[[int, bytes], Platform], status: int, body: bytes, permanent: bool
) -> None:
    with pytest.raises(SendError) as refused:
        answering(status, body).send_text("o1", "王芳，您好")
    assert refused.value.permanent is permanent
    assert "token" not in str(refused.value).split()
    assert "王芳" not in str(refused.value)


def test_an_answer_without_an_error_code_is_done(answering: Callable[[int, bytes], Platform]) -> None:
    answering(200, b'{"errcode": 0, "errmsg": "ok"}').send_text("o1", "您好")
    assert answering(200, b'{"media_id": "m1"}').upload_image(b"png") == "m1"
