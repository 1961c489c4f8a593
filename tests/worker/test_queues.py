"""What a job may run, whoever wrote it into Redis: the two functions of ours and nothing else."""

from __future__ import annotations

import pytest
import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from store.keys import Keys
from worker.queues import BULK, JOBS, SETTLE, WORKS, OurJob, Waker, queue

ran: list[str] = []


def intrude(*arguments: object) -> None:
    ran.append("intruder")


INTRUDER = f"{__name__}.intrude"


def work(client: redis.Redis) -> None:
    worker = SimpleWorker(
        [queue(SETTLE, client)], connection=client, serializer=JSONSerializer, job_class=OurJob, worker_ttl=60
    )
    worker.work(burst=True, logging_level="CRITICAL")


@pytest.mark.parametrize("function", [INTRUDER, JOBS[SETTLE]], ids=["a function", "its callbacks"])
def test_a_foreign_job_runs_nothing(redis_client: redis.Redis, function: str) -> None:
    job = queue(SETTLE, redis_client).enqueue_call(function, args=("no lane",), result_ttl=60)
    for callback in ("success", "failure", "stopped"):
        redis_client.hset(job.key, f"{callback}_callback_name", INTRUDER)
    work(redis_client)
    assert ran == []
    assert job.is_failed


def test_a_job_holds_a_lane_number_and_nothing_else(redis_client: redis.Redis) -> None:
    Waker(redis_client, Keys()).wake(SETTLE, 3)
    (job,) = queue(SETTLE, redis_client).jobs
    assert (job.func_name, job.args, job.kwargs, job.meta) == (JOBS[SETTLE], [3], {}, {})


def test_one_job_of_a_work_waits_however_long_its_worker_is_down(redis_client: redis.Redis) -> None:
    """The sweep of the clock wakes again and again what nobody is at."""
    keys, line = Keys(), queue(BULK, redis_client)
    waker = Waker(redis_client, keys)

    def sweep() -> list[str]:
        for work in ("export-1", "import-2"):
            redis_client.delete(keys.woken(WORKS, work))  # ten seconds later
            waker.start(WORKS, work)
        return sorted(job.args[0] for job in line.jobs)

    assert [sweep() for _ in range(3)] == [["export-1", "import-2"]] * 3
    line.pop_job_id()  # a worker takes the first, and dies with it
    assert sweep() == ["export-1", "import-2"]
    line.empty()  # type: ignore[no-untyped-call]  # and the queue's Redis was emptied
    assert sweep() == ["export-1", "import-2"]
