"""A whole ward's daily report from one table: understood by row, and recorded for everybody or for nobody."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.facts import Symptom
from domain.fields import BadRecord, as_day, as_temperature
from domain.orders import WardReport
from domain.people import Document, DocumentKind, parse_document
from domain.reject import Reject
from domain.roles import Refused, Staff
from flows.words import SYMPTOM_WORDS
from store.people import Change
from store.sealing import person_id
from worker.context import Context
from worker.ordering import order

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


def read_table(raw: bytes) -> tuple[list[Row], list[Fault]]:
    """Rows and faults of a CSV in UTF-8 or GB 18030, with a row of titles."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    lines = csv.reader(io.StringIO(text))
    titles = [cell.strip() for cell in next(lines, [])]
    places = {name: next((n for n, t in enumerate(titles) if t in known), None) for name, known in COLUMNS.items()}
    missing = [Fault(1, name, "缺少这一列") for name in NEEDED if places[name] is None]
    if missing:
        return [], missing
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, cells in enumerate(lines, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) + len(faults) >= ROWS_LIMIT:
            return [], [Fault(number, "", f"超过 {ROWS_LIMIT} 行")]
        given = {n: cells[at].strip() for n, at in places.items() if at is not None and at < len(cells)}
        try:
            rows.append(_row(number, given))
        except _Unreadable as fault:
            faults.append(Fault(number, fault.column, fault.reason))
    return rows, [*faults, *_contradictions(rows)]


def plan(ctx: Context, staff: Staff, reason: str, rows: list[Row]) -> tuple[list[Change], list[Fault]]:
    """What the rows come to, and what stands in the way of any; a row that was recorded before changes nothing."""
    moment = ctx.moment()
    pids = {row.number: person_id(ctx.settings.pid_key, row.document.kind, row.document.number) for row in rows}
    changes: list[Change] = []
    faults: list[Fault] = []
    for batch in (rows[at : at + BATCH] for at in range(0, len(rows), BATCH)):
        people = ctx.people.read(pids[row.number] for row in batch)
        for row in batch:
            person = people[pids[row.number]]
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


class _Unreadable(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(column, reason)
        self.column = column
        self.reason = reason


def _row(number: int, given: dict[str, str]) -> Row:
    kind = given.get("证件类型") or DocumentKind.RESIDENT_ID
    try:
        document = parse_document(DocumentKind(kind), given.get("证件号码", ""), date.max)
    except Reject as reject:
        raise _Unreadable("证件号码", reject.reason) from None
    except ValueError:
        raise _Unreadable("证件类型", "应为 10、14、15、16、20、34 或 99") from None
    try:
        temperature = as_temperature(given.get("体温", "").rstrip("℃度 "), "")
        day = as_day(given["日期"], "") if given.get("日期") else None
    except BadRecord as bad:
        column = "体温" if "temperature" in bad.problem or "℃" in bad.problem else "日期"
        raise _Unreadable(column, "应如 36.5" if column == "体温" else "应如 2020-03-02") from None
    return Row(number, document, WardReport(temperature, frozenset(_symptoms(given.get("症状", ""))), day))


def _symptoms(text: str) -> Iterator[Symptom]:
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
