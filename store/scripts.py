"""Scripts as commands of a pipeline, for one server and for a cluster alike.

Sent whole, because a digest that some node does not know is found out only after half of the pipeline has run, and
redis-py lets no cluster pipeline carry one. The server keeps a script that it has seen: the price is the wire's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis.client import Pipeline


def queue_script(trip: Pipeline, text: str, keys: Sequence[str], args: Sequence[Any]) -> None:
    """Append a script; all of `keys` are of one slot."""
    trip.execute_command("EVAL", text, len(keys), *keys, *args)  # type: ignore[no-untyped-call]  # of redis-py


def queue_mget(trip: Pipeline, *keys: str) -> None:
    """Append one atomic read of several keys of one slot."""
    trip.execute_command("MGET", *keys)  # type: ignore[no-untyped-call]  # of redis-py
