"""Commands for operating the service: record a fact, confirm a claim, see what waits. Personal data comes on standard
input as JSON, never as an argument that `ps` and a shell's history would keep.
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace
from datetime import date
from typing import Any

import click

from domain.documents import BadRecord, fact_from_json
from domain.people import Document, DocumentKind, parse_document
from domain.person import Person
from domain.places import full_name, is_community
from domain.reject import Reject
from domain.verdict import RiskArea
from store.keys import PARKED_KEPT, SHARDS, pid_text
from store.people import Act, Change
from store.sealing import person_id
from worker.apply import confirm, record
from worker.context import Context, context
from worker.rebuild import rebuild_rosters

TRIES = 5


@click.command("record")
def record_fact() -> None:
    """Record a fact about a person.

    Standard input: {"document": {"kind": "10", "number": "…"}, "by": "网格员 李强", "reason": "…",
    "fact": {"kind": "case", "case": "confirmed", "since": "2020-03-02"}} with a fact as `python -m domain.judge`
    reads it; `id` and `at` may be left out.
    """
    ctx, given = context(), _read()
    pid = _pid(ctx, given)
    now = ctx.clock.now()
    fact_json = {"id": f"w{int(now.timestamp() * 1000):x}", "at": now.isoformat(), **_part(given, "fact", dict)}
    try:
        fact = fact_from_json(fact_json, "fact")
    except BadRecord as error:
        raise click.ClickException(str(error)) from None
    act = Act(_part(given, "by", str), f"record {fact_json['kind']}", fact.id, _part(given, "reason", str))
    person = _change(ctx, pid, lambda person: record(person, fact, act, ctx.moment()))
    verdict = ctx.moment().judge(person)
    click.echo(f"{fact.id} 已记录。颜色 {verdict.colour} {'、'.join(verdict.clauses)}")


@click.command("confirm")
def confirm_claim() -> None:
    """Confirm, after seeing the document, which account it belongs to.

    Standard input: {"document": {…}, "by": "…", "reason": "…", "account": "<openid>"}; without an account, the one
    that claims the document.
    """
    ctx, given = context(), _read()
    act = Act(_part(given, "by", str), "confirm", reason=_part(given, "reason", str))

    def decide(person: Person) -> Change:
        claimants = [openid for openid in (*person.contesting, person.account) if openid]
        openid = given.get("account") or (claimants[0] if claimants else "")
        if openid not in claimants:
            raise click.ClickException("没有账号申领这个证件 · no account claims this document")
        return confirm(person, openid, act, ctx.moment())

    _change(ctx, _pid(ctx, given), decide)
    click.echo("已确认。")


@click.command("tasks")
@click.argument("community")
def open_tasks(community: str) -> None:
    """What the workers of a community (12 digits) have to look after."""
    for task in context().tasks.open(community):
        click.echo(f"{task.about}\t{pid_text(task.pid)}")


@click.command("counts")
@click.argument("community")
def counts(community: str) -> None:
    """How many people of a community have which colour today."""
    ctx = context()
    click.echo(full_name(community))
    for colour, number in sorted(ctx.rosters.counts(community, ctx.clock.now().date()).items()):
        click.echo(f"{colour}\t{number}")


@click.command("parked")
@click.option("--release", is_flag=True, help="Put all of them back where they came from.")
def parked(release: bool) -> None:
    """Effects that failed five times, and letters that could not be delivered."""
    ctx = context()
    for shard in range(SHARDS):
        for stream in ("parked", "undelivered"):
            for entry in ctx.streams.read(stream, [shard], PARKED_KEPT):
                click.echo(f"{stream}\t{shard:02x}\t{entry.id.decode()}\t{entry.fields[b'reason'].decode()}")
        if release:
            ctx.streams.release(shard)


@click.command("world")
@click.option("--outage", type=click.DateTime(["%Y-%m-%d"]), help="A day on which the service was down.")
@click.option("--risk-area", help="A listed area, as officials write it.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From when the area is listed.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it is listed.")
def world(outage: Any, risk_area: str | None, since: Any, until: Any) -> None:
    """Show, or add to, what is true for everybody: outage days and listed risk areas."""
    ctx = context()
    if outage:
        ctx.worlds.change(lambda w: replace(w, outages=w.outages | {outage.date()}))
    if risk_area:
        if not since:
            raise click.UsageError("--risk-area 需要 --since · --risk-area needs --since")
        area = RiskArea(risk_area, since.date(), until.date() if until else None)
        ctx.worlds.change(lambda w: replace(w, risk_areas=(*w.risk_areas, area)))
    click.echo(str(ctx.worlds.read()))


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


def _read() -> dict[str, Any]:
    try:
        given = json.load(sys.stdin)
    except ValueError as error:
        raise click.ClickException(f"标准输入不是 JSON · standard input is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise click.ClickException("应为一个对象 · an object is expected")
    return given


def _part(given: dict[str, Any], name: str, kind: type) -> Any:
    if not isinstance(given.get(name), kind) or not given[name]:
        raise click.ClickException(f"{name}: 缺少 · is missing")
    return given[name]


def _pid(ctx: Context, given: dict[str, Any]) -> bytes:
    part = _part(given, "document", dict)
    try:
        document = parse_document(DocumentKind(part.get("kind", "10")), str(part.get("number", "")), date.max)
    except (Reject, ValueError) as error:
        raise click.ClickException(f"document: {error}") from None
    return _pid_of(ctx, document)


def _pid_of(ctx: Context, document: Document) -> bytes:
    return person_id(ctx.settings.pid_key, document.kind.value, document.number)


def _change(ctx: Context, pid: bytes, decide: Any) -> Person:
    for _ in range(TRIES):
        change: Change = decide(ctx.people.read([pid])[pid])
        if ctx.people.write([change])[0]:
            ctx.changed(pid)
            return change.after
    raise click.ClickException("此人正被频繁更新，请再试一次 · the person keeps changing, try again")


COMMANDS = (record_fact, confirm_claim, open_tasks, counts, parked, rebuild, telephones, world)
