"""The house as its operators start it: settings in the environment, processes from the Procfile or the supervisor."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from bench.processes import PROJECT, free_port, procfile_line, started, until_answering
from bench.wire import Account

NOBODY = "http://127.0.0.1:9"
"""An address where nobody listens."""


def environment(account: Account, redis_url: str, folder: Path, **more: str) -> dict[str, str]:
    """All that `make serve` would be told, in compatible mode: plain and encrypted pushes are both taken."""
    keys = ("SECRET_KEY", "PID_KEY", "IDENTITY_KEY", "HANDLE_KEY", "CODE_SIGNING_KEY")
    return {
        **_surroundings(),
        **{name: base64.urlsafe_b64encode(bytes([n]) * 32).decode().rstrip("=") for n, name in enumerate(keys, 1)},
        "WECHAT_APP_ID": account.app_id,
        "WECHAT_APP_SECRET": account.app_secret,
        "WECHAT_TOKEN": account.token,
        "WECHAT_AES_KEY": account.aes_key,
        "WECHAT_ORIGINAL_ID": account.original_id,
        "WECHAT_MODE": "compatible",
        "WECHAT_API_BASE": NOBODY,
        "WECHAT_MP_BASE": NOBODY,
        "PUBLIC_URL": NOBODY,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(folder),
        **more,
    }


@contextlib.contextmanager
def worker(name: str, environ: Mapping[str, str], folder: Path) -> Iterator[None]:
    """One worker line of the Procfile."""
    with started(procfile_line(name), environ, folder / f"{name}.log"):
        yield


def waiting(client: redis.Redis, stream: str) -> int:
    """Entries of a stream (outbox, follow, post) over all shards."""
    with client.pipeline(transaction=False) as trip:
        for shard in range(256):
            trip.xlen(f"yima:{{{shard:02x}}}:{stream}")
        return sum(trip.execute())


def until_settled(client: redis.Redis, streams: tuple[str, ...] = ("outbox", "follow"), seconds: float = 300) -> float:
    """Wait until nothing stands on the streams; the seconds it took. Raises TimeoutError."""
    began = time.monotonic()
    while any(waiting(client, stream) for stream in streams):
        if time.monotonic() - began > seconds:
            left = {stream: waiting(client, stream) for stream in streams}
            raise TimeoutError(f"not settled after {seconds:g} s: {left}")
        time.sleep(0.05)
    return time.monotonic() - began


@dataclass(frozen=True, slots=True)
class Running:
    """A whole house with its sandbox, started by `python -m worker.running.supervise run`."""

    web: str
    sandbox: str
    folder: Path

    def children(self) -> dict[str, int]:
        """Process ids by name: web, settle, deliver, clock, sandbox, engine."""
        told = json.loads((self.folder / "house.json").read_text("utf-8"))
        return {name: pid for name, (pid, _born) in told["children"].items()}

    def account(self) -> Account:
        """The account that this sandbox plays."""
        told = json.loads((self.folder / "sandbox" / "account.json").read_text("utf-8"))
        return Account(told["app_id"], told["app_secret"], told["token"], told["aes_key"], told["original_id"])

    def database(self) -> redis.Redis:
        """A client of the embedded engine."""
        port = json.loads((self.folder / "redis" / "engine.json").read_text("utf-8"))["port"]
        password = (self.folder / "redis" / "password").read_text("utf-8").strip()
        return redis.Redis(host="127.0.0.1", port=port, password=password)

    def command(self, *command: str, given: object = None) -> str:
        """What a command of the workers prints. Raises RuntimeError when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "worker", *command],
            cwd=PROJECT,
            env={**os.environ, "DATA_DIR": str(self.folder)},
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout


@contextlib.contextmanager
def whole_house(folder: Path, **more: str) -> Iterator[Running]:
    """`make run` on free ports, with its data in `folder`."""
    web, sandbox, data = free_port(), f"http://127.0.0.1:{free_port()}", folder / "data"
    environ = {**_surroundings(), "PORT": str(web), "SANDBOX": sandbox, "DATA_DIR": str(data), **more}
    log = folder / "house.log"
    with started((sys.executable, "-m", "worker.running.supervise", "run"), environ, log, patience=90) as process:
        until_answering(f"{sandbox}/sandbox/clock", process, log)
        until_answering(f"http://127.0.0.1:{web}/healthz", process, log)
        yield Running(f"http://127.0.0.1:{web}", sandbox, data)


def call(url: str, body: Any = None) -> Any:
    """GET, or POST of JSON when there is a body; the JSON answered."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 (loopback)
    with urllib.request.urlopen(request, timeout=40) as answer:  # noqa: S310 (loopback)
        return json.load(answer)


def delete(url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=40).close()  # noqa: S310 (loopback)


def _surroundings() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "TZ")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONPATH": str(PROJECT)}
