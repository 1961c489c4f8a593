"""Whose export this is: said on the sheet, in its header and footer, and hidden where a reader does not look.

The hidden mark is the work's id in full. A workbook keeps it as a custom property and on a sheet that Excel does not
list; a CSV in which rows stand in quotes, which no reader of CSV sees: 72 bits, again and again from the heading on.
"""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.facts import SHANGHAI

PROPERTY = "yima-export"
BITS = 72
"""Of an id of 12 characters."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Who took it, when, why, of which division, and until when it may be fetched."""

    id: str
    who: str
    organisation: str
    at: datetime
    reason: str
    where: str
    full: bool
    until: datetime

    @property
    def line(self) -> str:
        """As it stands in the header of a printed page and beside the rows."""
        told = f"{self.organisation} {self.who} {_told(self.at)} 导出 {self.id}"
        return told.replace(",", "，").replace('"', "'")

    def lines(self) -> tuple[tuple[str, str], ...]:
        """What the sheet about the file says."""
        return (
            ("导出编号", self.id),
            ("导出人", f"{self.who}（{self.organisation}）"),
            ("导出时间", _told(self.at)),
            ("用途", self.reason),
            ("范围", self.where),
            ("个人信息", "完整，未遮盖" if self.full else "已遮盖"),
            ("下载截止", _told(self.until)),
            ("提示", "含个人信息，仅限上述用途，用后删除；每一份都有编号，可以查到是谁导出的。"),
        )


def bits_of(id: str) -> Iterator[bool]:
    """The bits of an id, for ever again."""
    number = int.from_bytes(base64.b64decode(id))
    while True:
        for place in reversed(range(BITS)):
            yield bool(number >> place & 1)


def ids_in(path: Path) -> list[str]:
    """The ids that an export may have: one of a workbook; of a CSV one for each place where its rows may begin, the
    likeliest first. Empty: no mark."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            text = archive.read("docProps/custom.xml").decode() if "docProps/custom.xml" in archive.namelist() else ""
        return [text.partition("<vt:lpwstr>")[2].partition("</vt:lpwstr>")[0]] if PROPERTY in text else []
    with path.open("rb") as file:
        bits = [line.rstrip().endswith(b'"') for line, _ in zip(file, range(BITS), strict=False)]
    if len(bits) < BITS:
        return []
    return [_id_of(bits[turn:] + bits[:turn]) for turn in range(BITS)]


def _id_of(bits: list[bool]) -> str:
    number = sum(bit << place for bit, place in zip(bits, reversed(range(BITS)), strict=True))
    return base64.b64encode(number.to_bytes(BITS // 8)).decode()


def _told(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
