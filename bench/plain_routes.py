"""What the webhook is compared with: an empty Flask route, and one that does a single durable SET a request."""

from __future__ import annotations

import os

import redis
from flask import Flask, request


def create_app() -> Flask:
    """`REDIS_URL` names the database."""
    app = Flask("plain routes")
    client = redis.Redis.from_url(os.environ["REDIS_URL"])

    @app.get("/healthz")
    @app.post("/empty")
    def empty() -> str:
        return ""

    @app.post("/set")
    def durable_set() -> str:
        client.set(f"bench:set:{hash(request.query_string) % 1_000}", request.get_data())
        return ""

    return app
