"""`python -m worker card …`: issue, print, list, report lost, take over cards of before."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from domain import cards
from domain.carry_out import reason_of
from domain.facts import day_of
from domain.people import Document, Identity, mask_document, mask_name, parse_name
from domain.person import Person
from domain.phones import parse_phone
from domain.places import full_name, is_community
from domain.reject import Reject
from domain.roles import Action, Staff, require
from domain.scopes import Target
from flows.temperature import read_temperature
from store.cards import OldCard
from store.changes import Act
from worker.cards.issuing import issue, lose
from worker.cards.sheet import Printed, sheets
from worker.context import Context
from worker.operate.asking import document_in, part, pid_of, read_json, refusals, staff_option
from worker.residents.registering import Entry
from worker.residents.table import OldRow, read_old_cards, read_people, rows_of, stop_at
from worker.wiring import context

BATCH = 200


@click.group("card")
def card() -> None:
    """健康通行卡 for whoever cannot show a phone: it counts as a code does (正文二·4)."""


def _pdf_option(command: Any) -> Any:
    return click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to.")(
        command
    )


@card.command("issue")
@_pdf_option
@staff_option
def issue_one(pdf: Path, staff_id: str) -> None:
    """One card, printed into a PDF; the one before is void from now on.

    Standard input: {"document": {"kind": "10", "number": "…"}, "name": "…", "community": "640106001002", "reason": "…"}
    and, for somebody who never declared, "temperature": "36.5"; "phone" and "address" if there are any.
    """
    ctx, given = context(), read_json()
    with refusals():
        staff, reason = ctx.staff.read(staff_id), reason_of(part(given, "reason", str))
        person = issue(ctx, _holder(ctx, given), staff, reason)
    pdf.write_bytes(sheets([printed(ctx, person)]))
    click.echo(f"{_told(ctx, person)}；已写入 · written to {pdf}")


@card.command("table")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--reason", default="社区集中办理", show_default=True)
@_pdf_option
@staff_option
def issue_table(file: Path, reason: str, pdf: Path, staff_id: str) -> None:
    """A card for each row of a CSV or .xlsx: 姓名, 证件号码, 社区代码; 证件类型, 手机号, 住址, 体温 if they are there.

    One row that cannot be taken, and none is issued. Whoever holds a valid card already gets a new one.
    """
    ctx = context()
    holders, faults = rows_of(lambda: read_people(file, day_of(ctx.clock.now())))
    with refusals():
        staff = ctx.staff.read(staff_id)
        for holder in holders:
            require(staff, Action.ISSUE_CARD, Target(holder.community))
        stop_at(faults)
        reason = reason_of(reason)
        with click.progressbar(holders, label="办卡 · issuing", file=sys.stderr) as waiting:
            people = [issue(ctx, holder, staff, reason) for holder in waiting]
    pdf.write_bytes(sheets(printed(ctx, person) for person in people))
    click.echo(f"{len(people)} 张卡；已写入 · cards, written to {pdf}")


@card.command("print")
@click.argument("community")
@_pdf_option
@staff_option
def print_again(community: str, pdf: Path, staff_id: str) -> None:
    """The valid cards of a community once more, as they were issued: nothing becomes void."""
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, Action.ISSUE_CARD, Target(_community(community)))
    today = day_of(ctx.clock.now())
    people = [person for person in residents_with_cards(ctx, community) if cards.current(person.cards, today)]
    if not people:
        raise click.ClickException("没有有效的通行卡 · no valid card")
    ctx.audit.note(Act(staff.id, "print cards", reason=f"{community} {len(people)}", organisation=staff.organisation))
    pdf.write_bytes(sheets(printed(ctx, person) for person in people))
    click.echo(f"{len(people)} 张卡；已写入 · cards, written to {pdf}")


@card.command("list")
@click.argument("community")
@staff_option
def show(community: str, staff_id: str) -> None:
    """Every card issued in a community: number, masked name, issued, last day, and what became of it."""
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, Action.ISSUE_CARD, Target(_community(community)))
    today = day_of(ctx.clock.now())
    for person in residents_with_cards(ctx, community):
        for each in person.cards:
            name = mask_name(person.identity.name) if person.identity else ""
            state = _STATES[each.ending] if each.ending else "有效" if each.holds_on(today) else "已过期"
            click.echo(f"{each.number}\t{name}\t{day_of(each.issued)}\t{each.last_day}\t{state}")


@card.command("lost")
@click.argument("number")
@click.option("--reason", required=True, help="What the holder said.")
@staff_option
def report_lost(number: str, reason: str, staff_id: str) -> None:
    """A card is void from this moment, one of before too."""
    ctx = context()
    with refusals():
        lose(ctx, cards.read_number(number), ctx.staff.read(staff_id), reason_of(reason))
    click.echo("已挂失，此卡作废。补发：card issue · void; `card issue` gives a new one")


@card.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--community", required=True, help="Where the table names no 社区代码.")
@staff_option
def take_over(file: Path, community: str, staff_id: str) -> None:
    """Cards issued before this service stay valid: a CSV or .xlsx with 卡号; 姓名, 证件号码, 社区代码, 有效期至.

    The same table again changes nothing.
    """
    ctx, where = context(), _community(community)
    rows, faults = rows_of(lambda: read_old_cards(file, where, day_of(ctx.clock.now())))
    with refusals():
        staff = ctx.staff.read(staff_id)
        for row in rows:
            require(staff, Action.ISSUE_CARD, Target(row.community))
    stop_at(faults)
    new = sum(ctx.cards.take_over(_old_card(ctx, row, staff)) for row in rows)
    act = Act(staff.id, "import cards", reason=f"{len(rows)} {new}", organisation=staff.organisation)
    ctx.audit.note(act)
    click.echo(f"{len(rows)} 张，其中新登记 {new} 张 · cards, {new} of them new")


def printed(ctx: Context, person: Person) -> Printed:
    """What stands on a person's newest card."""
    newest, who = person.cards[-1], person.identity
    if who is None:
        raise ValueError("nobody to print a card for")
    url = ctx.signer().link_on(newest, person.pid)
    document = mask_document(who.document)
    return Printed(newest.number, who.name, document, full_name(person.community), newest.issuer, newest.last_day, url)


_STATES = {cards.Ending.LOST: "已挂失", cards.Ending.REPLACED: "已换发"}


def _told(ctx: Context, person: Person) -> str:
    verdict = ctx.moment().judge(person)
    newest = person.cards[-1]
    return f"卡号 {cards.told_number(newest.number)}，有效至 {newest.last_day}，颜色 {verdict.colour}"


def _holder(ctx: Context, given: dict[str, Any]) -> Entry:
    try:
        name = parse_name(part(given, "name", str))
        phone = parse_phone(given["phone"]) if given.get("phone") else ""
        temperature = read_temperature(str(given["temperature"])) if given.get("temperature") else None
    except Reject as reject:
        raise click.ClickException(f"name, phone, temperature: {reject}") from None
    if given.get("temperature") and not isinstance(temperature, Decimal):
        raise click.ClickException("temperature: 看不懂 · not a temperature")
    identity = Identity(name, document_in(given, day_of(ctx.clock.now())), phone)
    return Entry(identity, _community(part(given, "community", str)), str(given.get("address", ""))[:100], temperature)


def _old_card(ctx: Context, row: OldRow, staff: Staff) -> OldCard:
    pid = pid_of(ctx, row.document) if isinstance(row.document, Document) else b""
    return OldCard(row.number, row.name, row.community, staff.organisation, pid, row.last_day)


def residents_with_cards(ctx: Context, community: str) -> list[Person]:
    """Everybody of a community with a card, in the order of the roster; a linked document after its main record."""
    pids = [pid for pid, cell in ctx.rosters.read(community) if cell.present]
    found: list[Person] = []
    for first in range(0, len(pids), BATCH):
        people = ctx.people.read_sound(pids[first : first + BATCH])
        linked = ctx.people.read_sound(link.pid for person in people.values() for link in person.links)
        found += [each for person in people.values() for each in (person, *_linked(person, linked)) if each.cards]
    return found


def _linked(person: Person, linked: Mapping[bytes, Person]) -> list[Person]:
    """Their other documents, each with the cards that were issued on it."""
    return [linked[link.pid] for link in person.links if link.pid in linked]


def _community(code: str) -> str:
    if not is_community(code):
        raise click.ClickException("应为 12 位的村（社区）代码 · the 12 digits of a community are expected")
    return code
