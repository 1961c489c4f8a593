"""`python -m worker settle|deliver|clock`: one process each. The other commands are for operators."""

from __future__ import annotations

import logging
import signal
import threading

import click
from redis.exceptions import RedisError
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer

from settings.reading import load
from store.connection import connect
from worker import operate
from worker.broadcasts.commands import broadcast
from worker.broadcasts.jobs import broadcast_alarms
from worker.cards.commands import card
from worker.clockwork import clock
from worker.demo.command import demo, demo_code
from worker.exports.commands import export
from worker.gate.aliases import alias
from worker.lists.commands import lists
from worker.lists.deciding import standing_alarms
from worker.operate.quotas import low_quotas
from worker.overview.commands import overview
from worker.partners.commands import client
from worker.queues import BULK, QUEUES, OurJob, queue
from worker.residents.commands import roster
from worker.running.ending import end_on
from worker.running.start import start
from worker.whatif.command import whatif
from worker.wiring import context

WORKER_TTL_SECONDS = 60
MAINTENANCE_SECONDS = 30


@click.group()
@click.pass_context
def main(called: click.Context) -> None:
    """Workers, the clock, and commands for operating the service."""
    start()
    if called.invoked_subcommand not in (*QUEUES, "clock"):
        _show_alarms()


def _show_alarms() -> None:
    """Whoever types any command sees them."""
    try:
        for line in (*standing_alarms(context()), *broadcast_alarms(context()), *low_quotas()):
            click.secho(f"【警报】{line}", err=True, fg="red", bold=True)
    except RedisError as error:
        logging.getLogger(__name__).warning("Redis does not answer (%s)", type(error).__name__)


def serve(name: str) -> None:
    """One RQ worker for one queue. In process, because a fork per drain would cost more than the drain; the bulk queue
    forks, and nothing but a connection is made before: a context has threads, which a fork leaves behind."""
    connection = connect(load().queue_url, socket_timeout=90) if name == BULK else context().queue_redis
    kind = Worker if name == BULK else SimpleWorker
    kind(
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
    end_on(stop, signal.SIGTERM, signal.SIGINT)
    clock.run(context(), stop)


for _command in (
    *operate.COMMANDS,
    alias,
    card,
    client,
    roster,
    lists,
    broadcast,
    export,
    overview,
    whatif,
    demo,
    demo_code,
):
    main.add_command(_command)

if __name__ == "__main__":
    logging.captureWarnings(True)
    main()
