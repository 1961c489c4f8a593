"""What every test may ask for. A server per xdist worker, emptied before each test that asks for a client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from tests.valkey import client_of, running_valkey


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real server, AOF always, for this xdist worker alone. Not emptied: ask for `redis_client` too."""
    with running_valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def redis_client(valkey_url: str) -> Iterator[redis.Redis]:
    """A client (bytes in, bytes out) on the server of this worker, emptied before the test."""
    with client_of(valkey_url) as client:
        client.flushall()
        yield client
