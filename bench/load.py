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


def load(address: str, path: str, requests: Sequence[Request], seconds: int, folder: Path) -> Figures:
    """Send the requests to `path` over 16 kept connections for so many seconds."""
    prepared = folder / "requests.tsv"
    prepared.write_text("".join(f"{path}?{each.query}\t{each.body}\n" for each in requests), "utf-8")
    script = Path(__file__).with_suffix(".lua")
    argv = [need("wrk", "wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), address]
    done = subprocess.run([*argv, "--", str(prepared)], check=True, capture_output=True, text=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES"))
    answered, microseconds, failed, p50, p99 = line.split()[1:]
    return Figures(int(answered), int(microseconds) / 1e6, int(failed), float(p50), float(p99))
