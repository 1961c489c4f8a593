"""`python -m worker overview`: what the overview counts, on a terminal, and how long a round takes."""

from __future__ import annotations

import time

import click

from domain.places import full_name
from store.samples import COLOURS, FIRST_COLOUR, PEOPLE, REPORTED
from worker.overview.counting import RollingCount
from worker.wiring import context


@click.command("overview")
def overview() -> None:
    """People of each county by colour and who has reported today, counted now from all rosters; nothing is written."""
    ctx, began = context(), time.perf_counter()
    sample = RollingCount(ctx).whole()
    seconds = time.perf_counter() - began
    click.echo("\t".join(("县", "人数", "今日已报", *(colour.value for colour in COLOURS))))
    for county, numbers in sample.counties.items():
        row = (full_name(county) or county, numbers[PEOPLE], numbers[REPORTED], *numbers[FIRST_COLOUR:])
        click.echo("\t".join(map(str, row)))
    click.echo(f"{sample.communities} 个社区，用了 {seconds:.2f} 秒 · communities, {seconds:.2f} s", err=True)
