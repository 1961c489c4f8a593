"""Columns: which field of a list is which, by the titles that officials give them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.lists.rows import ListKind


class Column(StrEnum):
    """The value is the field's name where a list comes as JSON."""

    DOCUMENT_KIND = "document_kind"
    NUMBER = "number"
    NAME = "name"
    CASE = "case"
    SINCE = "since"
    EXPOSED_ON = "exposed_on"
    ISOLATION = "isolation"
    ISOLATION_FROM = "isolation_from"
    COLOUR = "colour"
    AS_OF = "as_of"
    SOURCE = "source"
    EVIDENCE = "evidence"


TITLES: Mapping[Column, tuple[str, ...]] = {
    Column.DOCUMENT_KIND: ("证件类型", "证件种类", "证件类别"),
    Column.NUMBER: (
        "证件号码", "证件号", "身份证号码", "身份证号", "身份证", "居民身份证号", "有效证件号", "公民身份号码",
    ),
    Column.NAME: ("姓名", "患者姓名", "病例姓名", "密接姓名", "密切接触者姓名"),
    Column.CASE: ("病例类型", "病例分类", "病例类别", "诊断类型", "诊断分类", "诊断状态"),
    Column.SINCE: (
        "起始日期", "确诊日期", "诊断日期", "发病日期", "诊断时间", "确诊时间", "发病时间", "报告日期",
    ),
    Column.EXPOSED_ON: (
        "接触日期", "最后接触日期", "末次接触日期", "最后接触时间", "末次接触时间", "暴露日期", "末次暴露日期",
    ),
    Column.ISOLATION: ("隔离方式", "隔离类型", "管控方式", "隔离形式"),
    Column.ISOLATION_FROM: ("隔离开始日期", "隔离起始日期", "开始隔离日期", "隔离日期", "隔离开始时间", "管控开始日期"),
    Column.COLOUR: ("颜色",),
    Column.AS_OF: ("数据时间",),
    Column.SOURCE: ("来源", "信息来源", "数据来源", "名单来源", "报告单位", "填报单位", "上报单位"),
    Column.EVIDENCE: (
        "证据编号", "依据编号", "依据文号", "文号", "流调编号", "报告卡编号", "病例编号", "卡片编号", "凭证编号",
    ),
}  # fmt: skip
"""The first title is the one that we print, and the one that wins where two columns could be meant."""

COLUMNS: Mapping[ListKind, tuple[tuple[Column, bool], ...]] = {
    ListKind.CASES: (
        (Column.NUMBER, True), (Column.DOCUMENT_KIND, False), (Column.NAME, False), (Column.CASE, True),
        (Column.SINCE, True), (Column.SOURCE, True), (Column.EVIDENCE, True),
    ),
    ListKind.CONTACTS: (
        (Column.NUMBER, True), (Column.DOCUMENT_KIND, False), (Column.NAME, False), (Column.EXPOSED_ON, True),
        (Column.ISOLATION, False), (Column.ISOLATION_FROM, False), (Column.SOURCE, True), (Column.EVIDENCE, True),
    ),
    ListKind.COLOURS: (
        (Column.NUMBER, True), (Column.DOCUMENT_KIND, False), (Column.NAME, False), (Column.COLOUR, True),
        (Column.AS_OF, True), (Column.SOURCE, True), (Column.EVIDENCE, True),
    ),
}  # fmt: skip
"""Per kind of list, its columns and whether each must be there."""

HEADING_WITHIN = 10
"""Rows from the top among which the heading is looked for; what stands above it is the table's own title."""

TITLE_SHOWN = 40
_NOISE = re.compile(r"[\s*＊:：、_\-]+|\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_BY_TITLE = {title: column for column, titles in TITLES.items() for title in titles}


class BadList(Exception):
    """A list that cannot be read at all; the message says in Chinese what to change."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a list stand."""

    kind: ListKind
    heading: int
    """Row number of the heading, from 1."""
    places: Mapping[Column, int]
    titles: Mapping[Column, str]
    """As the file writes them, for the report."""
    ignored: tuple[str, ...]
    """Titles that nothing is read from."""


def title_of(column: Column) -> str:
    return TITLES[column][0]


def find_layout(kind: ListKind, top: Iterable[tuple[int, Sequence[str]]]) -> Layout:
    """The layout of a list whose first rows (number, texts) are `top`. Raises BadList, naming every column at fault."""
    wanted = {column for column, _ in COLUMNS[kind]}
    best: tuple[int, Sequence[str]] = (0, ())
    for number, texts in top:
        if _hits(texts, wanted) > _hits(best[1], wanted):
            best = (number, texts)
    if _hits(best[1], wanted) < 2:
        needed = "、".join(title_of(column) for column, must in COLUMNS[kind] if must)
        raise BadList(f"前 {HEADING_WITHIN} 行中没有找到表头。需要的列：{needed}")
    return _layout(kind, *best)


def _layout(kind: ListKind, number: int, texts: Sequence[str]) -> Layout:
    plain = [_plain(text) for text in texts]
    found: dict[Column, list[int]] = {}
    for place, title in enumerate(plain):
        if title in _BY_TITLE:
            found.setdefault(_BY_TITLE[title], []).append(place)
    problems, places = [], {}
    for column, must in COLUMNS[kind]:
        candidates = found.get(column, [])
        named = [place for place in candidates if plain[place] == title_of(column)]
        chosen = named if len(named) == 1 else candidates
        if len(chosen) > 1:
            rivals = "、".join(f"“{_shown(texts[place])}”" for place in chosen)
            problems.append(f"{rivals}都可作“{title_of(column)}”，请把要用的一列改名为“{title_of(column)}”")
        elif chosen:
            places[column] = chosen[0]
        elif must:
            problems.append(f"缺少“{title_of(column)}”列（也可写作：{'、'.join(TITLES[column][1:])}）")
    if problems:
        raise BadList(f"第 {number} 行表头：" + "；".join(problems))
    used = set(places.values())
    ignored = tuple(shown for place, text in enumerate(texts) if place not in used and (shown := _shown(text)))
    return Layout(kind, number, places, {c: _shown(texts[p]) for c, p in places.items()}, ignored)


def _shown(text: str) -> str:
    """A title as a terminal may show it."""
    return "".join(each for each in text if each.isprintable()).strip()[:TITLE_SHOWN]


def _hits(texts: Sequence[str], wanted: set[Column]) -> int:
    return len({_BY_TITLE[title] for text in texts if (title := _plain(text)) in _BY_TITLE} & wanted)


def _plain(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))
