"""The rules as a page: HTML that needs nothing beside it, laid out for A4, with the lines for signatures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from domain.notice import Colour, Notice
from domain.rulebook.text import (
    CLAUSES,
    COLOUR_WORDS,
    DECISIONS,
    FINGERPRINT,
    PARAMETERS,
    SIGNATURES,
    WHAT_OF,
    ClauseRow,
    clause_rows,
    fingerprint,
    heading,
    status,
)

SIGNS = {Colour.GREEN: "●", Colour.GREY: "■", Colour.YELLOW: "▲", Colour.RED: "✚"}
"""Beside the colour's name, so that a copy in black and white tells them apart."""

# WenQuanYi's ℃ is a blank, and it is the one hanzi font of many machines that print: a limit must keep its unit.
STYLE = """
@font-face { font-family: degrees; src: local("DejaVu Serif"), local("DejaVu Sans"); unicode-range: U+2103 }
@page { size: A4; margin: 18mm 16mm 20mm }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 178mm; padding: 8mm 0; color: #111; background: #fff; print-color-adjust: exact;
  font: 10.5pt/1.6 degrees, "Noto Serif CJK SC", "Source Han Serif SC", SimSun, "WenQuanYi Micro Hei", serif }
header { text-align: center; border-bottom: 2pt solid #b3261e; padding-bottom: 4mm; margin-bottom: 5mm }
header p { margin: 0 }
h1 { font-size: 17pt; line-height: 1.4; margin: 2mm 0 }
h2 { font-size: 12pt; margin: 6mm 0 2mm; break-after: avoid }
.status { display: inline-block; border: 1pt solid; padding: 0 3mm; margin-top: 2mm }
.draft { color: #b3261e; font-weight: bold }
table { width: 100%; border-collapse: collapse }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: .5pt solid #888; padding: 1.2mm 2mm; text-align: left; vertical-align: top }
th { background: #f0f0ee; font-weight: bold }
td:first-child, td.colour { white-space: nowrap }
td.value { text-align: right; white-space: nowrap }
td p { margin: 0 }
.note { color: #333; font-size: 9.5pt }
.local { background: #fbf6e6 }
.green { color: #00713a } .grey { color: #4b535d } .yellow { color: #8a5a00 } .red { color: #b3261e }
ol { margin: 0; padding-left: 8mm }
li { break-inside: avoid }
.signing { break-inside: avoid; margin-top: 8mm }
.fingerprint { font-family: "DejaVu Sans Mono", monospace; font-size: 9.5pt; overflow-wrap: anywhere }
.lines { display: grid; grid-template-columns: auto 1fr auto 42mm; gap: 9mm 3mm; margin-top: 9mm; align-items: end }
.lines i { border-bottom: .6pt solid #111; height: 5mm }
.print { float: right; font: inherit }
@media print { .print { display: none } body { padding: 0; max-width: none } }
"""


def page(notice: Notice) -> str:
    """The whole page. Everything that comes from the notice is escaped."""
    number, title, since = map(escape, heading(notice))
    return f"""<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{number} 规则表</title>
<style>{STYLE}</style>
<button class="print" type="button" onclick="print()">打印</button>
<header>
<p>防疫健康信息码规则表</p>
<h1>{title}</h1>
<p>{number} · {since}</p>
{_status(notice)}
</header>
<h2>{CLAUSES}</h2>
{_table(("条款", "颜色", "原文与做法"), map(_clause, clause_rows(notice)))}
<h2>{PARAMETERS}</h2>
{_table(("依据", "数值", "含义"), _parameters(notice))}
<h2>{DECISIONS}</h2>
<ol>
{"".join(f"<li>{escape(sentence)}</li>{chr(10)}" for sentence in notice.decisions)}</ol>
<section class="signing">
<h2>{FINGERPRINT}</h2>
<p class="fingerprint">{fingerprint(notice)}</p>
<p class="note">{number}，{since}。{WHAT_OF}</p>
<div class="lines">
{"".join(f"<span>{name}</span><i></i><span>日期</span><i></i>{chr(10)}" for name in SIGNATURES)}</div>
</section>
</html>
"""


def _status(notice: Notice) -> str:
    said = status(notice)
    return f'<p class="status{" draft" if said.startswith("草案") else ""}">{said}</p>'


def _table(head: Iterable[str], rows: Iterable[str]) -> str:
    names = "".join(f'<th scope="col">{name}</th>' for name in head)
    return f"<table>\n<thead><tr>{names}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>"


def _clause(row: ClauseRow) -> str:
    colours = "<br>".join(
        f'<span class="{each.value}">{SIGNS[each]} {COLOUR_WORDS[each]}</span>' for each in row.colours
    )
    note = f'<p class="note">做法：{escape(row.note)}</p>' if row.note else ""
    kind = ' class="local"' if row.local else ""
    words = f"<p>{escape(row.words)}</p>{note}"
    return f'<tr{kind}><td>{escape(row.id)}</td><td class="colour">{colours}</td><td>{words}</td></tr>\n'


def _parameters(notice: Notice) -> Iterator[str]:
    for each in notice.limits.all():
        cites, value, meaning = escape(each.cites), escape(f"{each.value}{each.unit}"), escape(each.meaning)
        yield f'<tr><td>{cites}</td><td class="value">{value}</td><td>{meaning}</td></tr>\n'
