"""Load on a route: wrk sends requests that were made beforehand, each as often as the file has to begin again."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.processes import need
from bench.wire import Request

CONNECTIONS = 16
"""As many as the server has threads: 2 workers with 8 each."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What wrk saw. `requests` were answered; latencies in milliseconds."""

    requests: int
    seconds: float
    failed: int
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def load(address: str, path: str, requests: Sequence[Request], seconds: int, folder: Path, rate: float = 0) -> Figures:
    """Send the requests to `path` over 16 kept connections for so many seconds; a `rate` holds it back to so many."""
    lines = [f"{path}?{each.query}\t{each.body}\n" for each in requests]
    return _run(address, lines, seconds, folder / "requests.tsv", CONNECTIONS, rate)


def look(
    address: str, paths: Sequence[str], seconds: int, folder: Path, connections: int = CONNECTIONS, rate: float = 0
) -> Figures:
    """GET these addresses over and over, as fast as it goes or at about `rate` a second."""
    return _run(address, [f"{path}\t\n" for path in paths], seconds, folder / "looks.tsv", connections, rate)


def _run(address: str, lines: Sequence[str], seconds: int, prepared: Path, connections: int, rate: float) -> Figures:
    prepared.write_text("".join(lines), "utf-8")
    script = Path(__file__).with_suffix(".lua")
    argv = [need("wrk", "wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), address]
    done = subprocess.run([*argv, "--", str(prepared), str(rate)], check=True, capture_output=True, text=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES"))
    answered, microseconds, failed, p50, p99 = line.split()[1:]
    return Figures(int(answered), int(microseconds) / 1e6, int(failed), float(p50), float(p99))
