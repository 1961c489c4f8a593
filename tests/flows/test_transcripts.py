"""Talks as residents have them. The 居民 lines are the test; the rest is played anew and compared whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.transcript import play

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_talk_is_as_recorded(path: Path, pytestconfig: pytest.Config) -> None:
    recorded = path.read_text(encoding="utf-8")
    played = play(recorded)
    if pytestconfig.getoption("--update", default=False):
        path.write_text(played, encoding="utf-8")
    else:
        assert played == recorded
