"""A table of people, and one of cards issued before this service: understood by row, faults by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import click

from domain.cards import read_number
from domain.lists.cells import BadCell, Cell, day_of_cell
from domain.lists.columns import BadList
from domain.people import Document, DocumentKind, Identity, parse_document, parse_name
from domain.phones import parse_phone
from domain.places import is_community
from domain.reject import Reject
from domain.roles import Refused
from flows.temperature import read_temperature
from worker.lists.tables import open_table
from worker.residents.registering import Entry

Row = TypeVar("Row")
Value = TypeVar("Value")

ROWS_LIMIT = 20_000
KINDS = {
    "居民身份证": DocumentKind.RESIDENT_ID,
    "身份证": DocumentKind.RESIDENT_ID,
    "港澳居民来往内地通行证": DocumentKind.HK_MACAO_PERMIT,
    "台湾居民来往大陆通行证": DocumentKind.TAIWAN_PERMIT,
    "台湾居民居住证": DocumentKind.TAIWAN_RESIDENT,
    "护照": DocumentKind.PASSPORT,
    "外国人永久居留身份证": DocumentKind.PERMANENT_RESIDENT,
    "其他": DocumentKind.OTHER,
    **{kind.value: kind for kind in DocumentKind},
}
TITLES: Mapping[str, tuple[str, ...]] = {
    "姓名": ("姓名", "居民姓名", "持卡人", "持卡人姓名"),
    "证件类型": ("证件类型", "证件种类"),
    "证件号码": ("证件号码", "身份证号", "身份证号码", "证件号", "公民身份号码", "身份证"),
    "手机号": ("手机号", "手机", "联系电话", "电话", "手机号码", "联系方式"),
    "社区代码": ("社区代码", "村（社区）代码", "社区编码"),
    "住址": ("住址", "地址", "家庭住址", "现住址", "居住地址", "门牌号"),
    "体温": ("体温", "体温℃"),
    "卡号": ("卡号", "通行卡号", "编号"),
    "有效期至": ("有效期至", "有效期", "截止日期"),
}
"""By the title that a fault names."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is not taken. The title is row 1; no name and no number is repeated."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class OldRow:
    """One card of before, as its table has it."""

    number: str
    name: str
    community: str
    document: Document | None
    last_day: date | None


class _Unreadable(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


@dataclass(frozen=True, slots=True)
class Mapped:
    """How somebody says that a table is to be read: in which row the titles stand, where each of our columns is (by the
    title that we call it), and where those live of whom no row says it."""

    heading: int
    places: Mapping[str, int]
    community: str = ""


def read_people(path: Path, today: date) -> tuple[list[Entry], list[Fault]]:
    """People: 姓名, 证件号码, 社区代码; 证件类型, 手机号, 住址, 体温 if they are there.

    Raises BadList for what is no table, OSError.
    """
    people, faults = read_rows(path, today)
    return [entry for _, entry in people], faults


def read_rows(path: Path, today: date, mapped: Mapped | None = None) -> tuple[list[tuple[int, Entry]], list[Fault]]:
    """As `read_people`, each with its row; a row that repeats a document is not among them when it is `mapped`."""
    needed = ("姓名", "证件号码") if mapped and mapped.community else ("姓名", "证件号码", "社区代码")
    community = mapped.community if mapped else ""
    people, faults = _read(path, needed, lambda given: _entry(given, community, today), mapped)
    seen: dict[Document, int] = {}
    for row, entry in people:
        first = seen.setdefault(entry.identity.document, row)
        if first != row:
            faults.append(Fault(row, "证件号码", f"与第 {first} 行重复"))
    if mapped is not None:
        people = [(row, entry) for row, entry in people if seen[entry.identity.document] == row]
    return people, sorted(faults, key=lambda fault: fault.row)


def read_old_cards(path: Path, community: str, today: date) -> tuple[list[OldRow], list[Fault]]:
    """Cards of before: 卡号; 姓名, 证件号码, 社区代码, 有效期至 if they are there. `community` is for rows without one.

    Raises as `read_people`.
    """
    rows, faults = _read(path, ("卡号",), lambda given: _old(given, community, today))
    seen: dict[str, int] = {}
    for row, card in rows:
        first = seen.setdefault(card.number, row)
        if first != row:
            faults.append(Fault(row, "卡号", f"与第 {first} 行重复"))
    return [card for _, card in rows], sorted(faults, key=lambda fault: fault.row)


def _read(
    path: Path, needed: Sequence[str], take: Callable[[Mapping[str, Cell]], Row], mapped: Mapped | None = None
) -> tuple[list[tuple[int, Row]], list[Fault]]:
    lines = open_table(path).rows
    titles, places = (mapped.heading, mapped.places) if mapped else _places(lines)
    missing = [Fault(titles, name, "缺少这一列") for name in needed if name not in places]
    if missing:
        return [], missing
    rows: list[tuple[int, Row]] = []
    faults: list[Fault] = []
    for number, cells in lines:
        if number <= titles:
            continue
        given = {name: cells[at] for name, at in places.items() if at < len(cells) and cells[at].text.strip()}
        if not given:
            continue
        if len(rows) >= ROWS_LIMIT:
            raise BadList(f"超过 {ROWS_LIMIT} 行，请分成几个文件")
        try:
            rows.append((number, take(given)))
        except _Unreadable as fault:
            faults.append(Fault(number, fault.column, fault.reason))
    return rows, faults


def _places(lines: Iterator[tuple[int, list[Cell]]]) -> tuple[int, dict[str, int]]:
    """The row of titles, the first that is not blank, and where each column is."""
    for number, cells in lines:
        titles = [cell.text.strip() for cell in cells]
        if any(titles):
            return number, recognised(titles)
    raise BadList("表格是空的")


def recognised(titles: Sequence[str]) -> dict[str, int]:
    """Where each of our columns is, as far as its title is one that we know."""
    found = {name: next((n for n, t in enumerate(titles) if t.strip() in known), -1) for name, known in TITLES.items()}
    return {name: at for name, at in found.items() if at >= 0}


def _entry(given: Mapping[str, Cell], community: str, today: date) -> Entry:
    phone = _plain(given, "手机号")
    temperature = _plain(given, "体温")
    return Entry(
        Identity(
            _taken("姓名", lambda: parse_name(_plain(given, "姓名"))),
            _document(given, today),
            _taken("手机号", lambda: parse_phone(phone)) if phone else "",
        ),
        _community(given, community),
        _plain(given, "住址")[:100],
        _taken("体温", lambda: read_temperature(temperature)) if temperature else None,
    )


def _old(given: Mapping[str, Cell], community: str, today: date) -> OldRow:
    name, number = _plain(given, "姓名"), _plain(given, "卡号")
    return OldRow(
        _taken("卡号", lambda: read_number(number)),
        _taken("姓名", lambda: parse_name(name)) if name else "",
        _community(given, community),
        _document(given, today) if "证件号码" in given else None,
        _taken("有效期至", lambda: day_of_cell(given["有效期至"], date.max)) if "有效期至" in given else None,
    )


def _document(given: Mapping[str, Cell], today: date) -> Document:
    kind = KINDS.get(_plain(given, "证件类型") or "居民身份证")
    if kind is None:
        raise _Unreadable("证件类型", f"应为 {'、'.join(name for name in KINDS if not name.isdecimal())}")
    return _taken("证件号码", lambda: parse_document(kind, _plain(given, "证件号码"), today))


def _community(given: Mapping[str, Cell], otherwise: str) -> str:
    code = _plain(given, "社区代码") or otherwise
    if not is_community(code):
        raise _Unreadable("社区代码", "不是 12 位的村（社区）代码")
    return code


def _plain(given: Mapping[str, Cell], name: str) -> str:
    return given[name].text.strip() if name in given else ""


def _taken(column: str, read: Callable[[], Value | None]) -> Value:
    try:
        value = read()
    except (Reject, Refused):
        raise _Unreadable(column, "有误，请核对") from None
    except BadCell as error:
        raise _Unreadable(column, str(error)) from None
    if value is None:
        raise _Unreadable(column, "缺少或看不懂")
    return value


# --- for commands ----------------------------------------------------------------------------------------------------

FAULTS_SHOWN = 30


def rows_of(read: Callable[[], Value]) -> Value:
    """What `read` gives, or a failed command that says why the file is no table."""
    try:
        return read()
    except BadList as error:
        raise click.ClickException(f"表格不能使用 · the table cannot be used: {error}") from None


def stop_at(faults: Sequence[Fault]) -> None:
    """A failed command that names the faults, if there are any."""
    for fault in faults[:FAULTS_SHOWN]:
        click.echo(f"第 {fault.row} 行 {fault.column}：{fault.reason}", err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} 处有误，一行也没有处理 · faults, and nothing was done")
