"""Kept connections to one host: made by the standard library's HTTP client, spoken over by `exchange`.

A broadcast makes hundreds of thousands of calls, and requests or urllib3 cost many times the processor of this one
(docs/measurements.md). What they bring besides, redirects, cookies and retries, is not wanted here.
"""

from __future__ import annotations

import base64
import http.client
import select
import ssl
from collections import deque
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi

from channel.platform.exchange import Answer, BrokenAnswer, exchange, request

SECONDS = (3.05, 8.0)
"""To connect, and to wait for the answer's next byte."""


class NoLine(Exception):
    """No connection could be made: nothing was sent. Its text is the error's name, never the address."""


class NoAnswer(Exception):
    """The request was sent, perhaps in part, and its answer is lost: what was asked for may be done."""


class Lines:
    """Thread-safe. At most `kept` idle connections; more at once are opened and closed again."""

    def __init__(self, base: str, kept: int) -> None:
        url = urlsplit(base)
        self._host, self._port, self._secure = url.hostname or "", url.port, url.scheme == "https"
        self._named = url.netloc.rpartition("@")[2]
        self._tls = ssl.create_default_context(cafile=certifi.where()) if self._secure else None
        proxy = getproxies().get("https") if self._secure and not proxy_bypass(self._host) else None
        self._proxy = urlsplit(proxy) if proxy else None
        self._kept = kept
        self._idle: deque[http.client.HTTPConnection] = deque()

    def call(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Raises NoLine or NoAnswer."""
        sent = request(method, target, self._named, body, headers)
        connection = self._take()
        try:
            answer, may_stay = exchange(connection.sock, sent)
        except (OSError, BrokenAnswer) as error:
            connection.close()
            raise NoAnswer(type(error).__name__) from None
        if may_stay and len(self._idle) < self._kept:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _take(self) -> http.client.HTTPConnection:
        """The one used last that the other side has not closed meanwhile, or a new one."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._connected()
            if not _has_ended(connection):
                return connection
            connection.close()

    def _connected(self) -> http.client.HTTPConnection:
        connection = self._made()
        try:
            connection.connect()
            connection.sock.settimeout(SECONDS[1])
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise NoLine(type(error).__name__) from None
        return connection

    def _made(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=SECONDS[0])
        if self._proxy is None:
            return http.client.HTTPSConnection(self._host, self._port, timeout=SECONDS[0], context=self._tls)
        proxy = self._proxy
        through = http.client.HTTPSConnection(proxy.hostname or "", proxy.port, timeout=SECONDS[0], context=self._tls)
        login = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}".encode()
        known = {"Proxy-Authorization": f"Basic {base64.b64encode(login).decode()}"} if proxy.username else {}
        through.set_tunnel(self._host, self._port, known)
        return through


def _has_ended(connection: http.client.HTTPConnection) -> bool:
    """An idle connection with something to read was closed, or says what nobody asked for."""
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))
