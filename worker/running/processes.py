"""The processes of the house, once: the supervisor starts these, and the Procfile is written from them."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Process:
    """One line of the Procfile. `command` is a shell line without quotes; `${NAME:-default}` takes a variable."""

    name: str
    command: str

    def argv(self, environ: Mapping[str, str]) -> tuple[str, ...]:
        """The command as the supervisor starts it: variables filled in, `python` the one that runs now."""

        def value(found: re.Match[str]) -> str:
            return environ.get(found[1]) or found[2]

        words = [re.sub(r"\$\{(\w+):-([^}]*)\}", value, word) for word in shlex.split(self.command)]
        return (sys.executable, *words[1:]) if words[0] == "python" else tuple(words)


WEB = Process(
    "web",
    "python -m granian --interface wsgi --workers 2 --blocking-threads 8 --log-level warning "
    "--host ${HOST:-127.0.0.1} --port ${PORT:-8080} --factory bot.app:serve",
)
SETTLE = Process("settle", "python -m worker settle")
DELIVER = Process("deliver", "python -m worker deliver")
BULK = tuple(Process(name, "python -m worker bulk") for name in ("bulk1", "bulk2"))
"""Two, so that an import or an export of an hour holds up no broadcast; and a broadcast is sent by both."""
HOOKS = Process("hooks", "python -m worker hooks")
CLOCK = Process("clock", "python -m worker clock")
PROCESSES = (WEB, SETTLE, DELIVER, *BULK, HOOKS, CLOCK)

SANDBOX = Process(
    "sandbox",
    "python -m sandbox --config ${SANDBOX_CONFIG:-} --host ${SANDBOX_HOST:-} --port ${SANDBOX_PORT:-} "
    "--data ${SANDBOX_DATA:-} --webhook ${SANDBOX_WEBHOOK:-}",
)
"""The stand-in for the platform: only the supervisor's `run` starts it."""


def procfile() -> str:
    """The text of the Procfile."""
    return "".join(f"{process.name}: {process.command}\n" for process in PROCESSES)
