"""What operators see and mend: tasks, counts, what is parked, rosters, telephones; any fact in a sandbox."""

from __future__ import annotations

import csv
import sys

import click

from channel import ladder
from domain.documents import fact_from_json
from domain.facts import SHANGHAI, day_of
from domain.places import full_name, is_community
from domain.roles import Refused
from store.changes import Act
from store.keys import PARKED_KEPT, SHARDS, pid_text
from worker.changing import change_person
from worker.decisions.recording import record
from worker.operate.asking import part, pid_in, read_json, refusals
from worker.settling.rebuild import rebuild_rosters
from worker.staff.looking import remarks
from worker.wiring import context


@click.command("record")
def record_fact() -> None:
    """In a sandbox: record any fact about a person, to see what it does. In service, orders and lists record facts.

    Standard input: {"document": {"kind": "10", "number": "…"}, "by": "网格员 李强", "reason": "…",
    "fact": {"kind": "case", "case": "confirmed", "since": "2020-03-02"}} with a fact as `python -m domain.judge`
    reads it; `id` and `at` may be left out, and so may "organisation": who recorded it, as the resident is told.
    """
    ctx, given = context(), read_json()
    now = ctx.clock.now()
    fact_json = {"id": f"w{int(now.timestamp() * 1000):x}", "at": now.isoformat(), **part(given, "fact", dict)}
    with refusals():
        if not ctx.settings.sandbox:
            raise Refused("not_sandbox")
        pid, fact = pid_in(ctx, given), fact_from_json(fact_json, "fact")
        organisation = given.get("organisation", "演示机构")
        act = Act(
            part(given, "by", str), f"record {fact_json['kind']}", fact.id, part(given, "reason", str), organisation
        )
        person = change_person(ctx, pid, lambda person: record(person, fact, act, ctx.moment())).after
    verdict = ctx.moment().judge(person)
    click.echo(f"{fact.id} 已记录。颜色 {verdict.colour} {'、'.join(verdict.clauses)}")


@click.command("tasks")
@click.argument("community")
def open_tasks(community: str) -> None:
    """What the workers of a community (12 digits) have to look after, or a county (6) after the deadline.

    What, about whom, until when, whether the county has it as well, and what is to be seen of the document.
    """
    ctx = context()
    tasks = ctx.tasks.open(community)
    people = ctx.people.read_sound(task.pid for task in tasks)
    for task in tasks:
        due = f"{task.due.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if task.due else "-"
        noted = remarks(people[task.pid]) if task.pid in people else []
        line = (task.about, pid_text(task.pid), due, "county" if task.escalated else "", *noted)
        click.echo("\t".join(line).rstrip())


@click.command("counts")
@click.argument("community")
def counts(community: str) -> None:
    """How many people of a community have which colour today."""
    ctx = context()
    click.echo(full_name(community))
    for colour, number in sorted(ctx.rosters.counts(community, day_of(ctx.clock.now()), ctx.worlds.read()).items()):
        click.echo(f"{colour}\t{number}")


@click.command("parked")
@click.option("--release", is_flag=True, help="Put all of them back where they came from.")
def parked(release: bool) -> None:
    """Effects that failed five times, and letters that could not be delivered."""
    ctx = context()
    for shard in range(SHARDS):
        for stream in ("parked", "undelivered"):
            for entry in ctx.streams.read(stream, [shard], PARKED_KEPT):
                reason = ladder.told(entry.fields[b"reason"].decode())
                click.echo(f"{stream}\t{shard:02x}\t{entry.id.decode()}\t{reason}")
        if release:
            ctx.streams.release(shard)


@click.command("telephones")
def telephones() -> None:
    """Replace the directory of community telephones by the CSV on standard input: code (12 digits), telephone."""
    directory = {}
    for number, row in enumerate(csv.reader(sys.stdin), 1):
        code, telephone = (part.strip() for part in (*row, "", "")[:2])
        if not is_community(code) or not telephone:
            raise click.ClickException(f"第 {number} 行：应为 12 位社区代码,电话 · line {number}: code,telephone")
        directory[code] = telephone
    context().worlds.put_telephones(directory)
    click.echo(f"已登记 {len(directory)} 个社区的电话。")


@click.command("rebuild")
def rebuild() -> None:
    """Make the rosters of all communities anew from the persons."""
    click.echo(f"名册已重建，共 {rebuild_rosters(context())} 人 · rosters rebuilt")


COMMANDS = (record_fact, open_tasks, counts, parked, rebuild, telephones)
