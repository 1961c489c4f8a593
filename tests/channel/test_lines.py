"""The connections to the platform: kept as long as they are good, and every broken answer is told from none."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from channel.platform.lines import Lines, NoAnswer, NoLine

GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
CLOSE = GOOD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


class Host:
    """Answers with given bytes, one after the other, and hangs up before a None. Counts its connections."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers, self.connections, self.heard = list(answers), 0, b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while self.answers:
            connection, _ = self._listening.accept()
            self.connections += 1
            with connection:
                while self.answers and (heard := connection.recv(65_536)):
                    self.heard += heard
                    answer = self.answers.pop(0)
                    connection.sendall(answer or b"")
                    if answer == CLOSE or (self.answers and self.answers[0] is None):
                        self.answers = [each for each in self.answers if each is not None]
                        break

    def close(self) -> None:
        self._listening.close()


@contextmanager
def calling(*answers: bytes | None) -> Iterator[tuple[Host, Lines]]:
    host = Host(*answers)
    try:
        yield host, Lines(host.base, kept=2)
    finally:
        host.close()


def call(lines: Lines) -> tuple[int, bytes]:
    answer = lines.call("POST", "/x?a=1", b"body", {"X-Note": "n"})
    return answer.status, answer.content


def test_a_connection_is_used_again_until_the_other_side_says_that_it_ends() -> None:
    with calling(GOOD, GOOD, CLOSE, GOOD) as (host, lines):
        assert [call(lines) for _ in range(4)] == [(200, b"{}")] * 4
        assert host.connections == 2


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", b"{}"),
        (b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" + GOOD, b"{}"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
    ids=["in chunks", "after an informational answer", "empty"],
)
def test_an_answer_is_whole(answer: bytes, content: bytes) -> None:
    with calling(answer) as (_, lines):
        assert call(lines)[1] == content


def test_an_answer_without_a_length_lasts_until_the_other_side_hangs_up() -> None:
    with calling(b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<p>", None) as (_, lines):
        answer = lines.call("GET", "/", None, {})
        assert (answer.status, answer.kind, answer.content) == (502, "text/html", b"<p>")


@pytest.mark.parametrize("answer", [GOOD[:-1], GOOD[:20], b"SSH-2.0\r\n"], ids=["body cut", "head cut", "no HTTP"])
def test_an_answer_that_is_cut_off_is_lost_and_may_stand_for_something_done(answer: bytes) -> None:
    with calling(answer, None) as (_, lines), pytest.raises(NoAnswer):
        call(lines)


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(NoLine):
        call(Lines(base, kept=2))


def test_a_request_says_its_host_its_length_and_its_headers() -> None:
    with calling(GOOD) as (host, lines):
        call(lines)
        head, _, body = host.heard.partition(b"\r\n\r\n")
        host_line = host.base.removeprefix("http://").encode()
        assert head.split(b"\r\n")[0] == b"POST /x?a=1 HTTP/1.1"
        assert {b"Host: " + host_line, b"Content-Length: 4", b"X-Note: n"} <= set(head.split(b"\r\n"))
        assert body == b"body"


def test_no_word_of_a_request_breaks_out_of_its_line() -> None:
    lines = Lines("http://127.0.0.1:9", kept=2)
    with pytest.raises(ValueError, match="line"):
        lines.call("GET", "/x\r\nX: y", None, {})
