"""What the platform's answers mean: done, not now, never."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from channel.platform import Client, Platform, SendError
from tests.valkey import free_port


class Tokens:
    """One token, whatever the platform says of it."""

    def get(self, fetch: Callable[[bool], tuple[str, int]]) -> str:
        return "token"

    def accepted(self, token: str) -> None:
        return

    def refused(self, token: str) -> None:
        return


@pytest.fixture
def answering() -> Iterator[Callable[..., Platform]]:
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

    def platform(status: int, body: bytes, tokens: Tokens | None = None) -> Platform:
        answer[:] = [status, body]
        return Platform(Client(f"http://127.0.0.1:{server.server_port}", "wx", "secret", tokens or Tokens()))

    yield platform
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "permanent", "unknown"),
    [
        (502, b"<html>bad gateway</html>", False, True),
        (502, b'{"message": "bad gateway"}', False, True),
        (200, b'{"errcode": 0, "err', False, True),
        (200, b"[]", False, True),
        (200, json.dumps({"errcode": -1, "errmsg": "system busy"}).encode(), False, False),
        (200, json.dumps({"errcode": 45015}).encode(), True, False),
        (200, json.dumps({"errcode": 40001}).encode(), False, False),
    ],
    ids=["html", "an object of a proxy", "cut off", "no object", "busy", "no window", "token"],
)
def test_it_was_not_sent_or_nobody_knows(
    answering: Callable[..., Platform], status: int, body: bytes, permanent: bool, unknown: bool
) -> None:
    with pytest.raises(SendError) as refused:
        answering(status, body).send_text("o1", "王芳，您好")
    assert (refused.value.permanent, refused.value.sent_unknown) == (permanent, unknown)
    assert "token" not in str(refused.value).split()
    assert "王芳" not in str(refused.value)


class NoToken(Tokens):
    """None is there yet."""

    def get(self, fetch: Callable[[bool], tuple[str, int]]) -> str:
        return fetch(False)[0]


@pytest.mark.parametrize("code", [40164, 40125, 40243, 89503, 45009])
def test_who_gets_no_token_has_tried_nothing(answering: Callable[..., Platform], code: int) -> None:
    with pytest.raises(SendError) as refused:
        answering(200, json.dumps({"errcode": code}).encode(), NoToken()).send_text("o1", "您好")
    assert (refused.value.untried, refused.value.permanent, refused.value.code) == (True, False, 0)


def test_an_answer_without_an_error_code_is_done(answering: Callable[..., Platform]) -> None:
    answering(200, b'{"errcode": 0, "errmsg": "ok"}').send_text("o1", "您好")
    assert answering(200, b'{"media_id": "m1"}').upload_image(b"png") == "m1"


def test_what_never_reached_the_platform_was_certainly_not_sent() -> None:
    with pytest.raises(SendError) as refused:
        Platform(Client(f"http://127.0.0.1:{free_port()}", "wx", "secret", Tokens())).send_text("o1", "您好")
    assert not refused.value.sent_unknown
