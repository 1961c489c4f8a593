"""`python -m worker settle|deliver|clock`: one process each. The other commands are for operators."""

from __future__ import annotations

import logging
import signal
import threading

import click
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from worker import clock, operate
from worker.context import context
from worker.queues import QUEUES, OurJob, queue
from worker.start import start

WORKER_TTL_SECONDS = 60
MAINTENANCE_SECONDS = 30


@click.group()
def main() -> None:
    """Workers, the clock, and commands for operating the service."""
    start()


def serve(name: str) -> None:
    """One RQ worker for one queue. In process: a fork per drain would cost more than the drain."""
    connection = context().queue_redis
    SimpleWorker(
        [queue(name, connection)],
        connection=connection,
        serializer=JSONSerializer,
        job_class=OurJob,
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    ).work(logging_level="WARNING")


for _name in QUEUES:
    main.command(_name, help=f"Work on the queue {_name}.")(lambda name=_name: serve(name))


@main.command("clock")
def run_clock() -> None:
    """Sweep the outboxes every second; erase what lapsed."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    clock.run(context(), stop)


for _command in operate.COMMANDS:
    main.add_command(_command)

if __name__ == "__main__":
    logging.captureWarnings(True)
    main()
