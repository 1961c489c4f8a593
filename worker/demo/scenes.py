"""Scenes: what has been going on in an invented house, so that every page of the console shows something.

Everything is done by the functions that pages and commands call, by the invented colleagues. Once only.
"""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from domain.appeals import DEADLINE, Ticket, number_of_ticket
from domain.broadcasts.audience import Audience
from domain.broadcasts.broadcast import Route
from domain.broadcasts.content import Text
from domain.exports import READY, Chosen, Column, ColumnSet, FileKind
from domain.facts import SHANGHAI, Symptom, day_of
from domain.lists.rows import ListKind
from domain.notice import Colour
from domain.orders import Admit, Order, ReportFor
from domain.person import Person
from domain.roles import Refused, Staff
from domain.works import WorkKind
from flows.effects import Appeal
from store.changes import Act
from store.keys import account_tag
from store.samples import COLOURS, FIRST_COLOUR, PEOPLE, REPORTED, WIDTH, Sample
from worker.broadcasts import deciding
from worker.broadcasts.deciding import Draft
from worker.cards.issuing import issue
from worker.changing import change_person
from worker.context import Context
from worker.decisions.apply import Source, apply
from worker.decisions.ordering import order
from worker.demo.colleagues import COUNTY, SCHOOL, WARD
from worker.demo.residents import resident
from worker.exports.exporting import Wanted
from worker.lists.deciding import submit_file
from worker.queues import BROADCASTS
from worker.residents.registering import Entry
from worker.staff import organisations
from worker.works.starting import start

REF = "demo"
DAYS = 30
OF_EACH = 5


def play(ctx: Context, staff: Mapping[str, Staff], neighbours: Sequence[Person], people: Sequence[Person]) -> None:
    """`neighbours` live in the community of the invented worker, `people` everywhere."""
    of_colour = _by_colour(ctx, neighbours)
    _report_ill(ctx, staff["demo.worker"], of_colour[Colour.GREEN][:OF_EACH])
    _admit(ctx, staff["demo.ward"], of_colour[Colour.RED][: OF_EACH * 2])
    _issue_cards(ctx, staff["demo.worker"], of_colour[Colour.GREEN][OF_EACH : OF_EACH * 2])
    _appeal(ctx, of_colour[Colour.YELLOW][:OF_EACH])
    _submit_list(ctx, staff["demo.officer"])
    _broadcast(ctx, staff["demo.notice"])
    _organisation(ctx, staff["demo.admin"])
    _export(ctx, staff["demo.officer"])
    _remember_days(ctx, [*neighbours, *people])


def _by_colour(ctx: Context, people: Sequence[Person]) -> dict[Colour, list[Person]]:
    found: dict[Colour, list[Person]] = {colour: [] for colour in Colour}
    moment = ctx.moment()
    for person in people:
        found[moment.colour(person)].append(person)
    return found


def _ordered(ctx: Context, staff: Staff, person: Person, asked: Order, reason: str) -> None:
    change_person(ctx, person.pid, lambda now: order(asked, staff, now, reason, ctx.moment()))


def _report_ill(ctx: Context, staff: Staff, people: Sequence[Person]) -> None:
    """Tasks of the community: somebody has a fever."""
    for person in people:
        ill = ReportFor(Decimal("37.9"), frozenset({Symptom.DRY_COUGH}))
        _ordered(ctx, staff, person, ill, "上门测温")


def _admit(ctx: Context, staff: Staff, people: Sequence[Person]) -> None:
    for person in people:
        with contextlib.suppress(Refused):  # whose red was stated from above is not ill on record
            _ordered(ctx, staff, person, Admit(WARD), "转入隔离")


def _issue_cards(ctx: Context, staff: Staff, people: Sequence[Person]) -> None:
    for person in people:
        if person.identity is not None and not person.account:
            issue(ctx, Entry(person.identity, person.community, person.address), staff, "没有手机")


def _appeal(ctx: Context, people: Sequence[Person]) -> None:
    """Residents contest what made them yellow."""
    for number, person in enumerate(people):
        now = ctx.clock.now() - timedelta(hours=3 * number)
        ticket = Ticket(
            number_of_ticket(f"demo {person.pid.hex()}", now),
            now,
            person.community,
            next(iter(ctx.moment().judge(person).clauses), ""),
            "",
            "颜色不对",
            "我没有去过那里，请核实。",
            (),
            now + DEADLINE,
        )
        source = Source(person.account, account_tag("demo"), 1)
        moment = ctx.moment()
        change = apply(person, Appeal(pid=person.pid, ticket=ticket), source, moment)
        if change is not None and ctx.people.write([change])[0]:
            ctx.changed(person.pid)


def _submit_list(ctx: Context, staff: Staff) -> None:
    """A list of contacts that waits for somebody else's approval."""
    lines = ["证件号码,姓名,接触日期,隔离方式,来源,证据编号"]
    day = day_of(ctx.clock.now()) - timedelta(3)
    for number in range(40, 52):
        who = resident(number).identity
        lines.append(f"{who.document.number},{who.name},{day},居家隔离,银川市疾控中心,NX-{number}")
    lines.append("640106199003040000,李四,,居家隔离,银川市疾控中心,NX-99")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "密切接触者.csv"
        path.write_text("\n".join(lines), "utf-8-sig")
        submit_file(ctx, staff, ListKind.CONTACTS, path, lambda _: None)


def _broadcast(ctx: Context, staff: Staff) -> None:
    given = Draft(Text("明日起恢复公交，请佩戴口罩乘车，出示健康码。"), Audience(COUNTY), Route.WINDOW, REF)
    made = deciding.draft(ctx, staff, given)
    ctx.broadcasts.look_after(made.number)
    ctx.waker.start(BROADCASTS, str(made.number))


def _organisation(ctx: Context, staff: Staff) -> None:
    try:
        organisations.register(ctx, staff, SCHOOL, "金凤区第一小学", "school")
    except Refused as refused:
        if refused.reason != "organisation_exists":
            raise


def _export(ctx: Context, staff: Staff) -> None:
    columns = (
        Chosen(Column.NUMBER),
        Chosen(Column.NAME),
        Chosen(Column.DOCUMENT, "公民身份号码"),
        Chosen(Column.COLOUR),
    )
    made = ColumnSet("demo", "区指挥部日报（示例）", columns, staff.id)
    ctx.column_sets.put(made, Act(staff.id, "keep columns", made.id, made.name, staff.organisation))
    wanted = Wanted(COUNTY, READY[0].name, READY[0].columns, FileKind.XLSX, reason="示例：上报区指挥部")
    start(ctx, staff, WorkKind.EXPORT, wanted.args(), f"{wanted.name} 金凤区")


# --- the days before -------------------------------------------------------------------------------------------------


def _remember_days(ctx: Context, people: Sequence[Person]) -> None:
    """Invented samples of the days before, and of yesterday's and today's minutes: what the clock would have seen."""
    now, base = ctx.clock.now(), _counties(ctx, people)
    for back in range(DAYS, 0, -1):
        at = datetime.combine(day_of(now) - timedelta(back), datetime.max.time(), SHANGHAI)
        ctx.samples.put(Sample(at.replace(microsecond=0), _swollen(base, back, 0.93)))
    for minute, at in _minutes(now - timedelta(1), 24 * 60):
        ctx.samples.put(Sample(at, _swollen(base, 1, _share(minute) * 0.88)))
    local = now.astimezone(SHANGHAI)
    for minute, at in _minutes(now, local.hour * 60 + local.minute):
        ctx.samples.put(Sample(at, _swollen(base, 0, _share(minute))))


def _minutes(day: datetime, until: int) -> Iterator[tuple[int, datetime]]:
    start_of_day = day.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    for minute in range(0, until, 10):
        yield minute, start_of_day + timedelta(minutes=minute)


def _share(minute: int) -> float:
    """How many of those who report have done so by this minute: two waves, at half past eight and at seven."""
    morning, evening = (1 / (1 + math.exp((at - minute) / 45)) for at in (8.5 * 60, 19 * 60))
    return 0.72 * morning + 0.2 * evening


def _counties(ctx: Context, people: Sequence[Person]) -> dict[str, list[int]]:
    moment, found = ctx.moment(), Counter[tuple[str, Colour]]()
    for person in people:
        if person.community:
            found[person.community[:6], moment.colour(person)] += 1
    counties: dict[str, list[int]] = {}
    for (county, colour), number in found.items():
        numbers = counties.setdefault(county, [0] * WIDTH)
        numbers[PEOPLE] += number
        numbers[FIRST_COLOUR + COLOURS.index(colour)] += number
    return counties


def _swollen(base: Mapping[str, list[int]], back: int, share: float) -> dict[str, list[int]]:
    """The same some days ago: red and yellow have been falling for a fortnight."""
    factor = 0.8 + 0.9 * math.exp(-(((back - 14) / 8) ** 2)) if back else 1.0
    found = {}
    for county, numbers in base.items():
        then = list(numbers)
        for colour in (Colour.RED, Colour.YELLOW):
            place, green = FIRST_COLOUR + COLOURS.index(colour), FIRST_COLOUR + COLOURS.index(Colour.GREEN)
            moved = min(int(numbers[place] * (factor - 1)), then[green])
            then[place] += moved
            then[green] -= moved
        then[REPORTED] = int(then[PEOPLE] * share)
        found[county] = then
    return found
