"""Rows into a file, one after another, in bounded memory: .xlsx, or CSV as Excel opens it in UTF-8 or GBK.

No text becomes a formula: a workbook's cells are written as texts, a CSV's get an apostrophe before what Excel would
take for one. In a CSV a long number ends with a tab, or Excel would round it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from domain.exports import FileKind
from worker.exports.marks import PROPERTY, Mark, bits_of

ROWS_OF_A_SHEET = 1_048_575
"""Excel's own limit, below the heading."""
MEDIA = {
    FileKind.XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    FileKind.CSV_UTF8: ("csv", "text/csv; charset=utf-8"),
    FileKind.CSV_GBK: ("csv", "text/csv; charset=gb18030"),
}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_LONG_NUMBER = re.compile(r"[0-9]{12,}X?|0[0-9]+")
WIDE = 24


class Sheet(Protocol):
    """Takes rows; whole only after `close`."""

    def write(self, cells: Sequence[str]) -> None: ...
    def close(self) -> None: ...


def open_sheet(kind: FileKind, path: Path, titles: Sequence[str], mark: Mark) -> Sheet:
    """A new file with its heading. What is written on the way lies in the folder of `path`."""
    if kind is FileKind.XLSX:
        return _Workbook(path, titles, mark)
    return _Csv(path, titles, mark, "utf-8-sig" if kind is FileKind.CSV_UTF8 else "gb18030")


class _Workbook:
    def __init__(self, path: Path, titles: Sequence[str], mark: Mark) -> None:
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_urls": False}
        )
        self._titles, self._mark = titles, mark
        self._bold: Format = self._book.add_format({"bold": True, "bg_color": "#E4EEF9", "bottom": 1})
        self._sheets = self._row = 0
        self._sheet: Worksheet = self._begin()
        self._book.set_properties(
            {"title": mark.where, "author": mark.who, "company": mark.organisation, "comments": mark.line}
        )
        self._book.set_custom_property(PROPERTY, mark.id)

    def write(self, cells: Sequence[str]) -> None:
        if self._row > ROWS_OF_A_SHEET:
            self._sheet = self._begin()
        for place, text in enumerate(cells):
            self._sheet.write_string(self._row, place, _CONTROLS.sub(" ", text))
        self._row += 1

    def close(self) -> None:
        self._about("说明", hidden=False)
        self._about("_", hidden=True)
        self._book.close()

    def _begin(self) -> Worksheet:
        self._sheets += 1
        sheet: Worksheet = self._book.add_worksheet("数据" if self._sheets == 1 else f"数据{self._sheets}")
        sheet.set_header(f"&L{_escaped(self._mark.where)}&R{_escaped(self._mark.line)}")
        sheet.set_footer(f"&L{_escaped(self._mark.reason)}&C第 &P 页，共 &N 页&R{_escaped(self._mark.id)}")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        for place, title in enumerate(self._titles):
            sheet.set_column(place, place, min(WIDE, 6 + 2 * len(title)))
            sheet.write_string(0, place, title, self._bold)
        self._row = 1
        return sheet

    def _about(self, name: str, hidden: bool) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 60)
        for row, (label, text) in enumerate(self._mark.lines()):
            sheet.write_string(row, 0, label, self._bold)
            sheet.write_string(row, 1, text)
        if hidden:
            sheet.very_hidden()


class _Csv:
    def __init__(self, path: Path, titles: Sequence[str], mark: Mark, encoding: str) -> None:
        self._file = path.open("w", encoding=encoding, newline="")
        self._plain = csv.writer(self._file)
        self._quoted = csv.writer(self._file, quoting=csv.QUOTE_ALL)
        self._bits = bits_of(mark.id)
        self._line = mark.line
        self._put([*titles, "导出标记"])

    def write(self, cells: Sequence[str]) -> None:
        self._put([*(safe(text) for text in cells), self._line])

    def close(self) -> None:
        self._file.close()

    def _put(self, cells: Sequence[str]) -> None:
        """A row of a one stands in quotes; the last cell, which is ours, needs none in a row of a nought."""
        (self._quoted if next(self._bits) else self._plain).writerow(cells)


def safe(text: str) -> str:
    """A text as Excel may open it in a CSV."""
    text = _CONTROLS.sub(" ", text)
    if text.lstrip().startswith(_FORMULA):
        return f"'{text}"
    return f"{text}\t" if _LONG_NUMBER.fullmatch(text) else text


def _escaped(text: str) -> str:
    """In headers and footers an ampersand gives orders, and there are 255 characters in all."""
    return text.replace("&", "&&")[:60]
