"""`python -m worker export …`: whose a leaked file is, and a trial of the writers without a database."""

from __future__ import annotations

import resource
import time
from datetime import datetime
from pathlib import Path

import click

from domain.exports import Chosen, Column, FileKind
from domain.facts import SHANGHAI, day_of
from domain.people import Level
from domain.person import Person
from domain.roles import Refused, Staff
from domain.verdict import judge
from domain.works import Work
from worker.context import Context
from worker.demo.residents import resident
from worker.demo.stories import Stories, stories
from worker.exports.exporting import Wanted, mark_of
from worker.exports.marks import ids_in
from worker.exports.rows import Seen, row_of
from worker.exports.sheets import open_sheet
from worker.wiring import context

NAMES = {each.value: each for each in FileKind}


@click.group("export")
def export() -> None:
    """Exports: whose a file is; a trial."""


@export.command("whose")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def whose(file: Path) -> None:
    """Who exported a file, when and why, by its hidden mark."""
    ctx = context()
    for id in ids_in(file):
        if (work := _work(ctx, id)) is not None:
            click.echo(f"{work.id}\t{work.staff}\t{work.asked_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}\t{work.title}")
            click.echo(str(work.args.get("reason", "")))
            return
    raise click.ClickException(
        "没有本系统的标记，或已超过 30 天（请查审计） · no mark, or older than 30 days: ask the audit"
    )


@export.command("trial")
@click.argument("people", type=click.IntRange(1))
@click.option("--kind", type=click.Choice(list(NAMES)), default=FileKind.XLSX.value, show_default=True)
@click.option("--to", "path", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to.")
def trial(people: int, kind: str, path: Path) -> None:
    """Write invented people with all columns; rows, seconds, bytes, peak memory in KiB."""
    columns, now = tuple(Chosen(each) for each in Column), datetime(2020, 3, 2, 8, tzinfo=SHANGHAI)
    wanted = Wanted("", "试写", columns, NAMES[kind], reason="试写")
    told, began = stories(now), time.perf_counter()
    mark = mark_of("A" * 12, Staff("trial", "试写", "试写"), wanted, now)
    sheet = open_sheet(wanted.kind, path, [each.title for each in columns], mark)
    for number in range(people):
        person = _person(number, told)
        sheet.write(row_of(Seen(person, judge(person.history, now), day_of(now), number + 1, True), columns))
    sheet.close()
    seconds, peak = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    click.echo(f"{people}\t{seconds:.2f}\t{path.stat().st_size}\t{peak}")


def _person(number: int, told: Stories) -> Person:
    who, pid = resident(number), number.to_bytes(12)
    history = told.of(number)
    return Person(pid, 1, 0, who.identity, who.address, who.community, Level.PHONE, history=history)


def _work(ctx: Context, id: str) -> Work | None:
    try:
        return ctx.works.read(id)
    except Refused:
        return None
