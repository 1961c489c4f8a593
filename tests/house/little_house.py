"""The supervisor with the real database and pretended processes: `python -m tests.house.little_house run`."""

from __future__ import annotations

import sys

from worker.running.processes import Process
from worker.running.supervise import Crew, run_house

FAKE = "python -m tests.house.fake_child"
CREW = Crew(
    processes=(
        Process("web", f"{FAKE} web ${{PORT:-}}"),
        Process("settle", f"{FAKE} settle"),
        Process("clock", f"{FAKE} clock"),
    ),
    sandbox=Process("sandbox", f"{FAKE} sandbox ${{SANDBOX_PORT:-}}"),
    menu=(sys.executable, "-c", "print('published')"),
)

if __name__ == "__main__":
    sys.exit(run_house(sys.argv[1], CREW))
