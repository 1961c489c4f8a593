"""Little workbooks, written part by part, so that a test can spoil any of them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def cell(place: str, value: str | float | None, strings: list[str]) -> str:
    """A number as such, =… as a formula whose value is what follows a |, other text as a shared string."""
    match value:
        case None:
            return ""
        case str() if value.startswith("="):
            formula, _, cached = value[1:].partition("|")
            return f'<c r="{place}" t="str"><f>{escape(formula)}</f><v>{escape(cached)}</v></c>'
        case str():
            strings.append(value)
            return f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>'
        case _:
            return f'<c r="{place}"><v>{value!r}</v></c>'


def sheet_xml(rows: Sequence[Sequence[str | float | None]], strings: list[str], merged: Sequence[str] = ()) -> str:
    lines = [
        f'<row r="{n}">' + "".join(cell(f"{chr(65 + c)}{n}", value, strings) for c, value in enumerate(row)) + "</row>"
        for n, row in enumerate(rows, 1)
    ]
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    merges = f"<mergeCells>{merges}</mergeCells>" if merged else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData>{merges}</worksheet>'


def write(path: Path, sheets: Sequence[str], strings: Sequence[str], workbook: str = "") -> Path:
    """A workbook of these sheets; `workbook` is put into xl/workbook.xml before the sheets."""
    names = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, len(sheets) + 1))
    targets = "".join(f'<Relationship Id="r{n}" Target="worksheets/s{n}.xml"/>' for n in range(1, len(sheets) + 1))
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}<sheets>{names}</sheets></workbook>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", book)
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{targets}</Relationships>")
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{shared}</sst>')
        for n, sheet in enumerate(sheets, 1):
            archive.writestr(f"xl/worksheets/s{n}.xml", sheet)
    return path


def book(path: Path, rows: Sequence[Sequence[str | float | None]], merged: Sequence[str] = ()) -> Path:
    """A workbook of one sheet."""
    strings: list[str] = []
    return write(path, [sheet_xml(rows, strings, merged)], strings)
