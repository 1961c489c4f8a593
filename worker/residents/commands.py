"""`python -m worker roster …`: people of a community from a table, and who of them never declared."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from channel.platform import SendError
from domain.carry_out import reason_of
from domain.facts import day_of
from domain.people import mask_document, mask_name, mask_phone
from domain.person import Person
from domain.places import full_name, is_community
from domain.roles import Action, Refused, require
from domain.scopes import Target
from domain.verdict import Colour
from flows.welcome import SCENE_PREFIX
from store.changes import Act
from worker.context import Context
from worker.operate.asking import refusals, staff_option
from worker.residents.enrolling import BATCH, Fate, enrol_batch, fates
from worker.residents.poster import poster
from worker.residents.table import read_people, rows_of, stop_at
from worker.wiring import context


@click.group("roster")
def roster() -> None:
    """Who lives in a community, whether they ever declared or not."""


@roster.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--reason", default="社区名册", show_default=True)
@staff_option
def import_people(file: Path, reason: str, staff_id: str) -> None:
    """Put everybody of a CSV or .xlsx on the roster: 姓名, 证件号码, 社区代码; 证件类型, 手机号, 住址 if there.

    One row that cannot be taken, and none is. The same table again changes nothing. Nobody gets a colour by it, and of
    somebody with an account nothing is replaced.
    """
    ctx = context()
    people, faults = rows_of(lambda: read_people(file, day_of(ctx.clock.now())))
    with refusals():
        staff, reason = ctx.staff.read(staff_id), reason_of(reason)
        for entry in people:
            require(staff, Action.ENROL, Target(entry.community))
        stop_at(faults)
        if Fate.ELSEWHERE in fates(ctx, staff, people, reason):
            raise Refused("scope")
        new = 0
        with click.progressbar(length=len(people), label="登记 · enrolling", file=sys.stderr) as bar:
            for first in range(0, len(people), BATCH):
                batch = people[first : first + BATCH]
                told = enrol_batch(ctx, staff, batch, reason)
                new += told[Fate.NEW] + told[Fate.CHANGED]
                bar.update(len(batch))
    click.echo(f"{len(people)} 人，其中新登记或有变动 {new} 人 · people, {new} of them new or changed")


@roster.command("quiet")
@click.argument("community")
@staff_option
def quiet(community: str, staff_id: str) -> None:
    """Who is on a community's roster and never declared: masked, with what a visit needs; the reading is an act."""
    ctx, where = context(), _community(community)
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, Action.ENROL, Target(where))
    found = [person for person in silent_in(ctx, community) if person.identity]
    act = Act(staff.id, "list quiet", reason=f"{community} {len(found)}", organisation=staff.organisation)
    ctx.audit.note(act)
    for person in found:
        click.echo(_line(person))
    click.echo(f"{len(found)} 人从未申报 · never declared", err=True)


@roster.command("poster")
@click.argument("community")
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to.")
@staff_option
def print_poster(community: str, pdf: Path, staff_id: str) -> None:
    """A page for a community's door: whoever scans its QR follows the account and is asked for no community."""
    ctx, where = context(), _community(community)
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, Action.ENROL, Target(where))
    try:
        url = ctx.platform(essential=False).create_qr(f"{SCENE_PREFIX}{where}")
    except SendError as error:
        raise click.ClickException(f"平台没有给出二维码，请稍后再试 · the platform gave no QR: {error}") from None
    pdf.write_bytes(poster(where, url))
    click.echo(f"{full_name(where)}：已写入 · written to {pdf}")


def _community(code: str) -> str:
    if not is_community(code):
        raise click.ClickException("应为 12 位的村（社区）代码 · the 12 digits of a community are expected")
    return code


def silent_in(ctx: Context, community: str) -> list[Person]:
    """Those of a community whose roster cell knows neither a colour nor a day of their own."""
    silent = [
        pid
        for pid, cell in ctx.rosters.read(community)
        if cell.present and cell.colour is Colour.NONE and cell.last_own_day is None
    ]
    found: list[Person] = []
    for first in range(0, len(silent), BATCH):
        found += ctx.people.read_sound(silent[first : first + BATCH]).values()
    return found


def _line(person: Person) -> str:
    who = person.identity
    if who is None:
        return ""
    return f"{mask_name(who.name)}\t{mask_document(who.document)}\t{mask_phone(who.phone)}\t{person.address}"
