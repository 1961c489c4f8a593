"""Cells: what stands in one field of a list, and how days and words in it are understood.

A notation is understood when it can mean one thing only. 03/02/2020 is the second of March or the third of February;
it is refused, and so are two digits of a year and a day without a year.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from domain.facts import SHANGHAI


class Kind(Enum):
    TEXT = "text"
    NUMBER = "number"
    """A number of a workbook; digits beyond the fifteenth are lost."""
    FORMULA = "formula"
    ERROR = "error"
    """#N/A and its like."""


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    kind: Kind = Kind.TEXT


EMPTY = Cell("")


class BadCell(ValueError):
    """Why a cell is not understood, in Chinese, without repeating it."""


EARLIEST = date(2019, 12, 1)
"""The first case of this epidemic fell ill then; a day before it is a slip."""
TEXT_LIMIT = 100

_SERIAL_ZERO = date(1899, 12, 30)
_SERIAL = re.compile(r"[4-7][0-9]{4}(?:\.[0-9]+)?")
_CLOCK = r"(?:(?:\s+|T)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?)?"
_DAYS = tuple(
    re.compile(shape + _CLOCK)
    for shape in (
        r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})",
        r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})",
        r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})",
        r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]",
        r"([0-9]{4})([0-9]{2})([0-9]{2})",
    )
)
_AS_TEXT = re.compile(r'="([^"]*)"')
_LOST = re.compile(r"[0-9](?:\.[0-9]+)?E\+?1[5-9]", re.IGNORECASE)


def text_of(cell: Cell) -> str:
    """The text that was meant: NFKC, no control characters, trimmed; ="…" and a leading ' only kept it a text.

    Raises BadCell for a formula, an error, or a text beyond TEXT_LIMIT.
    """
    if cell.kind is Kind.TEXT and (cell.text.isascii() and cell.text.isalnum()) and len(cell.text) <= TEXT_LIMIT:
        return cell.text
    plain = unicodedata.normalize("NFKC", cell.text)
    if quoted := _AS_TEXT.fullmatch(plain.strip()):
        plain = quoted[1]
    elif cell.kind is Kind.FORMULA or plain.lstrip()[:1] in ("=", "@"):
        raise BadCell("是公式，请改为数值或文字")
    if cell.kind is Kind.ERROR:
        raise BadCell("是 Excel 的错误值")
    kept = "".join(" " if unicodedata.category(each) in ("Cc", "Cf") else each for each in plain)
    kept = kept.strip().removeprefix("'")
    if len(kept) > TEXT_LIMIT:
        raise BadCell(f"超过 {TEXT_LIMIT} 个字")
    return kept


def number_of(cell: Cell) -> str:
    """The text of a document's number. Raises BadCell also for one that Excel kept as a number and cut."""
    text = text_of(cell)
    whole = text.removesuffix(".0")
    if _LOST.fullmatch(text) or (cell.kind is Kind.NUMBER and (not whole.isdecimal() or len(whole) > 15)):
        raise BadCell("被 Excel 存成了数值，末几位已丢失；请将该列设为文本后重新录入")
    return whole if cell.kind is Kind.NUMBER else text


def day_of_cell(cell: Cell, today: date) -> date:
    """2020-03-02, 2020/3/2, 2020.3.2, 2020年3月2日, 20200302, with or without a time, or a day number of Excel.

    Raises BadCell, also for a day to come or before EARLIEST.
    """
    day = _instant(text_of(cell)).date()
    if day > today:
        raise BadCell("晚于今天")
    if day < EARLIEST:
        raise BadCell(f"早于 {EARLIEST}")
    return day


def instant_of_cell(cell: Cell, now: datetime) -> datetime:
    """As `day_of_cell`, with the time, or an ISO instant with its offset; without an offset it is China's time."""
    text = text_of(cell)
    try:
        read = datetime.fromisoformat(text) if re.search(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$", text) else None
    except ValueError:
        raise BadCell("不是有效时间") from None
    at = (read or _instant(text).replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI)
    if at > now + timedelta(minutes=5):
        raise BadCell("晚于现在")
    return at


def _instant(text: str) -> datetime:
    if not text:
        raise BadCell("没有填写")
    if _SERIAL.fullmatch(text):
        return datetime.combine(_SERIAL_ZERO + timedelta(days=int(text.partition(".")[0])), time())
    for shape in _DAYS:
        if found := shape.fullmatch(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            try:
                return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 (of a calendar)
            except ValueError:
                raise BadCell("不是有效日期") from None
    raise BadCell("日期写法不明确，请写作 2020-03-02")
