"""The answer as text: what the draft says otherwise, colours before and after, and who moves in which county."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import unified_diff

from domain.facts import SHANGHAI
from domain.notice import Colour, Notice
from domain.places import full_name
from domain.rulebook.text import aligned, rules
from worker.whatif.count import Tally

WORDS = {Colour.NONE: "无码", Colour.GREEN: "绿", Colour.GREY: "灰", Colour.YELLOW: "黄", Colour.RED: "红"}
NOWHERE = "未填社区"

Pair = tuple[Colour, Colour]


def report(before: Notice, draft: Notice, at: datetime, tally: Tally) -> str:
    """The whole answer."""
    local = at.astimezone(SHANGHAI)
    parts = [
        [f"草案：{draft.number}", f"现行：{before.number}", *_otherwise(before, draft)],
        [f"按{local:%Y-%m-%d %H:%M}的记录判定，共{tally.people:,}人；没有改动任何记录。", *_damaged(tally)],
        aligned(_colours(tally)),
        aligned(_counties(tally)),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _otherwise(before: Notice, draft: Notice) -> Iterator[str]:
    """The lines of the rulebook that differ, with - as they are and with + as they would be."""
    was, becomes = (rules(notice).splitlines()[3:] for notice in (before, draft))
    changed = [
        line for line in unified_diff(was, becomes, n=0, lineterm="") if not line.startswith(("---", "+++", "@@"))
    ]
    yield from ("", "规则的不同：", *changed) if changed else ("", "规则的文字和参数没有不同。")


def _damaged(tally: Tally) -> Iterator[str]:
    if tally.damaged:
        yield f"另有{tally.damaged:,}份记录读不出，未判定。"


def _colours(tally: Tally) -> list[list[str]]:
    was: Counter[Colour] = Counter()
    becomes: Counter[Colour] = Counter()
    for (_, old, new), people in tally.moves.items():
        was[old] += people
        becomes[new] += people
    rows = [
        [WORDS[each], f"{was[each]:>9,}", f"{becomes[each]:>9,}", f"{becomes[each] - was[each]:+,}"] for each in Colour
    ]
    return [["颜色", "     现行", "     草案", "增减"], *rows]


def _counties(tally: Tally) -> list[list[str]]:
    """One row a county, all of them first; a column for each move that anybody makes."""
    moved: Counter[Pair] = Counter()
    people: Counter[str] = Counter()
    for (county, old, new), number in tally.moves.items():
        people[county] += number
        if old is not new:
            moved[old, new] += number
    pairs = sorted(moved, key=lambda pair: (pair[0].gravity, pair[1].gravity))
    rows = [_row("全区", people.total(), [moved[pair] for pair in pairs])]
    for county in sorted(people, key=lambda code: (not code, code)):
        numbers = [tally.moves[county, *pair] for pair in pairs]
        rows.append(_row(full_name(county) or NOWHERE, people[county], numbers))
    return [["县（市、区）", "     人数", "     变色", *(f"  {WORDS[old]}→{WORDS[new]}" for old, new in pairs)], *rows]


def _row(name: str, people: int, moves: Sequence[int]) -> list[str]:
    return [name, f"{people:>9,}", f"{sum(moves):>9,}", *(f"{number:>7,}" for number in moves)]
