"""`python -m sandbox --config FILE --host 127.0.0.1 --port 8081 --data DIR --webhook URL`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.app import create_app
from sandbox.config import ConfigError, load
from sandbox.server import Server
from sandbox.world import build


def main() -> int:
    """Run until SIGTERM or SIGINT. Exit code 2 for a wrong configuration, 1 for a port that is taken."""
    arguments = _arguments()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    if urlsplit(arguments.webhook).scheme not in ("http", "https"):
        sys.stderr.write("--webhook: an http or https address\n")
        return 2
    try:
        account, limits = load(arguments.config)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    signal.signal(signal.SIGTERM, _stop)
    base = f"http://{arguments.host}:{arguments.port}"
    world = build(account, limits, arguments.data, base, arguments.webhook)
    try:
        running = Server((arguments.host, arguments.port), create_app(world))
    except OSError as error:
        sys.stderr.write(f"{arguments.host}:{arguments.port}: {error.strerror}\n")
        return 1
    sys.stdout.write(f"sandbox ready: {base}/ -> {arguments.webhook}\n")
    sys.stdout.flush()
    try:
        running.serve_forever()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        world.close()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description="A local stand-in for the WeChat platform.")
    parser.add_argument("--config", type=Path, required=True, help="JSON: the account and, optionally, its limits")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--data", type=Path, required=True, help="folder in which the state survives")
    parser.add_argument("--webhook", required=True, help="where pushes go")
    return parser.parse_args()


def _stop(_signal: int, _frame: object) -> None:
    raise SystemExit


if __name__ == "__main__":
    sys.exit(main())
