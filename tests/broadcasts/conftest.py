"""One studio a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.broadcasts.studio import Studio, open_studio


@pytest.fixture
def studio(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(valkey_url, tmp_path) as opened:
        yield opened
