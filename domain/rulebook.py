"""`python -m domain.rulebook 2020-03-02`: the notice in force on a day as the table that an official signs."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from domain.notice import Clause, Colour, Notice
from domain.notices import in_force

COLOUR_WORDS = {Colour.GREEN: "绿码", Colour.GREY: "灰码", Colour.YELLOW: "黄码", Colour.RED: "红码"}
USAGE = 2


def rulebook(notice: Notice) -> str:
    """The whole table as text: clauses with their words, parameters with the clause they cite, decisions."""
    parameters = ((t.cites, f"{t.value}{t.unit}", t.meaning) for t in notice.limits.all())
    parts = (
        [notice.number, notice.title, f"自{_chinese(notice.effective)}起施行"],
        [
            "一、条款（“综合研判”为本地条款，不是通知原文）",
            *_table(("条款", "颜色", "原文与做法"), _clause_rows(notice)),
        ],
        ["二、参数", *_table(("依据", "数值", "含义"), parameters)],
        ["三、通知未写明、本服务所定", *(f"{n}. {sentence}" for n, sentence in enumerate(notice.decisions, 1))],
        ["审核人：                    日期："],
    )
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def main(arguments: list[str]) -> int:
    try:
        (text,) = arguments
        day = date.fromisoformat(text)
    except ValueError:
        sys.stderr.write("usage: python -m domain.rulebook YYYY-MM-DD\n")
        return USAGE
    sys.stdout.buffer.write(rulebook(in_force(day)).encode())
    return 0


def _clause_rows(notice: Notice) -> Iterator[tuple[str, str, str]]:
    for _, lines in groupby(notice.clauses, key=lambda clause: clause.id):
        clause, *others = lines
        colours = [each.colour for each in (clause, *others) if each.colour]
        yield clause.id, "、".join(COLOUR_WORDS[colour] for colour in colours), _words(clause)
        if clause.note:
            yield "", "", f"做法：{clause.note}"


def _words(clause: Clause) -> str:
    return f"综合研判：{clause.words}" if clause.local else f"“{clause.words.replace('“', '‘').replace('”', '’')}”"


def _table(head: tuple[str, str, str], rows: Iterable[tuple[str, str, str]]) -> list[str]:
    """The rows with their first two columns aligned; a hanzi is two columns wide."""
    lines = [head, *rows]
    first, second = (max(_width(line[column]) for line in lines) for column in (0, 1))
    return [f"{_padded(a, first)}  {_padded(b, second)}  {c}".rstrip() for a, b, c in lines]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
