"""Ways to break the database of an installation, and what waits in it; as in `tests.e2e.breaking`."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rq import SimpleWorker
from rq.serializers import JSONSerializer

from tests.e2e.breaking import Break, Values, values_of
from tests.e2e.house import House
from tests.valkey import client_of, running_valkey
from worker.queues import SETTLE, OurJob, queue


def configured(name: str, value: str) -> Break:
    """The database's own configuration changed by CONFIG SET."""

    @contextlib.contextmanager
    def broken(house: House, _folder: Path) -> Iterator[Values]:
        values = values_of(house)
        with client_of(values["REDIS_URL"]) as client:
            before = client.config_get(name)[name]
            client.config_set(name, value)
            try:
                yield values
            finally:
                client.config_set(name, before)

    return broken


@contextlib.contextmanager
def little_memory(house: House, folder: Path) -> Iterator[Values]:
    """Less room than is nearly used up."""
    with client_of(values_of(house)["REDIS_URL"]) as client:
        most = int(client.info("memory")["used_memory"] * 1.25)
    with configured("maxmemory", str(most))(house, folder) as values:
        yield values


@contextlib.contextmanager
def empty_database(house: House, folder: Path) -> Iterator[Values]:
    """A database on which no worker and no clock ever ran, and things wait in it from yesterday."""
    with running_valkey(folder / "empty") as url, client_of(url) as client:
        yesterday = int((datetime.now(UTC) - timedelta(days=1)).timestamp() * 1000)
        client.xadd("yima:{00}:outbox", {"b": "x"}, id=f"{yesterday}-1")
        client.xadd("yima:{01}:post", {"b": "x"}, id=f"{yesterday}-1")
        client.xadd("yima:{02}:parked", {"reason": "why"})
        client.xadd("yima:{03}:undelivered", {"reason": "no window"})
        yield {**values_of(house), "REDIS_URL": url}


@contextlib.contextmanager
def dead_worker(house: House, folder: Path) -> Iterator[Values]:
    """A worker that died with its machine: RQ still lists it, its beats have stopped."""
    with running_valkey(folder / "dead") as url, client_of(url) as client:
        worker = SimpleWorker([queue(SETTLE, client)], connection=client, serializer=JSONSerializer, job_class=OurJob)
        worker.register_birth()  # type: ignore[no-untyped-call]  # rq has none
        client.hset(worker.key, "last_heartbeat", (datetime.now(UTC) - timedelta(minutes=5)).isoformat())
        yield {**values_of(house), "REDIS_URL": url}


@contextlib.contextmanager
def a_replica(house: House, folder: Path) -> Iterator[Values]:
    """A database that only follows another."""
    with running_valkey(folder / "first") as first, running_valkey(folder / "second") as second:
        with client_of(second) as client:
            client.replicaof("127.0.0.1", first.rpartition(":")[2].partition("/")[0])
        yield {**values_of(house), "REDIS_URL": second}


@contextlib.contextmanager
def with_password(house: House, folder: Path) -> Iterator[Values]:
    """A database whose password the house does not know."""
    with running_valkey(folder / "locked") as url:
        with client_of(url) as client:
            client.config_set("requirepass", secrets.token_hex(8))
        yield {**values_of(house), "REDIS_URL": url.replace("//", "//:wrong@")}


@contextlib.contextmanager
def refused_tokens(house: House, folder: Path) -> Iterator[Values]:
    """The house pauses its calls, as it does after tokens that were refused."""
    values = values_of(house)
    with client_of(values["REDIS_URL"]) as client:
        client.set("yima:{platform}:token:closed", "1", ex=300)
        client.set("yima:{platform}:token:storm", "3", ex=300)
        try:
            yield values
        finally:
            client.delete("yima:{platform}:token:closed", "yima:{platform}:token:storm")
