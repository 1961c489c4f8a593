"""Where an operator types commands: `python -m tests.e2e.counter` has `python -m worker` loaded and forks for each one,
so that a command of a test is a process of its own and costs what it does, not 1.3 seconds of imports.

It reads requests from its standard input and writes an answer to each, a line of JSON: [command, standard input] and
[exit status, standard output].
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from settings import PROJECT


class Counter:
    """The parent's side. Thread-safe: commands wait for each other."""

    def __init__(self, folder: Path) -> None:
        """`folder`: DATA_DIR of the house."""
        environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "tests.e2e.counter"]
        self._process = subprocess.Popen(
            command, cwd=PROJECT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._lock = threading.Lock()

    def type(self, command: Sequence[str], given: str) -> str:
        """What the command prints. Raises CalledProcessError."""
        with self._lock:
            json.dump([list(command), given], _open(self._process.stdin))
            _open(self._process.stdin).write("\n")
            _open(self._process.stdin).flush()
            status, told = json.loads(_open(self._process.stdout).readline())
        if status:
            raise subprocess.CalledProcessError(status, ["python", "-m", "worker", *command], told)
        return str(told)

    def close(self) -> None:
        """Nobody types any more."""
        _open(self._process.stdin).close()
        self._process.wait()
        _open(self._process.stdout).close()


def _open(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def serve() -> None:
    """The other side, until nobody types any more. A forked child leaves by the SystemExit of its command."""
    from worker.__main__ import main

    for line in sys.stdin:
        command, given = json.loads(line)
        with TemporaryFile("w+") as asked, TemporaryFile("w+") as told:
            asked.write(given)
            asked.seek(0)
            child = os.fork()
            if child == 0:
                os.dup2(asked.fileno(), 0)  # for whatever the command starts itself
                os.dup2(told.fileno(), 1)
                sys.stdin, sys.stdout = asked, told
                main(command, prog_name="python -m worker")
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            told.seek(0)
            print(json.dumps([status, told.read()]), flush=True)  # noqa: T201 (its answer)


if __name__ == "__main__":
    serve()
