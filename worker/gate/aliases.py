"""Codes and cards of before this service become known: one from a page, many from a table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from domain.carry_out import reason_of
from domain.carry_out import target_of as target_of_person
from domain.facts import day_of
from domain.people import DocumentKind, parse_document
from domain.reject import Reject
from domain.roles import Action, Refused, Staff, require
from domain.scopes import Target
from store.aliases import LONGEST, Alias, plain
from store.changes import Act
from store.sealing import person_id
from worker.context import Context
from worker.gate.gating import target_of
from worker.operate.asking import WHY, refusals, staff_option
from worker.wiring import context

COLUMNS = ("码内容", "证件号码", "场所编号", "有效期至")
BATCH = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One code of before: of a person by resident ID, or of a venue."""

    code: str
    number: str = ""
    venue: str = ""
    last_day: date | None = None


def register(ctx: Context, staff: Staff, row: Row) -> None:
    """One code of before. Raises Reject; Refused: `alias_code`, `alias_known`, `no_such_venue`, `role`, `scope`."""
    code, alias = _entry(ctx, staff, row)
    if not ctx.aliases.put([(code, alias)])[0]:
        raise Refused("alias_known")
    ctx.audit.note(Act(staff.id, "register code", reason=alias.venue, organisation=staff.organisation), alias.pid)


def end(ctx: Context, staff: Staff, tag: str, reason: str) -> bool:
    """Void one, by the tag that the list names; False: it is void already. Raises Refused: `no_such_alias`, `role`,
    `scope`, `no_reason`."""
    why, alias = reason_of(reason), ctx.aliases.read(tag)
    if alias is None:
        raise Refused("no_such_alias")
    require(staff, Action.KEEP_VENUE, Target(alias.community))
    done = ctx.aliases.end(tag, ctx.clock.now())
    if done:
        ctx.audit.note(Act(staff.id, "end code", alias.venue, why, staff.organisation), alias.pid)
    return done


def register_all(
    ctx: Context, staff: Staff, rows: list[Row], *, dry: bool = False
) -> tuple[int, list[tuple[int, str]]]:
    """How many are new, and (row, why) of those refused; the others are taken, or with `dry` would be. The same table
    again adds nothing."""
    entries, refused = [], []
    for number, row in enumerate(rows, 2):
        try:
            entries.append(_entry(ctx, staff, row))
        except Refused as error:
            refused.append((number, WHY.get(error.reason, error.reason)))
        except Reject as reject:
            refused.append((number, reject.reason))
    if dry:
        return len({plain(code) for code, _ in entries if ctx.aliases.find(code) is None}), refused
    new = sum(sum(ctx.aliases.put(entries[n : n + BATCH])) for n in range(0, len(entries), BATCH))
    act = Act(staff.id, "register codes", reason=f"{new} / {len(rows)}", organisation=staff.organisation)
    ctx.audit.note(act)
    return new, refused


def _entry(ctx: Context, staff: Staff, row: Row) -> tuple[str, Alias]:
    """Raises Refused, Reject."""
    if not 4 <= len(plain(row.code)) <= LONGEST:
        raise Refused("alias_code")
    now = ctx.clock.now()
    if row.venue:
        venue = ctx.venues.read(row.venue)
        if venue is None:
            raise Refused("no_such_venue", row.venue)
        require(staff, Action.KEEP_VENUE, target_of(venue))
        return row.code, Alias(
            staff.organisation, venue=venue.id, last_day=row.last_day, since=now, community=venue.community
        )
    document = parse_document(DocumentKind.RESIDENT_ID, row.number, day_of(now))
    pid = person_id(ctx.settings.pid_key, document.kind.value, document.number)
    person = ctx.people.read([pid])[pid]
    target = target_of_person(person) if person.community else Target()
    require(staff, Action.KEEP_VENUE, target)
    return row.code, Alias(staff.organisation, pid=pid, last_day=row.last_day, since=now, community=person.community)


def read_rows(raw: bytes) -> list[Row]:
    """The rows of a CSV (UTF-8 or GB18030) with the columns `COLUMNS`. Raises Refused (`alias_table`) for another."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    table = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    if table.fieldnames is None or not set(COLUMNS[:3]) <= set(table.fieldnames):
        raise Refused("alias_table")
    try:
        return [Row(r["码内容"], r["证件号码"] or "", r["场所编号"] or "", _day(r.get("有效期至"))) for r in table]
    except ValueError:
        raise Refused("alias_table") from None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text.strip()) if text and text.strip() else None


@click.command("alias")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@staff_option
def alias(file: Path, staff_id: str) -> None:
    """Register codes and cards of before this service from a CSV (UTF-8 or GB18030): 码内容, 证件号码, 场所编号,
    有效期至. Each is a person's or a venue's; the gate knows them from then on.
    """
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        new, refused = register_all(ctx, staff, read_rows(file.read_bytes()))
    for number, why in refused:
        click.echo(f"第 {number} 行 · row {number}: {why}", err=True)
    click.echo(f"新登记 {new} 个码 · codes registered, {len(refused)} 行未接受 · rows refused")
    if refused:
        raise SystemExit(1)
