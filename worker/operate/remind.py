"""Reminding a community, or all of a larger division, of today's report."""

from __future__ import annotations

from collections import Counter

import click

from domain.missing import Risk
from domain.places import full_name
from domain.verdict import Colour
from worker.clockwork.roll_call import call_roll
from worker.clockwork.roll_call import remind as remind_all
from worker.clockwork.warn import Outcome
from worker.decisions.reminders import REMINDED
from worker.operate.asking import refusals, staff_option
from worker.wiring import context

RISKS = {
    Risk.YELLOW: "黄码，漏一天重新数 · yellow, a missed day begins the count anew",
    Risk.LAST_DAY: "绿码今天到期 · green, grey tomorrow",
    Risk.GREY: "灰码 · grey",
    Risk.GREEN: "绿码 · green",
}
OUTCOMES = {
    Outcome.TOLD: "已告知绿码到期等 · told that a colour ends",
    Outcome.REMINDED: "已提醒 · reminded",
    Outcome.ALREADY: "今天已提醒过 · reminded today before",
    Outcome.REPORTED: "已打卡或不需打卡 · reported meanwhile, or need not",
    Outcome.OFF: "本人不要提醒 · want no reminders",
    Outcome.UNREACHABLE: "没有微信账号 · no account",
}


@click.command("remind")
@click.argument("division")
@click.option("--colour", type=click.Choice([each.value for each in REMINDED]), help="Only those of this colour.")
@click.option("--dry-run", is_flag=True, help="Only say how many are missing; nobody is written to.")
@staff_option
def remind(division: str, colour: str | None, dry_run: bool, staff_id: str) -> None:
    """Remind whoever has not reported today in DIVISION: a community (12 digits) or whatever lies above it (4, 6, 9).

    Yellow first. Nobody is reminded twice on a day, however often this is typed, and nobody at night.
    """
    ctx, told = context(), Counter[Outcome]()
    with refusals():
        staff = ctx.staff.read(staff_id)
        roll = call_roll(ctx, staff, division, Colour(colour) if colour else None)
        click.echo(f"{full_name(division)}：今天还没打卡 {roll.total()} 人 · not reported today")
        for risk, words in RISKS.items():
            click.echo(f"{len(roll.pids[risk])}\t{words}")
        if dry_run:
            return
        with click.progressbar(length=roll.total(), label="提醒 · reminding") as bar:
            for batch in remind_all(ctx, staff, roll):
                told += batch
                bar.update(batch.total())
    for outcome, words in OUTCOMES.items():
        if told[outcome]:
            click.echo(f"{told[outcome]}\t{words}")
