"""Places: Ningxia's divisions down to the community, and which counties of China exist.

A code is a string in its shortest form: 4 digits a prefecture, 6 a county, 9 a street or town, 12 a village or
community. What is inside a division begins with its code. Where the data comes from: `domain/data/README.md`.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain

REGION = "宁夏"
_REGION_IN_FULL = "宁夏回族自治区"
WIDTHS = (0, 4, 6, 9, 12)
"""Digits of a code at each level; the empty code is the whole region."""

_ENDINGS = (
    "居民委员会",
    "村民委员会",
    "社区居委会",
    "居委会",
    "村委会",
    "社区",
    "街道",
    "村",
    "镇",
    "乡",
    "市",
    "县",
    "区",
)


@dataclass(frozen=True, slots=True)
class Division:
    code: str
    name: str


def children(code: str) -> tuple[Division, ...]:
    """The divisions directly inside `code` in the order of their codes; "" gives the prefectures.

    Empty for a community and for a code that is not known.
    """
    if len(code) not in WIDTHS[:-1]:
        return ()
    width = WIDTHS[WIDTHS.index(len(code)) + 1]
    return tuple(each for each in _inside(code) if len(each.code) == width)


def communities_in(code: str) -> tuple[str, ...]:
    """The codes of all communities inside `code`, itself if it is one; "" gives the whole region's. Empty for a code
    that is not known."""
    if is_community(code):
        return (code,)
    return tuple(each.code for each in _inside(code) if len(each.code) == WIDTHS[-1])


def division(code: str) -> Division | None:
    codes, divisions = _ningxia()
    at = bisect_left(codes, code)
    return divisions[at] if at < len(codes) and codes[at] == code else None


def is_community(code: str) -> bool:
    return len(code) == WIDTHS[-1] and division(code) is not None


def communities(prefix: str = "") -> tuple[str, ...]:
    """The codes of all communities inside a division, or the one community itself."""
    if is_community(prefix):
        return (prefix,)
    return tuple(each.code for each in _inside(prefix) if len(each.code) == WIDTHS[-1])


def full_name(code: str) -> str:
    """The name from the region down, such as 宁夏银川市金凤区满城北街街道. Empty for an unknown code."""
    if division(code) is None:
        return ""
    names = (each.name for each in path(code))
    return REGION + "".join(names)


def path(code: str) -> tuple[Division, ...]:
    """The division and all above it, the prefecture first. Unknown levels are left out."""
    above = (division(code[:width]) for width in WIDTHS[1:] if width <= len(code))
    return tuple(each for each in above if each is not None)


def find(text: str, under: str = "", most: int = 9) -> tuple[Division, ...]:
    """Divisions inside `under` that somebody may mean by `text`, at most `most`, the likeliest first.

    The whole name goes before the name without its ending (金凤 for 金凤区), that before a name that contains the
    text, that before names typed in one go with those above (银川市金凤区); among equals the larger division first.
    If the whole name is among them, only divisions of that name are returned.
    """
    wanted = _plain(text)
    if not wanted:
        return ()
    found: list[tuple[int, int, str, Division]] = []
    for each in _inside(under):
        rank = _rank(wanted, each)
        if rank is not None:
            found.append((rank, len(each.code), each.code, each))
    found.sort(key=lambda one: one[:3])
    if found and found[0][0] == 0:
        found = [one for one in found if one[0] == 0]
    return tuple(one[3] for one in found[:most])


def county_exists(code: str) -> bool:
    """Whether the six digits are a county of China in force (2023). Abolished ones are not."""
    return code in _counties()


def _rank(wanted: str, candidate: Division) -> int | None:
    name = candidate.name
    if name[:2] not in wanted and wanted[:2] not in name:
        return None
    if name == wanted:
        return 0
    if _stem(name) == _stem(wanted):
        return 1
    if wanted in name:
        return 2
    if _stem(name) in wanted and _stem(_below(wanted, candidate)) == _stem(name):
        return 3
    return None


def _below(wanted: str, candidate: Division) -> str:
    """What is left of the text when the names above the candidate are taken off its front; levels may be skipped."""
    rest = wanted.removeprefix(_REGION_IN_FULL).removeprefix(REGION)
    for above in path(candidate.code)[:-1]:
        rest = rest.removeprefix(above.name if rest.startswith(above.name) else _stem(above.name))
    return rest


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _stem(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def _inside(code: str) -> tuple[Division, ...]:
    codes, divisions = _ningxia()
    start = bisect_left(codes, code)
    end = bisect_left(codes, code + ":")  # ":" follows "9"
    return tuple(each for each in divisions[start:end] if each.code != code)


@cache
def _ningxia() -> tuple[tuple[str, ...], tuple[Division, ...]]:
    """Codes and divisions, sorted by code; read once a process, on first use."""
    lines = _text("ningxia.tsv").splitlines()
    divisions = tuple(Division(*line.split("\t")) for line in lines)
    return tuple(each.code for each in divisions), divisions


@cache
def _counties() -> frozenset[str]:
    lines = (line.split() for line in _text("counties.txt").splitlines())
    return frozenset(chain.from_iterable((first + each for each in rest) for first, *rest in lines))


def _text(name: str) -> str:
    return (resources.files("domain") / "data" / name).read_text(encoding="utf-8")
