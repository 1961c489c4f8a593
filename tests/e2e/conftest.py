"""One whole house for all of these tests: each has residents of its own, and time only goes forward."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from tests.e2e.house import House, running_house

FAILED = pytest.StashKey[bool]()
"""Set on an item: whether its test has failed so far."""


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house at eight in the morning, so that no test runs into midnight."""
    with running_house(tmp_path_factory.mktemp("house")) as house:
        house.next_morning()
        yield house


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know, when they end, that their test failed."""
    report = yield
    item.stash[FAILED] = report.failed or item.stash.get(FAILED, False)
    return report
