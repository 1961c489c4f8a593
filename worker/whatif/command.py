"""`python -m worker whatif DRAFT.py`: what a draft notice would change, over the records as they are now."""

from __future__ import annotations

import sys

import click

from domain.drafts import BadDraft, load_draft
from domain.facts import day_of
from domain.notices import in_force
from worker.spread import cores
from worker.whatif.count import PID_BYTES, Question, Tally, listed, tallies
from worker.whatif.table import report
from worker.wiring import context


@click.command("whatif")
@click.argument("draft", type=click.Path(exists=True, dir_okay=False, resolve_path=True))
@click.option("--processes", default=cores, type=click.IntRange(1, 64), show_default="one a core")
def whatif(draft: str, processes: int) -> None:
    """Count, by county, how many people a draft notice would move from which colour to which.

    DRAFT is a file like those in domain/notices. Nothing is written; nobody's identity is opened.
    """
    ctx = context()
    try:
        notice = load_draft(draft)
        question = Question(ctx.settings.redis_url, draft, ctx.clock.now(), ctx.worlds.read())
        tally = _counted(question, processes)
    except BadDraft as error:
        raise click.ClickException(str(error)) from None
    click.echo(report(in_force(day_of(question.at)), notice, question.at, tally), nl=False)


def _counted(question: Question, processes: int) -> Tally:
    """Everybody, with progress on standard error."""
    click.echo("清点 · finding everybody", err=True)
    shards = listed(context().redis)
    everybody, tally = sum(len(pids) for pids in shards) // PID_BYTES, Tally()
    with click.progressbar(length=everybody, label="判定 · judging", file=sys.stderr, show_pos=True) as bar:
        for part in tallies(question, shards, processes):
            tally += part
            bar.update(part.people)
    return tally
