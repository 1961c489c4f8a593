"""A WSGI server with a thread a connection that keeps connections open, as the platform's own hosts do.

Werkzeug's development server closes every connection and lingers 10 ms over each, which a load test would measure
instead of the service.
"""

from __future__ import annotations

import io
import logging
import socketserver
import sys
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

from sandbox import cut
from sandbox.database import Closed

_LARGEST_BODY = 16 * 1024 * 1024
_LONGEST_LINE = 64 * 1024
_MOST_HEADERS = 100
_OURS = ("content-length", "connection")
_IDLE = 75.0
_LOG = logging.getLogger(__name__)


class Server(socketserver.ThreadingTCPServer):
    """`Server((host, port), app)`; port 0 takes a free one, which is then `server_address[1]`."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], app: WSGIApplication | None = None) -> None:
        super().__init__(address, _Handler)
        self.app = app

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error, nor one that waited when the sandbox ended; anything else is logged."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError | Closed):
            _LOG.error("connection failed", exc_info=error)


class _BadRequest(Exception):
    """A request that is not one; the text is the status line to answer with."""


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of a request; header names in lower case."""

    method: str
    target: str
    version: str
    headers: dict[str, str]


class _Handler(socketserver.StreamRequestHandler):
    """One connection. The requests' heads are read by hand: the standard library's reader costs half a call."""

    disable_nagle_algorithm = True
    timeout = _IDLE
    wbufsize = 64 * 1024  # headers and a small body leave as one packet
    server: Server

    def handle(self) -> None:
        """Answer requests until the client or a fault ends the connection."""
        try:
            while self._one():
                pass
        except _BadRequest as error:
            self._write(str(error), [], b"", keep=False)

    def _one(self) -> bool:
        """Answer one request; whether another may follow."""
        head = self._head()
        if head is None:
            return False
        keep = head.headers.get("connection", "").lower() != "close" and head.version == "HTTP/1.1"
        length = head.headers.get("content-length", "0")
        if "transfer-encoding" in head.headers or not (length.isascii() and length.isdigit()):
            raise _BadRequest("411 Length Required")
        if int(length) > _LARGEST_BODY:
            raise _BadRequest("413 Content Too Large")
        if head.headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        self._answer(self._environ(head, self.rfile.read(int(length)), length), keep)
        return keep

    def _head(self) -> _Head | None:
        line = self.rfile.readline(_LONGEST_LINE)
        if not line.strip():
            return None
        parts = line.decode("latin-1").split()
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise _BadRequest("400 Bad Request")
        headers: dict[str, str] = {}
        while (line := self.rfile.readline(_LONGEST_LINE)) not in (b"\r\n", b"\n"):
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or not line.endswith(b"\n") or len(headers) >= _MOST_HEADERS:
                raise _BadRequest("400 Bad Request")
            headers.setdefault(name.lower(), value.strip())
        return _Head(parts[0], parts[1], parts[2], headers)

    def _answer(self, environ: WSGIEnvironment, keep: bool) -> None:
        status: list[Any] = []

        def start_response(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            status[:] = [line, headers]

        if self.server.app is None:
            raise RuntimeError("a server without an application")
        answer = self.server.app(environ, start_response)
        try:
            body = b"".join(answer)
            cut.if_asked(environ, self.connection)
            self._write(status[0], status[1], body, keep, without_body=environ["REQUEST_METHOD"] == "HEAD")
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()

    def _write(
        self, status: str, headers: list[tuple[str, str]], body: bytes, keep: bool, without_body: bool = False
    ) -> None:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers if name.lower() not in _OURS)]
        lines += [f"Date: {formatdate(usegmt=True)}", f"Content-Length: {len(body)}"]
        lines += [f"Connection: {'keep-alive' if keep else 'close'}", "", ""]
        self.wfile.write("\r\n".join(lines).encode("latin-1"))
        if not without_body:
            self.wfile.write(body)
        self.wfile.flush()

    def _environ(self, head: _Head, body: bytes, length: str) -> WSGIEnvironment:
        path, _, query = head.target.partition("?")
        host, port = self.server.server_address[:2]
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": head.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": head.headers.get("content-type", ""),
            "CONTENT_LENGTH": length,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": head.version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in head.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ
