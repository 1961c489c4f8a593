"""make talk: what is recorded is a transcript that plays."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from bot.talk import main
from bot.transcript import play
from tests.flows.people import WANG_FANG

TYPED = f"""同意
王芳
{WANG_FANG}
13800000000
246810
上一步
@ 2020-03-02 08:00
〔图片〕
! nonsense
取消
"""


def test_a_recorded_talk_plays_as_it_went(tmp_path: Path) -> None:
    record = tmp_path / "talk.txt"
    result = CliRunner().invoke(main, ["--record", str(record)], input=TYPED)
    assert result.exit_code == 0
    recorded = record.read_text(encoding="utf-8")
    assert "短信：246810" in result.output
    assert "nonsense" not in recorded
    assert play(recorded) == recorded
