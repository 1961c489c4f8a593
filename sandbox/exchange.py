"""One HTTP exchange with the account's server, whole within a deadline."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode

_LARGEST_ANSWER = 1024 * 1024
HEADERS = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0", "Accept": "*/*", "Connection": "close"}


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The status and body, and why it counts as no answer: "", "timeout", "refused: …" or "http 503"."""

    status: int | None
    body: bytes
    failure: str


def exchange(url: SplitResult, method: str, query: Mapping[str, str], body: bytes, seconds: float) -> Exchanged:
    """Ask, and read the answer to its end within so many seconds."""
    deadline = time.monotonic() + seconds
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=seconds)
    try:
        connection.connect()
        sock = connection.sock  # getresponse() forgets it, because the connection is to be closed
        connection.request(method, f"{url.path or '/'}?{urlencode(query)}", body, HEADERS)
        _until(sock, deadline)
        answer = connection.getresponse()
        raw = _read(answer, lambda: _until(sock, deadline))
    except TimeoutError:
        return Exchanged(None, b"", "timeout")
    except (OSError, http.client.HTTPException) as error:
        return Exchanged(None, b"", f"refused: {type(error).__name__}")
    finally:
        connection.close()
    return Exchanged(answer.status, raw, "" if answer.status == http.client.OK else f"http {answer.status}")


def _until(sock: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)


def _read(answer: http.client.HTTPResponse, still_in_time: Callable[[], None]) -> bytes:
    read = bytearray()
    while piece := answer.read1(65536):
        read += piece
        if len(read) > _LARGEST_ANSWER:
            raise http.client.HTTPException("the answer is too long")
        still_in_time()
    return bytes(read)
