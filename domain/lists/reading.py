"""Reading: the cells of one row to the row that was meant, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from domain.facts import CaseKind, Isolation, IsolationMode, day_of
from domain.lists.cells import EMPTY, BadCell, Cell, day_of_cell, instant_of_cell, number_of, text_of
from domain.lists.columns import COLUMNS, Column, Layout, title_of
from domain.lists.rows import CaseRow, ColourRow, ContactRow, Entry, Fault, ListKind, Row, Says
from domain.notice import Colour
from domain.people import Document, DocumentKind, Reject, Why, parse_document, parse_name

T = TypeVar("T")
Cells = Mapping[Column, Cell]

DOCUMENT_KINDS: Mapping[str, DocumentKind] = {
    **{kind.value: kind for kind in DocumentKind},
    "居民身份证": DocumentKind.RESIDENT_ID,
    "身份证": DocumentKind.RESIDENT_ID,
    "二代身份证": DocumentKind.RESIDENT_ID,
    "港澳居民来往内地通行证": DocumentKind.HK_MACAO_PERMIT,
    "港澳通行证": DocumentKind.HK_MACAO_PERMIT,
    "回乡证": DocumentKind.HK_MACAO_PERMIT,
    "台湾居民来往大陆通行证": DocumentKind.TAIWAN_PERMIT,
    "台胞证": DocumentKind.TAIWAN_PERMIT,
    "港澳台居民居住证": DocumentKind.TAIWAN_RESIDENT,
    "台湾居民居住证": DocumentKind.TAIWAN_RESIDENT,
    "港澳居民居住证": DocumentKind.TAIWAN_RESIDENT,
    "护照": DocumentKind.PASSPORT,
    "外国人永久居留身份证": DocumentKind.PERMANENT_RESIDENT,
    "外国人永久居留证": DocumentKind.PERMANENT_RESIDENT,
    "其他": DocumentKind.OTHER,
}
CASES: Mapping[str, CaseKind] = {
    **{kind.value: kind for kind in CaseKind},
    "确诊": CaseKind.CONFIRMED,
    "确诊病例": CaseKind.CONFIRMED,
    "实验室确诊": CaseKind.CONFIRMED,
    "临床诊断": CaseKind.CLINICAL,
    "临床诊断病例": CaseKind.CLINICAL,
    "疑似": CaseKind.SUSPECTED,
    "疑似病例": CaseKind.SUSPECTED,
    "发热": CaseKind.FEVER,
    "发热病例": CaseKind.FEVER,
}
ISOLATIONS: Mapping[str, IsolationMode] = {
    **{mode.value: mode for mode in IsolationMode},
    "居家": IsolationMode.HOME,
    "居家隔离": IsolationMode.HOME,
    "居家医学观察": IsolationMode.HOME,
    "集中": IsolationMode.CENTRAL,
    "集中隔离": IsolationMode.CENTRAL,
    "集中医学观察": IsolationMode.CENTRAL,
}
COLOURS: Mapping[str, Colour] = {
    **{colour.value: colour for colour in Colour},
    "红": Colour.RED,
    "红码": Colour.RED,
    "黄": Colour.YELLOW,
    "黄码": Colour.YELLOW,
    "灰": Colour.GREY,
    "灰码": Colour.GREY,
    "绿": Colour.GREEN,
    "绿码": Colour.GREEN,
    "解除": Colour.NONE,
}

REASONS: Mapping[str, str] = {
    Why.ID_CHARACTERS: "含有不该有的字符",
    Why.ID_LENGTH: "不是 18 位",
    Why.ID_OLD: "是 15 位旧号码，没有校验码，无法确认无误；请改为 18 位",
    Why.ID_DATE: "中的出生日期不存在",
    Why.ID_CHECK_DIGIT: "的校验码不对，有数字录错",
    Why.HK_MACAO_FORMAT: "不是港澳通行证的号码",
    Why.TAIWAN_FORMAT: "不是台胞证的号码",
    Why.RESIDENCE_FORMAT: "不是港澳台居民居住证的号码",
    Why.PASSPORT_FORMAT: "不是护照的号码",
    Why.PERMANENT_FORMAT: "不是外国人永久居留身份证的号码",
    Why.OTHER_FORMAT: "应为 4 至 30 个字符",
    Why.NAME_EMPTY: "没有文字",
    Why.NAME_LENGTH: "太长",
    Why.NAME_DIGITS: "只有数字",
    Why.NAME_CHARACTERS: "没有文字",
    Why.NAME_EMOJI: "含有表情符号",
}
"""What follows the column's title, for an official. A number of 15 digits could be completed, but a slip in it would
colour a stranger: the digit that catches slips is what it lacks."""


def placed(layout: Layout, cells: Sequence[Cell]) -> Cells:
    """The cells of a file's row by column."""
    return {column: cells[place] if place < len(cells) else EMPTY for column, place in layout.places.items()}


def is_blank(cells: Sequence[Cell]) -> bool:
    return not any(cell.text.strip() for cell in cells)


def read_row(
    kind: ListKind, number: int, cells: Cells, now: datetime, titles: Mapping[Column, str]
) -> Row | tuple[Fault, ...]:
    """The row that was meant, or every fault of it. `titles`: what the file calls its columns."""
    faults: list[Fault] = []

    def read(column: Column, how: Callable[[Cell], T], instead: T) -> T:
        try:
            return how(cells.get(column, EMPTY))
        except BadCell as why:
            faults.append(Fault(number, titles.get(column, title_of(column)), str(why)))
            return instead

    today = day_of(now)
    document_kind = read(Column.DOCUMENT_KIND, _word(DOCUMENT_KINDS, DocumentKind.RESIDENT_ID), None)
    document = read(Column.NUMBER, lambda cell: _document(document_kind, cell, now), None)
    name = read(Column.NAME, _name, "")
    source, evidence = read(Column.SOURCE, _text, ""), read(Column.EVIDENCE, _text, "")
    says: Says | None
    match kind:
        case ListKind.CASES:
            case = read(Column.CASE, _word(CASES), None)
            since = read(Column.SINCE, lambda cell: day_of_cell(cell, today), None)
            says = CaseRow(case, since) if case and since else None
        case ListKind.CONTACTS:
            exposed = read(Column.EXPOSED_ON, lambda cell: day_of_cell(cell, today), None)
            says = ContactRow(exposed, _isolation(cells, read, today)) if exposed else None
        case ListKind.COLOURS:
            colour = read(Column.COLOUR, _word(COLOURS), None)
            as_of = read(Column.AS_OF, lambda cell: instant_of_cell(cell, now), None)
            says = ColourRow(colour, as_of) if colour and as_of else None
    if faults or document is None or says is None:
        return tuple(faults)
    return Row(number, document, Entry(says, source, evidence, name))


def _isolation(cells: Cells, read: Callable[..., Any], today: Any) -> Isolation | None:
    """Both of mode and first day, or neither: then it is home isolation from the day of record."""
    blank = [not cells.get(column, EMPTY).text.strip() for column in (Column.ISOLATION, Column.ISOLATION_FROM)]
    if all(blank):
        return None
    mode = read(Column.ISOLATION, _word(ISOLATIONS), None)
    begun = read(Column.ISOLATION_FROM, lambda cell: day_of_cell(cell, today), None)
    return Isolation(mode, begun) if mode and begun else None


def _document(kind: DocumentKind | None, cell: Cell, now: datetime) -> Document | None:
    text = number_of(cell)
    if not text:
        raise BadCell("没有填写")
    if kind is None:
        return None
    try:
        return parse_document(kind, text, day_of(now))
    except Reject as why:
        raise BadCell(REASONS[why.reason]) from None


def _name(cell: Cell) -> str:
    text = text_of(cell)
    if not text:
        return ""
    try:
        return parse_name(text)
    except Reject as why:
        raise BadCell(REASONS[why.reason]) from None


def _text(cell: Cell) -> str:
    text = " ".join(text_of(cell).split())
    if not text:
        raise BadCell("没有填写")
    return text


def _word(words: Mapping[str, T], instead: T | None = None) -> Callable[[Cell], T]:
    """One of `words`; an empty cell is `instead`, if there is one."""

    def read(cell: Cell) -> T:
        text = "".join(text_of(cell).split()).lower()
        if not text and instead is not None:
            return instead
        if text not in words:
            known = "、".join(word for word in words if not word.isascii())
            raise BadCell(f"应为：{known}" if text else "没有填写")
        return words[text]

    return read


def row_from_json(kind: ListKind, number: int, given: object, now: datetime) -> Row | tuple[Fault, ...]:
    """A row that came as a JSON object of strings: the names are those of `Column`, the values as in a file."""
    if not isinstance(given, dict):
        return (Fault(number, "", "不是 JSON 对象"),)
    names = {column.value: column for column, _ in COLUMNS[kind]}
    unknown = [name for name in given if name not in names]
    wrong = [name for name, value in given.items() if value is not None and not isinstance(value, str)]
    if unknown or wrong:
        return tuple(
            [Fault(number, _shown(name), "没有这个字段") for name in unknown]
            + [Fault(number, _shown(name), "应为字符串") for name in wrong if name not in unknown]
        )
    cells = {names[name]: Cell(value) for name, value in given.items() if value is not None}
    return read_row(kind, number, cells, now, {column: column.value for column in names.values()})


def _shown(name: object) -> str:
    """A field's name that came from outside, as a terminal may show it."""
    return "".join(each for each in str(name) if each.isprintable())[:40]
