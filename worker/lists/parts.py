"""Parts of a workbook: XML inside a zip, parsed piece by piece, without entities."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from xml.parsers import expat

from domain.lists.columns import BadList

Attributes = Mapping[str, str]
PIECE = 1 << 18
"""Bytes of XML at once."""


def parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[int]:
    """Parse a part piece by piece; yields after each how many bytes it had. Tags come without their prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text, parser.buffer_size = True, 1 << 16
    bare = _Bare()
    parser.StartElementHandler = lambda tag, given: start(bare[tag], given)
    if end is not None:
        parser.EndElementHandler = lambda tag: end(bare[tag])
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                parser.Parse(piece)
                yield len(piece)
        parser.Parse(b"", True)
    except (expat.ExpatError, KeyError):
        raise BadList("不是完好的 Excel 文件") from None


class _Bare(dict[str, str]):
    """Tag as written -> without its prefix."""

    def __missing__(self, tag: str) -> str:
        self[tag] = tag.rpartition(":")[2]
        return self[tag]


def _refuse_doctype(*_: object) -> None:
    raise BadList("文件里有不该有的声明；没有打开")
