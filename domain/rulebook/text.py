"""The rules as text: small enough to read whole, so that its golden shows a changed word in review."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

from domain.notice import Clause, Colour, Notice
from domain.notices import NOTICES

COLOUR_WORDS = {Colour.GREEN: "绿码", Colour.GREY: "灰码", Colour.YELLOW: "黄码", Colour.RED: "红码"}
CLAUSES = "一、条款（“综合研判”为本地条款，不是通知原文）"
PARAMETERS = "二、参数"
DECISIONS = "三、通知未写明、本服务所定"
FINGERPRINT = "规则指纹（SHA-256）："
WHAT_OF = "以上自首行起的全部文字的指纹；条款、参数、所定有任何改动，指纹即不同。"
SIGNATURES = ("审核人（签字）", "批准人（签字）", "单位（盖章）")


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """What the table says of one clause; of one that colours in several ways, once."""

    id: str
    colours: tuple[Colour, ...]
    words: str
    """With the mark of a local clause, or in the quotation marks of the notice's own."""
    note: str
    local: bool


def rulebook(notice: Notice) -> str:
    """The whole table as text: clauses with their words, parameters with the clause they cite, decisions; to sign."""
    text = rules(notice)
    signing = (f"{name}：{'_' * 20}  日期：{'_' * 6}年{'_' * 4}月{'_' * 4}日" for name in SIGNATURES)
    end = (FINGERPRINT, fingerprint(notice), WHAT_OF, f"状态：{status(notice)}", "", *signing)
    return text + "\n".join(end) + "\n"


def rules(notice: Notice) -> str:
    """The text that the fingerprint is of: everything but fingerprint, status and signatures."""
    parameters = ((t.cites, f"{t.value}{t.unit}", t.meaning) for t in notice.limits.all())
    parts = (
        [*heading(notice)],
        [CLAUSES, *aligned([("条款", "颜色", "原文与做法"), *_clause_lines(notice)])],
        [PARAMETERS, *aligned([("依据", "数值", "含义"), *parameters])],
        [DECISIONS, *(f"{n}. {sentence}" for n, sentence in enumerate(notice.decisions, 1))],
    )
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n\n"


def fingerprint(notice: Notice) -> str:
    """SHA-256 of the rules as text, in UTF-8; 64 hexadecimal digits."""
    return sha256(rules(notice).encode()).hexdigest()


def status(notice: Notice) -> str:
    return "已列入本服务" if notice in NOTICES else "草案，尚未列入本服务"


def heading(notice: Notice) -> tuple[str, str, str]:
    """Number, title, from when."""
    day = notice.effective
    return notice.number, notice.title, f"自{day.year}年{day.month}月{day.day}日起施行"


def clause_rows(notice: Notice) -> Iterator[ClauseRow]:
    """The clauses in the order of the notice; neighbours of one id are one row."""
    for id, lines in groupby(notice.clauses, key=lambda clause: clause.id):
        clause, *others = lines
        colours = tuple(each.colour for each in (clause, *others) if each.colour)
        yield ClauseRow(id, colours, _words(clause), clause.note, clause.local)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines, all columns but the last padded to one width; a hanzi is two columns wide."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return ["  ".join((*map(_padded, row, widths), row[-1])).rstrip() for row in rows]


def _clause_lines(notice: Notice) -> Iterable[tuple[str, str, str]]:
    for row in clause_rows(notice):
        yield row.id, "、".join(COLOUR_WORDS[colour] for colour in row.colours), row.words
        if row.note:
            yield "", "", f"做法：{row.note}"


def _words(clause: Clause) -> str:
    return f"综合研判：{clause.words}" if clause.local else f"“{clause.words.replace('“', '‘').replace('”', '’')}”"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
