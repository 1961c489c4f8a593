"""What an isolation institution does for its inpatients: see them, and report on a whole ward from one table."""

from __future__ import annotations

import sys

import click

from domain.facts import day_of
from domain.people import mask_document, mask_name
from domain.person import Look, Person
from domain.roles import Action, require
from domain.scopes import Target
from store.changes import Act
from worker.changing import change_person
from worker.context import Context
from worker.decisions.recording import look
from worker.operate.asking import WHY, refusals, staff_option
from worker.staff.wards import read_table, record_ward
from worker.wiring import context

BYTES_LIMIT = 4_000_000
PURPOSE = "查看在院名单"


@click.group("ward")
def ward() -> None:
    """The inpatients of an isolation institution."""


@ward.command("list")
@click.argument("institution")
@staff_option
def show(institution: str, staff_id: str) -> None:
    """Everybody who is admitted: masked name and number, colour, days done. Each of them can see that you looked."""
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, Action.SEE_WARD, Target(institution=institution))
    moment = ctx.moment()
    seen, act = Look(staff.organisation, moment.now, PURPOSE), Act(staff.id, "look ward", reason=PURPOSE)
    for pid in ctx.wards.read(institution):
        person = change_person(ctx, pid, lambda person: look(person, seen, act, moment)).after
        click.echo(_line(ctx, person))


@ward.command("report")
@click.option("--reason", default="每日健康监测", show_default=True)
@staff_option
def report(reason: str, staff_id: str) -> None:
    """The day's report of a whole ward, from the CSV on standard input: 证件号码,体温,症状,日期.

    Symptoms and day may be left out. One row that cannot be taken, and none is.
    """
    raw = sys.stdin.buffer.read(BYTES_LIMIT + 1)
    if len(raw) > BYTES_LIMIT:
        raise click.ClickException("文件过大 · the table is too large")
    ctx, recorded = context(), 0
    rows, faults = read_table(raw, day_of(ctx.clock.now()))
    if not faults:
        with refusals():
            recorded, faults = record_ward(ctx, ctx.staff.read(staff_id), reason, rows)
    for fault in faults:
        click.echo(f"第 {fault.row} 行\t{fault.column}\t{WHY.get(fault.reason, fault.reason)}", err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} 处有误，整表未记录 · faults: nothing was recorded")
    click.echo(f"{len(rows)} 行，新记录 {recorded} 条 · rows, new reports")


def _line(ctx: Context, person: Person) -> str:
    verdict = ctx.moment().judge(person)
    name, number = (
        (mask_name(person.identity.name), mask_document(person.identity.document)) if person.identity else ("-", "-")
    )
    progress = "{}/{}".format(*verdict.progress) if verdict.progress else "-"
    return f"{name}\t{number}\t{verdict.colour}\t{progress}\t{'、'.join(verdict.clauses)}"
