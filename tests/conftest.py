"""What every test may ask for. A server per xdist worker, emptied before each test that asks for a client."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from xdist.scheduler import LoadScopeScheduling

from tests.valkey import client_of, running_valkey

HOUSE, SCREENS = "tests/e2e/", ("tests/e2e/test_console", "tests/e2e/test_doctor", "tests/e2e/test_phone_page")


class TwoHouses(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Each test goes to whoever is free, but those of the whole house to the worker that has the house: one for what is
    seen on screens, one for what happens to residents. The larger a group the sooner it begins, so these two go first,
    side by side, and single tests fill what time is left.

    xdist's own `loadgroup` does not see its groups under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        return SCREENS[0] if nodeid.startswith(SCREENS) else HOUSE if nodeid.startswith(HOUSE) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TwoHouses:
    return TwoHouses(config, log)


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real server, AOF always, for this xdist worker alone. Not emptied: ask for `redis_client` too."""
    with running_valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url
        logging.disable()  # what still runs beside the tests need not complain that its server is gone


@pytest.fixture
def redis_client(valkey_url: str) -> Iterator[redis.Redis]:
    """A client (bytes in, bytes out) on the server of this worker, emptied before the test."""
    with client_of(valkey_url) as client:
        client.flushall()
        yield client
