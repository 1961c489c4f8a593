"""From a fresh clone with cold caches to the green picture in the chat: the seconds, pip's and ours apart.

`git clone` of this checkout's last commit, `make run` with PIP_NO_CACHE_DIR and no environment yet, then a resident on
the sandbox's phone who types as fast as the answers come.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from bench.phones import confirm, new_phone, up_to_summary
from bench.processes import PROJECT, free_port, need, started, until_answering, workshop
from bench.residents import Resident
from bench.table import show


def main() -> None:
    """Print the table."""
    with workshop("first-run") as folder:
        print_times(folder)


def print_times(folder: Path) -> None:
    began = time.time()
    clone, log = folder / "yima", folder / "run.log"
    subprocess.run([need("git", "git"), "clone", "-q", "--no-hardlinks", str(PROJECT), str(clone)], check=True)
    cloned = time.time()
    web, sandbox = free_port(), f"http://127.0.0.1:{free_port()}"
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS")}
    environ = {**kept, "PIP_NO_CACHE_DIR": "1", "PORT": str(web), "SANDBOX": sandbox, "XDG_CACHE_HOME": str(folder)}
    with started([need("make", "make"), "run"], environ, log, clone, patience=90) as process:
        try:
            stamp = clone / ".venv" / ".run-stamp"
            while process.poll() is None and not stamp.exists():
                time.sleep(0.05)
            installed = time.time()
            until_answering(f"{sandbox}/sandbox/clock", process, log)
            until_answering(f"http://127.0.0.1:{web}/healthz", process, log)
            up = time.time()
            phone = new_phone(sandbox, Resident(1))
            up_to_summary(phone)
            asked = time.time()
            confirm(phone)
            phone.first("account", "image")
            done = time.time()
        finally:
            os.killpg(process.pid, signal.SIGTERM)
    steps = {
        "git clone": cloned - began,
        "venv and pip": installed - cloned,
        "ours: start until web and phone page answer": up - installed,
        "ours: twelve answers and a text-message code": asked - up,
        "ours: 确认 until the picture": done - asked,
        "all": done - began,
    }
    total = done - began
    rows = [(name, f"{seconds:.1f}", f"{seconds / total:.0%}") for name, seconds in steps.items()]
    show("first run, caches cold", ("", "seconds", "share"), rows)


if __name__ == "__main__":
    main()
