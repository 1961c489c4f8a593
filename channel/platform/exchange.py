"""One request and its answer over a connected socket, parsed by llhttp instead of the standard library's Python."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from httptools import HttpParserError, HttpResponseParser

_AT_ONCE = 65_536
_KIND, _LENGTH, _CODING = b"content-type", b"content-length", b"transfer-encoding"


class BrokenAnswer(Exception):
    """What came is no HTTP, or ended before its end."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    kind: str
    """Its Content-Type."""
    content: bytes


@dataclass(slots=True)
class _Coming:
    """An answer on its way; informational ones (1xx) before it leave nothing behind."""

    parser: HttpResponseParser = field(init=False)
    kind: bytes = b""
    ends_with_line: bool = True
    """Neither a length nor chunks: it lasts until the connection ends."""
    begun: bool = False
    over: bool = False
    stays: bool = False
    """Whether the connection may be used again; the parser knows it while it parses only."""
    parts: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parser = HttpResponseParser(self)

    def on_message_begin(self) -> None:
        self.kind, self.ends_with_line, self.begun, self.over = b"", True, False, False
        self.parts.clear()

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == _KIND:
            self.kind = value
        elif name in (_LENGTH, _CODING):
            self.ends_with_line = False

    def on_headers_complete(self) -> None:
        self.begun = True

    def on_body(self, body: bytes) -> None:
        self.parts.append(body)

    def on_message_complete(self) -> None:
        self.over, self.stays = self.parser.get_status_code() >= 200, self.parser.should_keep_alive()

    def answer(self) -> Answer:
        return Answer(self.parser.get_status_code(), self.kind.decode("latin-1"), b"".join(self.parts))


def request(method: str, target: str, host: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
    """The bytes of a request. Raises ValueError for a target or a header that would break out of its line."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines) or " " in target:
        raise ValueError("a request's line ends inside its words")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + (body or b"")


def exchange(sock: socket.socket, sent: bytes) -> tuple[Answer, bool]:
    """Send it all and wait for the answer; whether the connection may be used again.

    Raises BrokenAnswer, or OSError: what was asked for may be done.
    """
    sock.sendall(sent)
    coming = _Coming()
    while True:
        data = sock.recv(_AT_ONCE)
        if not data:
            if not (coming.begun and coming.ends_with_line):
                raise BrokenAnswer("ended")
            return coming.answer(), False
        try:
            coming.parser.feed_data(data)
        except HttpParserError as error:
            raise BrokenAnswer(type(error).__name__) from None
        if coming.over:
            return coming.answer(), coming.stays
