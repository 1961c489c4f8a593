"""One office a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.desk.office import Office, open_office


@pytest.fixture
def office(
    valkey_url: str, redis_client: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    with open_office(valkey_url, tmp_path, monkeypatch) as opened:
        yield opened
