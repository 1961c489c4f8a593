"""A WSGI server with a thread a connection that keeps connections open, as the platform's own hosts do.

Werkzeug's development server closes every connection and lingers 10 ms over each, which a load test would measure
instead of the service.
"""

from __future__ import annotations

import io
import logging
import os
import socket
import socketserver
import struct
import sys
from collections.abc import Iterable
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_LARGEST_BODY = 16 * 1024 * 1024
_IDLE = 75.0
_LOG = logging.getLogger(__name__)

CUT = "sandbox.cut"
"""Under this name an application leaves a Cut in its environment, when its answer is not to arrive."""


class Cut(StrEnum):
    """How a connection ends instead of an answer: with an RST, or closed as if all had been said."""

    RESET = "reset"
    SILENT = "silent"


class Server(socketserver.ThreadingTCPServer):
    """`Server((host, port), app)`; port 0 takes a free one, which is then `server_address[1]`."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], app: WSGIApplication | None = None) -> None:
        super().__init__(address, _Handler)
        self.app = app

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error; anything else is logged."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            _LOG.error("connection failed", exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _IDLE
    wbufsize = 64 * 1024  # headers and a small body leave as one packet
    server: Server

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self.send_error(413 if length.isdigit() else 411)
            return
        status: list[Any] = []

        def start_response(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            status[:] = [line, headers]
            return None

        environ = self._environ(self.rfile.read(int(length)), length)
        answer = self._call(environ, start_response)
        try:
            if CUT in environ:
                self._cut(environ[CUT])
            else:
                self._write(status[0], status[1], b"".join(answer))
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _serve

    def _call(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self.server.app is None:
            raise RuntimeError("a server without an application")
        return self.server.app(environ, start_response)

    def _cut(self, how: Cut) -> None:
        self.close_connection = True
        if how is Cut.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())  # before the server's own farewell, which would send a FIN

    def _write(self, line: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code, _, phrase = line.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The call record does that."""

    def _environ(self, body: bytes, length: str) -> WSGIEnvironment:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": length,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
        return environ
