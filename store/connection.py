"""Clients of the database: one Redis, Sentinel or Redis Cluster, as the URL says. None retries by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.exceptions import RedisClusterException
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelManagedConnection


class BadUrl(ValueError):
    """A database URL of no known shape. The message never holds the URL, for it may hold a password."""


class _CleanConnection(SentinelManagedConnection):
    """Drops a connection whose read was interrupted, as redis-py's other connections do.

    Without it the reply of a blocking pop that SIGTERM interrupted stays on the wire and is taken for the next one's.
    """

    def read_response(self, *args: Any, **options: Any) -> Any:
        return super().read_response(*args, **{"disconnect_on_error": True, **options})


def _as_redis_error(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def translated(*args: Any, **options: Any) -> Any:
        try:
            return call(*args, **options)
        except RedisClusterException as error:
            raise redis.ConnectionError(str(error)) from error

    return translated


class _Cluster(redis.RedisCluster):
    """Says with a RedisError that the cluster is away; redis-py's own exception for it is none."""

    execute_command = _as_redis_error(redis.RedisCluster.execute_command)

    def pipeline(self, transaction: bool | None = None, shard_hint: str | None = None) -> Any:
        trip: Any = super().pipeline(transaction, shard_hint)  # type: ignore[no-untyped-call]  # of redis-py
        trip.execute = _as_redis_error(trip.execute)
        return trip


def connect(url: str, *, socket_timeout: float = 5.0) -> redis.Redis:
    """A client (bytes in, bytes out) for one of

    - `redis://[user:password@]host[:port][/db]`, `rediss://` with TLS,
    - `redis+sentinel://[user:password@]host[:port],host[:port]/master[/db]` (the password is the master's),
    - `redis+cluster://[user:password@]host[:port],host[:port]`.

    `socket_timeout`: seconds for connecting and for each answer; it must exceed every blocking argument. The client
    sends a command once: whoever calls knows whether it may be sent again. Nothing is connected yet, except that a
    cluster is asked for its slots. Raises BadUrl; for a cluster also redis.RedisError.
    """
    once: dict[str, Any] = {
        "socket_timeout": socket_timeout,
        "socket_connect_timeout": socket_timeout,
        "retry": Retry(NoBackoff(), 0),
    }
    parts = urlsplit(url)
    match parts.scheme:
        case "redis" | "rediss":
            return redis.Redis.from_url(url, **once)
        case "redis+sentinel":
            return _behind_sentinels(parts, once)
        case "redis+cluster":
            nodes = [ClusterNode(host, port) for host, port in _hosts(parts, 6379)]  # type: ignore[no-untyped-call]  # of redis-py
            # A cluster client has the commands of a plain one for keys of one slot, which all of ours are.
            cluster = _as_redis_error(_Cluster)(startup_nodes=nodes, **_login(parts), **once)
            return cast(redis.Redis, cluster)
        case _:
            raise BadUrl("a database URL starts with redis://, rediss://, redis+sentinel:// or redis+cluster://")


def servers_of(client: redis.Redis) -> list[redis.Redis]:
    """The servers that take writes: of a cluster every primary, else the one there is."""
    if not isinstance(client, redis.RedisCluster):
        return [client]
    nodes = client.get_primaries()
    return [client.get_redis_connection(node) for node in nodes]


def _behind_sentinels(parts: SplitResult, once: dict[str, Any]) -> redis.Redis:
    name, _, db = parts.path.strip("/").partition("/")
    if not name:
        raise BadUrl("redis+sentinel:// needs the name of the master after the hosts")
    sentinel = Sentinel(_hosts(parts, 26379), sentinel_kwargs=once)  # type: ignore[no-untyped-call]  # of redis-py
    options = {**once, **_login(parts), "db": int(db or 0), "connection_class": _CleanConnection}
    return cast(redis.Redis, sentinel.master_for(name, **options))  # type: ignore[no-untyped-call]  # of redis-py


def _hosts(parts: SplitResult, default_port: int) -> list[tuple[str, int]]:
    hosts = []
    for host in parts.netloc.rpartition("@")[2].split(","):
        name, _, port = host.partition(":")
        if not name or not (port or "1").isdigit():
            raise BadUrl("hosts are written host:port,host:port")
        hosts.append((name, int(port or default_port)))
    return hosts


def _login(parts: SplitResult) -> dict[str, Any]:
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return {"username": unquote(user) or None, "password": unquote(password) or None}
