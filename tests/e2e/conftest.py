"""One whole house for all of these tests: each has residents of its own, and time only goes forward."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.house import House, running_house


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house at eight in the morning, so that no test runs into midnight."""
    with running_house(tmp_path_factory.mktemp("house")) as house:
        house.next_morning()
        yield house
