"""A process that stands for one of the house's: `python -m tests.house.fake_child NAME [PORT]`.

With a port it answers every GET with 200. When told to end it adds its name to `order` in DATA_DIR.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from worker.running.ending import end_on


class Yes(BaseHTTPRequestHandler):
    """Answers 200."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main(name: str, port: int = 0) -> None:
    """Run until SIGTERM."""
    ending = threading.Event()
    end_on(ending, signal.SIGTERM)
    if port:
        server = ThreadingHTTPServer(("127.0.0.1", port), Yes)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{name} is up\nERROR {name} shows this line\n")
    sys.stdout.flush()
    ending.wait()
    with Path(os.environ["ORDER"]).open("a") as order:
        order.write(f"{name}\n")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
