"""The server that the tests stand on keeps what it acknowledges, as the house's own does."""

from __future__ import annotations

import pytest
import redis


def test_the_test_server_writes_before_it_answers(redis_client: redis.Redis) -> None:
    assert redis_client.config_get("appendfsync") == {"appendfsync": "always"}


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_starts_with_an_empty_server(redis_client: redis.Redis, turn: int) -> None:
    assert redis_client.dbsize() == 0
    redis_client.set("left-behind", turn)
