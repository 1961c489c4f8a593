"""`pytest tests/flows --update` writes what the bot says now into the transcripts, so that the diff is the review."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the bot's lines of the transcripts")
