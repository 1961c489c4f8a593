"""A whole house, as `make run` starts it, on free ports in a folder of the test; and what an operator does with it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from domain.facts import SHANGHAI
from settings import PROJECT
from tests.e2e.counter import Counter
from tests.processes import offspring, runs
from tests.valkey import free_port

PATIENCE = 60.0
"""Seconds; a start takes three on an idle machine."""


def eventually(what: str, true: Callable[[], bool]) -> None:
    """Wait until something is so; raises AssertionError naming it after `PATIENCE` seconds."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"not within {PATIENCE:g} s: {what}"
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a checkpoint's page says about a code: the headline, the masked name, and all of its text."""

    word: str
    name: str
    page: str


@dataclass(frozen=True, slots=True)
class House:
    """A running house. `web` and `sandbox` are its addresses, without a slash at the end."""

    folder: Path
    web: str
    sandbox: str
    counter: Counter

    def get(self, path: str, **query: Any) -> Any:
        """What the sandbox answers to a GET, as JSON. Raises requests.HTTPError."""
        answer = requests.get(self.sandbox + path, params=query, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """What the sandbox answers to a POST of JSON. Raises requests.HTTPError."""
        answer = requests.post(self.sandbox + path, json=body, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.json()

    def picture(self, media_id: str) -> bytes:
        """The file behind a media id, as the platform keeps it."""
        answer = requests.get(f"{self.sandbox}/sandbox/media/{media_id}", timeout=PATIENCE)
        answer.raise_for_status()
        return answer.content

    def check(self, link: str) -> Checked:
        """Scan a code at a checkpoint: open what it holds."""
        assert link.startswith(f"{self.web}/V/")
        answer = requests.get(link, timeout=PATIENCE)
        answer.raise_for_status()
        found = {name: re.search(pattern, answer.text) for name, pattern in _ON_THE_PAGE.items()}
        word, name = (match.group(1) if match else "" for match in found.values())
        return Checked(word, name, answer.text)

    def calls(self) -> dict[str, int]:
        """How often each path of the platform's API has been called."""
        counts = self.get("/sandbox/calls", kind="none")["counts"]
        return {path: number for path, number in counts.items() if path.startswith("/cgi-bin/")}

    # --- time ---------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The sandbox's present, in Shanghai."""
        return datetime.fromtimestamp(self.get("/sandbox/clock")["now"], SHANGHAI)

    def next_morning(self, days: int = 1) -> None:
        """Sleep until eight o'clock, `days` days from now."""
        morning = (self.now() + timedelta(days=days)).replace(hour=8, minute=0, second=0, microsecond=0)
        self.post("/sandbox/clock", {"to": morning.isoformat()})

    def pass_time(self, **parts: float) -> None:
        """Let hours or minutes pass."""
        self.post("/sandbox/clock", {"advance": timedelta(**parts).total_seconds()})

    # --- behind the counter -------------------------------------------------------------------------------------------

    def operate(self, *command: str, given: Mapping[str, Any] | None = None) -> str:
        """What `python -m worker COMMAND` prints; `given` is its standard input, as JSON. Raises CalledProcessError."""
        return self.counter.type(command, json.dumps(given or {}))

    def appoint(self, id: str, role: str, scope: str, organisation: str) -> str:
        """Somebody new who may act in a role; the id. The first one of the house also appoints."""
        chief = {"id": "zhao.min", "name": "赵敏", "organisation": "自治区指挥部"}
        with contextlib.suppress(subprocess.CalledProcessError):
            self.operate("staff", "found", given=chief)
        with contextlib.suppress(subprocess.CalledProcessError):
            self.operate(
                "staff", "add", "--as", chief["id"], given={"id": id, "name": "李强", "organisation": organisation}
            )
        self.operate("staff", "grant", id, role, scope, "--as", chief["id"])
        return id

    def counts(self, community: str) -> dict[str, int]:
        """How many people of a community have which colour."""
        rows = [line.split("\t") for line in self.operate("counts", community).splitlines()]
        return {row[0]: int(row[1]) for row in rows if len(row) == 2}

    def pids(self) -> dict[str, int]:
        """The process ids of the house by name, as the supervisor wrote them down."""
        children = json.loads((self.folder / "house.json").read_text("utf-8"))["children"]
        return {name: pid for name, (pid, _) in children.items()}

    def kill(self, name: str) -> None:
        """kill -9 of one process of the house and of those that it started itself, such as granian's workers."""
        leader = self.pids()[name]
        for pid in (*offspring(leader), leader):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def is_well(self) -> bool:
        """Whether the web server and its database answer."""
        try:
            return requests.get(f"{self.web}/healthz", timeout=1.0).ok
        except requests.RequestException:
            return False


_ON_THE_PAGE = {"word": r"<h1>(.*?)</h1>", "name": r'<p class="name">(.*?)</p>'}


@contextlib.contextmanager
def running_house(folder: Path) -> Iterator[House]:
    """Start a house, wait until it is ready, yield it; then end it as a deployment would and look what is left."""
    ports, data = [free_port(), free_port()], folder / "data"
    web, sandbox = (f"http://127.0.0.1:{port}" for port in ports)
    house = House(data, web, sandbox, Counter(data))
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(data), "PYTHONUTF8": "1"}
    environ |= {"PORT": str(ports[0]), "SANDBOX": house.sandbox}
    told = folder / "told"
    with told.open("w") as output:
        command = [sys.executable, "-m", "worker.running.supervise", "run"]
        supervisor = subprocess.Popen(command, cwd=PROJECT, env=environ, stdout=output, stderr=output)
    try:
        eventually(
            "the house is ready", lambda: supervisor.poll() is not None or "Yima is ready" in told.read_text("utf-8")
        )
        assert supervisor.poll() is None, told.read_text("utf-8")
        yield house
        started = [*offspring(supervisor.pid)]
    finally:
        house.counter.close()
        supervisor.terminate()
        status = supervisor.wait(PATIENCE)
    assert status == 0, told.read_text("utf-8")
    assert len(started) > 5
    assert [pid for pid in started if runs(pid)] == []
