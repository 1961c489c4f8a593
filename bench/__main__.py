"""`python -m bench` lists the measurements; `python -m bench NAME …` runs one, `--help` behind it tells its options."""

from __future__ import annotations

import importlib
import signal
import sys

NAMES = (
    "webhook",
    "first_run",
    "latency",
    "overlap",
    "kill_drill",
    "memory",
    "whatif",
    "import_list",
    "code_picture",
    "token_storm",
    "stall",
    "broadcast",
    "today",
    "export",
    "count",
    "verify",
)


def main() -> None:
    """List, or run one."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        for name in NAMES:
            about = importlib.import_module(f"bench.{name}").__doc__ or ""
            print(f"{name:14} {about.strip().splitlines()[0]}")
        sys.exit(2 if len(sys.argv) > 1 else 0)
    name = sys.argv.pop(1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a house that a measurement opened ends with it
    importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
