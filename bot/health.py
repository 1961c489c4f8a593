"""Is this process able to serve? For the supervisor and for load balancers."""

from __future__ import annotations

from flask import Blueprint, Response
from redis import Redis
from redis.exceptions import RedisError


def blueprint(redis: Redis) -> Blueprint:
    """GET /healthz: 200 when Redis answers, else 503."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        try:
            redis.ping()
        except RedisError:
            return Response("redis does not answer\n", 503, mimetype="text/plain")
        return Response("ok\n", mimetype="text/plain")

    return routes
