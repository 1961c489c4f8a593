"""Tables: a CSV file or a workbook as rows of cells, in bounded memory, refused before it can do harm."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from domain.lists.cells import Cell
from domain.lists.columns import BadList
from worker.lists.workbook import Workbook

FILE_BYTES = 200 * 1024 * 1024
ROWS = 2_000_000
CELLS = 200
"""Of one row; what stands further right is not looked at."""
_PIECE = 1 << 20
_TOP = 8_192
"""Characters that show which separator it is."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCODINGS = (("utf-8-sig", "utf-8"), ("gb18030", "GB18030"))


@dataclass(slots=True)
class Table:
    """Rows from the top, blank ones included: number from 1, cells. `merged` is whole when the rows are exhausted."""

    rows: Iterator[tuple[int, list[Cell]]]
    total: int
    """Bytes of the file; `read` says how many of them are done."""
    read: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Merged cells: first row, last row (from 1), first column, last column (from 0)."""


def open_table(path: Path) -> Table:
    """The table in a file, whatever its name ends with. Raises BadList, also while its rows are read; OSError."""
    size = path.stat().st_size
    if size > FILE_BYTES:
        raise BadList(f"文件超过 {FILE_BYTES >> 20} MB，请分成几个文件")
    if size == 0:
        raise BadList("文件是空的")
    with path.open("rb") as file:
        head = file.read(8)
    table = Table(iter(()), size)
    if head == _OLE:
        raise BadList("是旧版或加密的 Excel 文件，请另存为不加密的 .xlsx 或 CSV")
    if head.startswith(b"PK\x03\x04"):
        table.rows = _counted(_workbook(path, table))
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadList("是 UTF-16 文本，请另存为 CSV（UTF-8）")
    else:
        table.rows = _counted(_csv(path, table, _encoding_of(path)))
    return table


def _counted(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    for count, row in enumerate(rows):
        if count >= ROWS:
            raise BadList(f"超过 {ROWS} 行，请分成几个文件")
        yield row


def _workbook(path: Path, table: Table) -> Iterator[tuple[int, list[Cell]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            workbook = Workbook(archive)
            for number, cells, share in workbook.rows():
                table.read = int(share * table.total)
                yield number, cells
            table.merged += workbook.merged
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise BadList("不是完好的 Excel 文件") from None


def _csv(path: Path, table: Table, encoding: str) -> Iterator[tuple[int, list[Cell]]]:
    with path.open("rb", buffering=0) as raw:
        text = io.TextIOWrapper(_Gauge(raw, table), encoding, newline="")
        try:
            top = text.read(_TOP)
            text.seek(0)
            reader = csv.reader(text, delimiter=max(",\t;", key=top.count))
            for number, texts in enumerate(reader, 1):
                yield number, [Cell(each) for each in texts[:CELLS]]
        except csv.Error:
            raise BadList("CSV 有引号没有闭合，或单元格过长") from None


def _encoding_of(path: Path) -> str:
    """Which of the two it is: every byte is looked at, because the first Chinese word may stand in the last row."""
    for encoding, decoder_name in _ENCODINGS:
        decoder = codecs.getincrementaldecoder(decoder_name)()
        try:
            with path.open("rb") as file:
                for piece in _pieces(file):
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise BadList("文字编码既不是 UTF-8 也不是 GBK，请另存为 CSV（UTF-8）")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        if b"\0" in piece:
            raise BadList("不是文本文件，也不是 .xlsx")
        yield piece


class _Gauge(io.BufferedReader):
    """Tells the table how far its file was read."""

    def __init__(self, raw: io.FileIO, table: Table) -> None:
        super().__init__(raw)
        self._table = table

    def read1(self, size: int = -1, /) -> bytes:
        piece = super().read1(size)
        self._table.read = min(self._table.total, self._table.read + len(piece))
        return piece


def texts_of(cells: Sequence[Cell]) -> list[str]:
    return [cell.text for cell in cells]
