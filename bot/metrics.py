"""/metrics for Prometheus: what is left of quotas, how long the queues are, how letters went. Read on each scrape."""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from redis.exceptions import RedisError

from domain.budgets import A_MONTH
from store.calls import Calls
from store.quota import Quota, mass_this_month
from store.streams import Streams
from store.tally import Tally

STREAMS = ("outbox", "follow", "post", "parked", "undelivered")


@dataclass(frozen=True, slots=True)
class House:
    """What is asked at a scrape; `waiting` gives the jobs waiting in each queue."""

    quota: Quota
    streams: Streams
    calls: Calls
    tally: Tally
    waiting: Callable[[], dict[str, int]]

    def describe(self) -> list[Metric]:
        """Nothing: a collector that is only read."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every metric, once. Raises RedisError."""
        yield from self._quotas()
        yield from self._streams()
        waiting = GaugeMetricFamily("yima_jobs_waiting", "Jobs that wait in a queue.", labels=["queue"])
        for name, number in self.waiting().items():
            waiting.add_metric([name], number)
        yield waiting
        yield GaugeMetricFamily("yima_calls_open", "People to be called whom no call reached yet.", self.calls.listed())
        letters = CounterMetricFamily("yima_letters", "Letters done with.", labels=["kind", "way", "outcome"])
        for labels, number in self.tally.read().items():
            letters.add_metric(labels, number)
        yield letters

    def _quotas(self) -> Iterator[Metric]:
        usages = self.quota.usages()
        used = GaugeMetricFamily("yima_quota_used_today", "Calls to the platform today.", labels=["path"])
        left = GaugeMetricFamily("yima_quota_left_today", "What can still be called today.", labels=["path"])
        for usage in usages:
            used.add_metric([usage.path], usage.today)
            if usage.granted:
                left.add_metric([usage.path], usage.left)
        yield from (used, left)
        masses = max(0, A_MONTH - mass_this_month(usages))
        yield GaugeMetricFamily("yima_mass_left_this_month", "Mass messages that everybody can still get.", masses)

    def _streams(self) -> Iterator[Metric]:
        length = GaugeMetricFamily("yima_stream_entries", "Entries of a stream, over all shards.", labels=["stream"])
        age = GaugeMetricFamily("yima_stream_oldest_seconds", "Age of its oldest entry.", labels=["stream"])
        now = time.time()
        lengths, oldest = self.streams.lengths(STREAMS), self.streams.oldest(STREAMS)
        for stream in STREAMS:
            length.add_metric([stream], lengths[stream])
            first = min((at for _, at in oldest[stream]), default=None)
            age.add_metric([stream], 0 if first is None else max(0.0, now - first / 1000))
        yield from (length, age)


def blueprint(house: House, key: str) -> Blueprint:
    """GET /metrics: with the bearer key; without one configured, for this machine alone and not through a proxy."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(house)
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    def metrics() -> Response:
        if not _may_read(key):
            return Response("METRICS_KEY\n", 403, mimetype="text/plain")
        try:
            return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
        except RedisError:
            return Response("redis does not answer\n", 503, mimetype="text/plain")

    return routes


def _may_read(key: str) -> bool:
    if key:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), key.encode())
    through_proxy = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    return not through_proxy and _is_loopback(request.remote_addr or "")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
