"""The two fonts that everything drawn or printed uses, and which of them has a character.

One has GBK, the other what names need beyond it: rare hanzi, those outside the basic plane (𠮷) among them. See
`channel/fonts/README.md`.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont

_FOLDER = Path(__file__).with_name("fonts")
COMMON = _FOLDER / "wqy-microhei-gbk.ttf"
RARE = _FOLDER / "noto-sans-sc-rare.ttf"
MISSING = "□"
"""For a character that neither has, as printed forms have it."""


def runs(text: str) -> tuple[tuple[Path, str], ...]:
    """The text in pieces of one font each; selectors of variants are left out, what no font has becomes `MISSING`."""
    placed = [_placed(each) for each in text if not _selects_variant(each)]
    return tuple((font, "".join(each for _, each in run)) for font, run in groupby(placed, lambda pair: pair[0]))


def printable(text: str) -> str:
    """The text as it can be printed."""
    return "".join(piece for _, piece in runs(text))


def _placed(character: str) -> tuple[Path, str]:
    code = ord(character)
    if code in _codes(COMMON) and character.isprintable():
        return COMMON, character
    return (RARE, character) if code in _codes(RARE) else (COMMON, MISSING)


@cache
def _codes(font: Path) -> frozenset[int]:
    with TTFont(font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def _selects_variant(character: str) -> bool:
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
