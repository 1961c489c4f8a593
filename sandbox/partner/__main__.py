"""`python -m sandbox.partner --base http://127.0.0.1:8080/api/v1 --client gate-1`: a gate system that can be tried out.

The secrets come from the environment: CLIENT_SECRET and, for pushes, HOOK_SECRET.
"""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta

import click
from flask import Flask, Response

from sandbox.partner.api import Api
from sandbox.partner.displays import Displays
from sandbox.partner.gate import Gate
from sandbox.partner.hooks import Receiver, create_app


@click.command()
@click.option("--base", required=True, help="Address of the API, ending in /api/v1.")
@click.option("--client", required=True)
@click.option("--port", default=8190, show_default=True)
@click.option("--data", default="partner.sqlite", show_default=True)
def main(base: str, client: str, port: int, data: str) -> None:
    """Follow the feed, take pushes on /hook, show handles on /display/<handle>."""
    displays = Displays(data)
    gate = Gate(Api(base, client, os.environ["CLIENT_SECRET"]), displays)
    threading.Thread(target=gate.run, daemon=True).start()
    app = create_app(Receiver(displays, os.environ.get("HOOK_SECRET", "").split()))
    _show(app, displays)
    app.run("127.0.0.1", port)


def _show(app: Flask, displays: Displays) -> None:
    @app.get("/display/<handle>")
    def display(handle: str) -> Response:
        today = (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
        return Response(displays.shown(handle, today), mimetype="text/plain")


if __name__ == "__main__":
    main()
