"""`python -m sandbox --config FILE --host 127.0.0.1 --port 8081 --data DIR --webhook URL [--faults FILE]`."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.app import create_app
from sandbox.config import ConfigError, load
from sandbox.plan_values import BadPlan
from sandbox.server import Server
from sandbox.world import World, build


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
    world = build(account, limits, arguments.data, _base(arguments), arguments.webhook)
    if arguments.faults and (wrong := _load_faults(world, arguments.faults)):
        sys.stderr.write(f"{arguments.faults.name}: {wrong}\n")
        return 2
    return _serve(world, arguments)


def _serve(world: World, arguments: argparse.Namespace) -> int:
    try:
        running = Server((arguments.host, arguments.port), create_app(world))
    except OSError as error:
        sys.stderr.write(f"{arguments.host}:{arguments.port}: {error.strerror}\n")
        return 1
    sys.stdout.write(f"sandbox ready: {world.base}/ -> {arguments.webhook}\n")
    sys.stdout.flush()
    try:
        running.serve_forever()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        world.close()
    return 0


def _base(arguments: argparse.Namespace) -> str:
    return f"http://{arguments.host}:{arguments.port}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description="A local stand-in for the WeChat platform.")
    parser.add_argument("--config", type=Path, required=True, help="JSON: the account and, optionally, its limits")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--data", type=Path, required=True, help="folder in which the state survives")
    parser.add_argument("--webhook", required=True, help="where pushes go")
    parser.add_argument("--faults", type=Path, help="JSON: a plan of what goes wrong, as POST /sandbox/faults takes it")
    return parser.parse_args()


def _load_faults(world: World, path: Path) -> str:
    """Switch on the plan of a file; what is wrong with it, or an empty text."""
    try:
        plan = json.loads(path.read_text("utf-8"))
        if not isinstance(plan, dict):
            return "not a JSON object"
        world.faults.load(plan)
    except (OSError, ValueError, BadPlan) as error:
        return str(error)
    return ""


def _stop(_signal: int, _frame: object) -> None:
    raise SystemExit


if __name__ == "__main__":
    sys.exit(main())
