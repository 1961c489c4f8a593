"""The app on a real Valkey, with a clock that a test moves."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from bot import app as application
from tests.bot.wire import Wire
from tests.stage import FixedClock, settings


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def wire(
    valkey_url: str, redis_client: redis.Redis, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Wire:
    made = settings(valkey_url, tmp_path, WECHAT_AES_KEY_PREVIOUS="B" * 43)
    monkeypatch.setattr(application, "clock_for", lambda _: clock)
    return Wire(application.create_app(made), made)
