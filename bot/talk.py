"""`python -m bot.talk`: speak to the bot in a terminal. `--record FILE` writes a transcript for the tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

import click

from bot.transcript import SPOKEN, Stage
from domain.facts import SHANGHAI
from flows.rehearsal import Rehearsal

HOW = """和机器人说话；没有数据库，说完就忘。 Speak to the bot; nothing is kept.
直接打字。事件写成 〔关注〕 〔图片〕 〔菜单 code〕；
时钟停着，“@ 2020-03-02 08:00” 拨动；“+ {…}” 记一条别人记录的事实；Ctrl-D 结束。
"""


@click.command(help="Speak to the bot in a terminal.")
@click.option("--record", type=click.Path(dir_okay=False, path_type=Path), help="write the talk as a transcript")
def main(record: Path | None) -> None:
    """Every turn is shown as the transcript shows it, and the whole is written at the end."""
    started = datetime.now(SHANGHAI).replace(second=0, microsecond=0)
    stage = Stage(Rehearsal(started))
    lines = [f"@ {started:%Y-%m-%d %H:%M}"]
    click.echo(HOW)
    for said in chain(("〔关注〕",), _typed()):
        line = said if said[:1] in "@!+#" else f"{SPOKEN}{said}"
        try:
            answer = stage.perform(line)
        except ValueError as error:
            click.echo(f"？ {error}")
            continue
        click.echo("\n".join(answer))
        if any(each.startswith("→ send_sms") for each in answer):
            click.echo(f"短信：{stage.rehearsal.sms_code('', '')}")
        lines += [line, *answer]
    if record is not None:
        record.write_text("\n".join(lines) + "\n", encoding="utf-8")
        click.echo(f"已写入 · written: {record}")


def _typed() -> Iterator[str]:
    """Lines until the end of input; what a pipe brings is shown too, so that the talk can be read."""
    while True:
        try:
            line = input("" if not sys.stdin.isatty() else "> ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if not sys.stdin.isatty():
            click.echo(f"> {line}")
        if line:
            yield line


if __name__ == "__main__":
    main()
