"""An .xlsx as rows of cells, streamed: a workbook of a million rows in some 70 MB.

Our own reader and not python-calamine, which is twice as fast: that one holds the whole sheet (580 MB for a million
rows of six columns) and does not say which value came from a formula. docs/decisions has the figures.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Callable, Iterator, Mapping

from domain.lists.cells import EMPTY, Cell, Kind
from domain.lists.columns import BadList
from worker.lists.parts import PIECE, Attributes, parse

UNPACKED_BYTES = 2 << 30
"""Of all parts that are read."""
STRINGS_BYTES = 256 << 20
RATIO = 200
"""Between a part unpacked and packed; a sheet of lists compresses 10 to 40 times."""
SMALL = 1 << 20
"""Below this a ratio says nothing."""
CELL_CHARACTERS = 32_767
"""Excel's own limit."""
CELLS = 200
MERGED_KEPT = 100_000
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Workbook:
    """The one sheet of a workbook that holds something. `merged`: first row, last row, first column, last column."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.merged: list[tuple[int, int, int, int]] = []
        _refuse_bombs(archive)

    def rows(self) -> Iterator[tuple[int, list[Cell], float]]:
        """Number from 1, cells, and which share of the sheet is read. Raises BadList, zipfile.BadZipFile."""
        part = self._sheet()
        sheet = _Sheet(_strings(self._archive))
        size = max(1, self._archive.getinfo(part).file_size)
        read = 0
        for length in parse(self._archive, part, sheet.start, sheet.end, sheet.text):
            read += length
            for number, cells in sheet.taken():
                yield number, cells, read / size
        self.merged = sheet.merged

    def _sheet(self) -> str:
        """The part of the only visible sheet with a cell in it."""
        sheets: list[tuple[str, str]] = []
        targets: dict[str, str] = {}

        def workbook(tag: str, given: Attributes) -> None:
            if tag == "workbookPr" and given.get("date1904", "0") in ("1", "true"):
                raise BadList("使用 1904 日期系统，日期会差四年；请改用 1900 日期系统")
            if tag == "sheet" and given.get("state", "visible") == "visible":
                relation = next((value for name, value in given.items() if name.endswith(":id")), "")
                sheets.append((given.get("name", ""), relation))

        def relations(tag: str, given: Attributes) -> None:
            if tag == "Relationship" and given.get("TargetMode") != "External":
                target = given.get("Target", "")
                targets[given.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"

        for part, start in (("xl/workbook.xml", workbook), ("xl/_rels/workbook.xml.rels", relations)):
            for _ in parse(self._archive, part, start):
                pass
        filled = [(name, targets.get(relation, "")) for name, relation in sheets if self._has_cells(targets, relation)]
        if len(filled) > 1:
            names = "、".join(f"“{name}”" for name, _ in filled)
            raise BadList(f"有几个工作表都有内容：{names}；请只保留一个")
        if not filled:
            raise BadList("工作簿里没有内容")
        return filled[0][1]

    def _has_cells(self, targets: Mapping[str, str], relation: str) -> bool:
        if targets.get(relation, "") not in self._archive.NameToInfo:
            return False
        with self._archive.open(targets[relation]) as part:
            while piece := part.read(PIECE):
                if re.search(rb"<(?:\w+:)?v[ >]|<(?:\w+:)?is[ >]", piece):
                    return True
        return False


class _Sheet:
    """Collects the rows of a sheet as its XML is read."""

    def __init__(self, strings: Callable[[int], str]) -> None:
        self._strings = strings
        self._rows: list[tuple[int, list[Cell]]] = []
        self._cells: list[Cell] = []
        self._row = self._column = 0
        self._type = ""
        self._formula = self._reads = False
        self._text: list[str] = []
        self.merged: list[tuple[int, int, int, int]] = []

    def taken(self) -> list[tuple[int, list[Cell]]]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, given: Attributes) -> None:
        match tag:
            case "v" | "t":
                self._reads = True
            case "c":
                self._column = _column(given["r"]) if "r" in given else self._column + 1
                self._type, self._formula, self._text = given.get("t", "n"), False, []
            case "row":
                self._begin_row(_number(given["r"]) if "r" in given else self._row + 1)
            case "f":
                self._formula = True
            case "mergeCell" if len(self.merged) < MERGED_KEPT:
                self._merge(given.get("ref", ""))

    def _begin_row(self, number: int) -> None:
        if number <= self._row:
            raise BadList("不是完好的 Excel 文件")
        self._row, self._cells, self._column = number, [], -1

    def end(self, tag: str) -> None:
        match tag:
            case "v" | "t":
                self._reads = False
            case "c" if 0 <= self._column < CELLS:
                self._cells += [EMPTY] * (self._column - len(self._cells))
                self._cells[self._column :] = [self._cell()]
            case "row":
                self._rows.append((self._row, self._cells))

    def text(self, text: str) -> None:
        if self._reads:
            self._text.append(text)
            if len(text) > CELL_CHARACTERS or (len(self._text) > 1 and sum(map(len, self._text)) > CELL_CHARACTERS):
                raise BadList(f"第 {self._row} 行有单元格超过 {CELL_CHARACTERS} 个字")

    def _cell(self) -> Cell:
        text = "".join(self._text)
        if self._formula:
            return Cell(text, Kind.FORMULA)
        match self._type:
            case "s":
                return Cell(self._strings(_number(text)))
            case "e":
                return Cell(text, Kind.ERROR)
            case "n":
                return Cell(text, Kind.NUMBER) if text else EMPTY
            case _:
                return Cell(text)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        if last:
            self.merged.append((_row(first), _row(last), _column(first), _column(last)))


def _strings(archive: zipfile.ZipFile) -> Callable[[int], str]:
    """The table of shared strings, end to end in one buffer: a list of a million of them would take four times that."""
    blob, ends, reading = bytearray(), array("I", [0]), [False, False]

    def start(tag: str, _: Attributes) -> None:
        if tag in ("t", "rPh"):
            reading[tag == "rPh"] = True

    def end(tag: str) -> None:
        if tag in ("t", "rPh"):
            reading[tag == "rPh"] = False
        elif tag == "si":
            ends.append(len(blob))

    def text(text: str) -> None:
        if reading == [True, False]:  # not the reading aid that stands above some words
            blob.extend(text.encode("utf-8", "replace"))

    if "xl/sharedStrings.xml" in archive.NameToInfo:
        for _ in parse(archive, "xl/sharedStrings.xml", start, end, text):
            pass

    def look_up(index: int) -> str:
        if index + 1 >= len(ends):
            raise BadList("不是完好的 Excel 文件")
        return blob[ends[index] : ends[index + 1]].decode()

    return look_up


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    """By what the directory says: nothing is unpacked beyond it, whatever the data hold."""
    parts = [info for info in archive.infolist() if info.filename.startswith("xl/") and info.filename.endswith("ml")]
    strings = sum(info.file_size for info in parts if info.filename == "xl/sharedStrings.xml")
    swollen = [info for info in parts if info.file_size > max(SMALL, RATIO * info.compress_size)]
    if swollen or strings > STRINGS_BYTES or sum(info.file_size for info in parts) > UNPACKED_BYTES:
        raise BadList("解压后过大，可能是压缩炸弹；没有打开")


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise BadList("不是完好的 Excel 文件")
    return int(text)


def _column(reference: str) -> int:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise BadList("不是完好的 Excel 文件")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _row(reference: str) -> int:
    _column(reference)
    return int(reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
