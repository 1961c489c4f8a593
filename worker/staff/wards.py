"""A whole ward's daily report from one table: understood by row, and recorded for everybody or for nobody."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from domain.facts import Symptom
from domain.lists.cells import BadCell, Cell, day_of_cell, number_of
from domain.orders import WardReport
from domain.people import Document, DocumentKind, parse_document
from domain.reject import Reject
from domain.roles import Refused, Staff
from flows.temperature import read_temperature
from flows.words import SYMPTOM_WORDS
from store.changes import Change
from store.sealing import person_id
from worker.context import Context
from worker.decisions.ordering import order

ROWS_LIMIT = 5_000
"""More than any ward has; a larger table is a list."""
COLUMNS = {
    "证件号码": ("证件号码", "身份证号", "身份证号码", "证件号"),
    "体温": ("体温", "体温℃", "温度"),
    "症状": ("症状",),
    "日期": ("日期", "上报日期"),
    "证件类型": ("证件类型",),
}
"""Titles by the one that a fault names; the first two are needed."""
NEEDED = ("证件号码", "体温")
NOTHING = frozenset({"", "无", "没有", "正常"})
BATCH = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is not taken. The title is row 1. No number and no name is repeated."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    document: Document
    report: WardReport


@dataclass(frozen=True, slots=True)
class Reading:
    """The report of one row, and whom it is about."""

    number: int
    pid: bytes
    report: WardReport


def read_table(raw: bytes, today: date) -> tuple[list[Row], list[Fault]]:
    """Rows and faults of a CSV in UTF-8 or GB 18030, with a row of titles."""
    try:
        lines = list(islice(csv.reader(io.StringIO(_decoded(raw))), ROWS_LIMIT + 2))
    except csv.Error:
        return [], [Fault(1, "", "不是 CSV 表格")]
    titles = [cell.strip() for cell in lines[0]] if lines else []
    places = {name: next((n for n, t in enumerate(titles) if t in known), None) for name, known in COLUMNS.items()}
    missing = [Fault(1, name, "缺少这一列") for name in NEEDED if places[name] is None]
    if missing or len(lines) > ROWS_LIMIT + 1:
        return [], missing or [Fault(ROWS_LIMIT + 2, "", f"超过 {ROWS_LIMIT} 行")]
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, cells in enumerate(lines[1:], 2):
        given = {n: cells[at].strip() for n, at in places.items() if at is not None and at < len(cells)}
        try:
            if any(given.values()):
                rows.append(_row(number, given, today))
        except _Unreadable as fault:
            faults.append(Fault(number, fault.column, fault.reason))
    return rows, [*faults, *_contradictions(rows)]


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def readings_of(ctx: Context, rows: list[Row]) -> list[Reading]:
    """Whom the rows of a table are about."""
    pids = [person_id(ctx.settings.pid_key, row.document.kind, row.document.number) for row in rows]
    leads = ctx.people.read_main(pids)
    return [Reading(row.number, leads[pid].pid, row.report) for row, pid in zip(rows, pids, strict=True)]


def plan(ctx: Context, staff: Staff, reason: str, rows: list[Reading]) -> tuple[list[Change], list[Fault]]:
    """What the rows come to, and what stands in the way of any; a row that was recorded before changes nothing."""
    moment = ctx.moment()
    changes: list[Change] = []
    faults: list[Fault] = []
    for batch in (rows[at : at + BATCH] for at in range(0, len(rows), BATCH)):
        people = ctx.people.read(row.pid for row in batch)
        for row in batch:
            person = people[row.pid]
            try:
                change = order(row.report, staff, person, reason, moment)
            except Refused as refused:
                faults.append(Fault(row.number, "", refused.reason))
            else:
                people[person.pid] = change.after
                if change.after.history != person.history:
                    changes.append(change)
    return changes, faults


def record_ward(ctx: Context, staff: Staff, reason: str, rows: list[Row]) -> tuple[int, list[Fault]]:
    """As `record_readings`, of a table that names documents."""
    return record_readings(ctx, staff, reason, readings_of(ctx, rows))


def record_readings(ctx: Context, staff: Staff, reason: str, rows: list[Reading]) -> tuple[int, list[Fault]]:
    """How many reports are new, once all rows are recorded; or the faults, and nothing is recorded."""
    recorded = 0
    while True:
        changes, faults = plan(ctx, staff, reason, rows)
        if faults or not changes:
            return recorded, faults
        for batch in (changes[at : at + BATCH] for at in range(0, len(changes), BATCH)):
            written = ctx.people.write(batch)
            recorded += sum(written)
            for change, ok in zip(batch, written, strict=True):
                if ok:
                    ctx.changed(change.after.pid)


def read_cells(number: int, given: dict[str, str], today: date) -> WardReport | Fault:
    """The report in the cells 体温, 症状 and 日期 of one row of a page, or what is wrong with it."""
    try:
        return _report(given, today)
    except _Unreadable as fault:
        return Fault(number, fault.column, fault.reason)


class _Unreadable(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(column, reason)
        self.column = column
        self.reason = reason


def _row(number: int, given: dict[str, str], today: date) -> Row:
    kind = given.get("证件类型") or DocumentKind.RESIDENT_ID
    try:
        document = parse_document(DocumentKind(kind), number_of(Cell(given.get("证件号码", ""))), date.max)
    except (Reject, BadCell) as problem:
        raise _Unreadable("证件号码", getattr(problem, "reason", str(problem))) from None
    except ValueError:
        raise _Unreadable("证件类型", "应为 10、14、15、16、20、34 或 99") from None
    return Row(number, document, _report(given, today))


def _report(given: dict[str, str], today: date) -> WardReport:
    return WardReport(_temperature(given), frozenset(_symptoms(given)), _day(given, today))


def _temperature(given: dict[str, str]) -> Decimal:
    try:
        temperature = read_temperature(given.get("体温", ""))
    except Reject:
        temperature = None
    if temperature is None:
        raise _Unreadable("体温", "应如 36.5")
    return temperature


def _day(given: dict[str, str], today: date) -> date:
    try:
        return day_of_cell(Cell(given["日期"]), today) if given.get("日期") else today
    except BadCell as bad:
        raise _Unreadable("日期", str(bad)) from None


def _symptoms(given: dict[str, str]) -> Iterator[Symptom]:
    text = given.get("症状", "")
    if text in NOTHING:
        return
    for word in re.split(r"[、,，;；/\s]+", text):
        if word not in SYMPTOM_WORDS:
            raise _Unreadable("症状", "没有这种症状，请用“其他”")
        yield SYMPTOM_WORDS[word]


def _contradictions(rows: list[Row]) -> Iterator[Fault]:
    """One person twice on one day with different readings: which one is right cannot be known."""
    seen: dict[tuple[Document, date | None], Row] = {}
    for row in rows:
        first = seen.setdefault((row.document, row.report.day), row)
        if first.report != row.report:
            yield Fault(row.number, "证件号码", f"与第 {first.number} 行矛盾")
