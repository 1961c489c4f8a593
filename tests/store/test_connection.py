"""One way to connect, whatever stands behind the URL."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest
import redis

from store.connection import BadUrl, connect
from tests.clusters import running_cluster, servers, wait_for
from tests.valkey import free_port


@pytest.mark.parametrize(
    "url", ["memcached://:secret-pw@h", "redis+sentinel://:secret-pw@h:1", "redis+sentinel://h:secret-pw/m"]
)
def test_a_url_of_no_known_shape_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(BadUrl) as refused:
        connect(url)
    assert "secret-pw" not in str(refused.value)


def test_a_silent_server_is_asked_once_and_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = connect(f"redis://127.0.0.1:{silent.getsockname()[1]}", socket_timeout=0.1)
        with pytest.raises(redis.TimeoutError):
            client.set("once", 1)
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_a_cluster_takes_keys_of_all_shards(tmp_path: Path) -> None:
    with running_cluster(tmp_path, "pw") as url, connect(url) as client:
        keys = [f"yima:{{{shard:02x}}}:outbox" for shard in range(0, 256, 16)]
        for key in keys:
            client.set(key, key)
        assert [client.get(key) for key in keys] == [key.encode() for key in keys]


def test_writes_go_on_after_the_master_behind_the_sentinels_is_killed(tmp_path: Path) -> None:
    master, replica, *watchers = (free_port() for _ in range(5))
    common = 'bind 127.0.0.1\nappendonly no\nsave ""\nrepl-diskless-sync-delay 0\n'
    watch = f"sentinel monitor house 127.0.0.1 {master} 2\nsentinel down-after-milliseconds house 1000\n"
    watch += "sentinel failover-timeout house 2000\n"
    texts = [
        (f"port {master}\n{common}", ()),
        (f"port {replica}\n{common}replicaof 127.0.0.1 {master}\n", ()),
        *((f"port {port}\nbind 127.0.0.1\n{watch}", ("--sentinel",)) for port in watchers),
    ]
    hosts = ",".join(f"127.0.0.1:{port}" for port in watchers)
    with servers(tmp_path, texts) as started, connect(f"redis+sentinel://{hosts}/house", socket_timeout=0.8) as client:
        wait_for(lambda: all(knows_replica(port) for port in watchers))
        client.set("before", "1")
        wait_for(lambda: client.wait(1, 500) == 1)
        started[0].send_signal(signal.SIGKILL)
        wait_for(lambda: bool(client.set("after", "1")))
        assert client.get("before") == b"1"


def knows_replica(port: int) -> bool:
    """Whether a sentinel has found the replica and both other sentinels; before that it will not fail over."""
    with redis.Redis(port=port, decode_responses=True) as sentinel:
        state = sentinel.sentinel_master("house")
        return int(state["num-slaves"]) == 1 and int(state["num-other-sentinels"]) == 2


def test_a_cluster_that_is_away_is_an_error_of_the_database_like_any_other(tmp_path: Path) -> None:
    with running_cluster(tmp_path, "pw") as url:
        client = connect(url, socket_timeout=0.5)
        pipeline = client.pipeline(transaction=False)
        pipeline.get("a")
    for use in (lambda: client.get("a"), pipeline.execute, lambda: connect(url)):
        with pytest.raises(redis.RedisError):
            use()
