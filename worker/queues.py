"""The queues and how a lane is woken: a hint in the queue's Redis, never part of a commit.

A job carries a lane number and nothing else. JSON, because a pickle from Redis is code; and an allow-list, because JSON
can still name any callable.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from redis import Redis
from rq import Queue, Retry
from rq.job import Job
from rq.serializers import JSONSerializer

from store.keys import BULK_WOKEN_SECONDS, WAITS_SECONDS, WOKEN_SECONDS, Keys

log = logging.getLogger(__name__)

SETTLE = "settle"
DELIVER = "deliver"
BULK = "bulk"
"""For what takes minutes: its worker forks, so that a job that eats memory or hangs takes nothing along."""
HOOKS = "hooks"
"""For pushes to systems of partners: a slow receiver must not hold up a letter to a resident."""
QUEUES = (SETTLE, DELIVER, BULK, HOOKS)
LISTS = "lists"
POLL = "poll"
BROADCASTS = "broadcasts"
BESIDE = "beside"
"""A second sender of a broadcast."""
WORKS = "works"
JOBS = {SETTLE: "worker.jobs.settle", DELIVER: "worker.jobs.deliver", HOOKS: "worker.jobs.push"}
BULK_JOBS = {
    LISTS: "worker.lists.jobs.advance",
    POLL: "worker.lists.jobs.poll_upstream",
    BROADCASTS: "worker.broadcasts.jobs.advance",
    BESIDE: "worker.broadcasts.jobs.send_beside",
    WORKS: "worker.works.jobs.advance",
}

JOB_SECONDS = 60
"""A drain stops by itself after five seconds; this ends one that hangs."""
BULK_SECONDS = 600
WORK_SECONDS = 3_600
"""For a work that cannot be parted, such as an export of a million rows."""
TRIES = 3
FAILED_KEPT_SECONDS = 86_400
GATHER_SECONDS = 0.01
"""A web process waits so long for more lanes before it speaks to the queue: under load one trip serves many."""


class ForeignJob(Exception):
    """A job that names a function which is none of ours."""


class OurJob(Job):
    """Runs nothing but the functions in JOBS and BULK_JOBS, whoever wrote the job into Redis: no callbacks either,
    which name functions too."""

    success_callback = failure_callback = stopped_callback = None

    @property
    def func(self) -> Callable[..., Any]:
        if self.func_name not in (*JOBS.values(), *BULK_JOBS.values()):
            raise ForeignJob("a job may only name a function of JOBS or BULK_JOBS")
        return super().func  # type: ignore[no-any-return]  # RQ leaves it untyped


def queue(name: str, redis: Redis) -> Queue:
    return Queue(name, connection=redis, serializer=JSONSerializer, job_class=OurJob, default_timeout=JOB_SECONDS)


class Waker:
    """Wakes lanes. At most one waiting job per queue and lane: the mark is taken away first thing in the job."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._queues = {name: queue(name, redis) for name in QUEUES}

    def wake(self, name: str, lane: int) -> None:
        """Raises RedisError when the queue's Redis is away; the sweep wakes the lane later."""
        if not self._redis.set(self._keys.woken(name, lane), b"1", nx=True, ex=WOKEN_SECONDS):
            return
        self._queues[name].enqueue_call(
            JOBS[name],
            args=(lane,),
            timeout=JOB_SECONDS,
            result_ttl=0,
            failure_ttl=FAILED_KEPT_SECONDS,
            description=f"{name} lane {lane}",
            retry=Retry(max=TRIES),
        )

    def wake_all(self, name: str, lanes: Sequence[int]) -> None:
        """As `wake` for each; those with a job on its way cost one read in all. Raises RedisError."""
        marks = cast("list[bytes | None]", self._redis.mget([self._keys.woken(name, lane) for lane in lanes]))
        for lane, mark in zip(lanes, marks, strict=True):
            if mark is None:
                self.wake(name, lane)

    def start(self, kind: str, about: str, seconds: int = BULK_WOKEN_SECONDS) -> None:
        """Put a job of BULK_JOBS about something (an id) on its way, unless one was put there in the last `seconds`
        and has not said `started`, or one waits in the queue: its worker may be down for days. Raises RedisError."""
        if not self._redis.set(self._keys.woken(kind, about), b"1", nx=True, ex=seconds):
            return
        name, line = self._keys.waits(kind, about), self._queues[BULK]
        before = cast("bytes | None", self._redis.get(name))
        if before is not None and line.get_job_position(before.decode()) is not None:
            return
        job = line.enqueue_call(
            BULK_JOBS[kind],
            args=(about,),
            timeout=WORK_SECONDS if kind == WORKS else BULK_SECONDS,
            result_ttl=0,
            failure_ttl=FAILED_KEPT_SECONDS,
            description=f"{kind} {about}",
            retry=Retry(max=TRIES),
        )
        self._redis.set(name, job.id, ex=WAITS_SECONDS)

    def started(self, kind: str, about: str) -> None:
        """Called first by the job, as `awake` is."""
        self._redis.delete(self._keys.woken(kind, about))

    def waiting(self) -> dict[str, int]:
        """Jobs in each queue. Raises RedisError."""
        return {name: self._queues[name].count for name in QUEUES}

    def awake(self, name: str, lane: int) -> None:
        """Called first by the job: from here on a new entry needs a new wake."""
        self._redis.delete(self._keys.woken(name, lane))


class WakerThread:
    """For web processes: `wake` only notes a number; one thread a process speaks to the queue."""

    def __init__(self, waker: Waker) -> None:
        self._waker = waker
        self._lanes: set[int] = set()
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def wake(self, lane: int) -> None:
        if lane in self._lanes:
            return  # not sent yet: that wake will come after whatever was committed before this call
        with self._change:
            self._lanes.add(lane)
            if self._thread is None:
                # Started by the first request, so that it lives in the process that serves, not in its parent.
                self._thread = threading.Thread(target=self._run, name="waker", daemon=True)
                self._thread.start()
            self._change.notify()

    def _run(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._lanes)
            time.sleep(GATHER_SECONDS)
            with self._change:
                lanes, self._lanes = self._lanes, set()
            try:
                self._waker.wake_all(SETTLE, sorted(lanes))
            except Exception as error:
                # Whatever it was, this thread must live: without it each effect waits for the sweep.
                log.warning("%d lanes were not woken (%s); the sweep will", len(lanes), type(error).__name__)
