"""Charts of the overview as SVG, by pygal: a picture without a script, told apart by pattern and dash, not by colour
alone. The same numbers stand beside it in a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import pygal
from pygal.style import Style

INK = {"green": "#14612f", "yellow": "#b98900", "red": "#a4161a", "grey": "#565e67", "none": "#9aa4ae"}
"""As the console's style has them; yellow a little lighter, for an area of it."""
FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei", sans-serif'
PATTERNS = {
    "green": '<path d="M0 0"/>',
    "yellow": '<path d="M0 10L10 0" stroke="#fff" stroke-width="2"/>',
    "red": '<path d="M0 0L10 10M0 10L10 0" stroke="#fff" stroke-width="1.6"/>',
    "grey": '<path d="M0 5H10" stroke="#fff" stroke-width="2"/>',
    "none": '<circle cx="5" cy="5" r="1.6" fill="#fff"/>',
}
SIZE = 14
DASHES = {"today": "", "yesterday": "6,5", "red": "", "yellow": "9,4", "grey": "2,4"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: which of `DASHES`, its word, its colour, a value for each place or None."""

    dash: str
    word: str
    ink: str
    values: Sequence[float | None]


def lines(title: str, places: Sequence[str], given: Sequence[Line], top: float | None = None) -> bytes:
    """Lines over time. `places`: what stands below, every place; most are left out."""
    chart = pygal.Line(
        **_common([each.ink for each in given]), title=title, show_dots=False,
        include_x_axis=True, range=(0, top) if top else None,
        x_labels_major_every=max(1, len(places) // 8), show_minor_x_labels=False, height=340,
    )  # fmt: skip
    chart.x_labels = list(places)
    for each in given:
        style: dict[str, object] = {"width": 3, **({"dasharray": DASHES[each.dash]} if DASHES[each.dash] else {})}
        chart.add(each.word, list(each.values), stroke_style=style)
    return _svg(chart)


def stacks(title: str, rows: Sequence[tuple[str, Mapping[str, float]]], words: Mapping[str, str]) -> bytes:
    """One bar of shares a row, filled with a pattern a colour. `words`: colour -> word, in the order from the left."""
    chart = pygal.HorizontalStackedBar(
        **_common([INK[name] for name in words]),
        title=title,
        height=90 + 26 * len(rows),
        range=(0, 100),
        spacing=4,
        margin_left=50,
    )
    chart.x_labels = [name for name, _ in rows]
    for name, word in words.items():
        chart.add(word, [shares.get(name, 0) for _, shares in rows])
    return _svg(chart, list(words))


def _common(inks: Sequence[str]) -> dict[str, object]:
    style = Style(
        background="transparent",
        plot_background="transparent",
        foreground="#1a1d21",
        foreground_strong="#1a1d21",
        foreground_subtle="#d4d9de",
        colors=tuple(inks),
        font_family=FONT,
        label_font_size=SIZE,
        major_label_font_size=SIZE,
        legend_font_size=SIZE,
        title_font_size=SIZE + 2,
        no_data_font_size=SIZE,
        opacity="1",
    )
    size = {"width": 600, "margin": 12, "margin_bottom": 24, "legend_box_size": SIZE, "explicit_size": False}
    words = {"no_data_text": "—", "truncate_legend": 20, "truncate_label": 20, "print_values": False}
    return {"style": style, "js": [], "legend_at_bottom": True, "legend_at_bottom_columns": 5, **size, **words}


def _svg(chart: pygal.graph.graph.Graph, patterned: Sequence[str] = ()) -> bytes:
    """Without the scripts that pygal puts in; lines thick enough to be seen from afar, and a pattern a series."""
    root = chart.render_tree()
    for parent in list(root.iter()):
        for child in [each for each in parent if str(each.tag).endswith("script")]:
            parent.remove(child)
    defs = next(each for each in root.iter() if str(each.tag).endswith("defs"))
    style = ElementTree.SubElement(defs, "style")
    rules = [".series .line { stroke-width: 3px !important; }"]
    rules.append(".guide { stroke: #d4d9de !important; stroke-dasharray: none !important; }")
    for n, name in enumerate(patterned):
        defs.append(ElementTree.fromstring(_pattern(name)))  # noqa: S314 our own text
        rules.append(f".serie-{n} rect, rect.color-{n} {{ fill: url(#p-{name}) !important; }}")
    style.text = " ".join(rules)
    return bytes(ElementTree.tostring(root, encoding="utf-8"))


def _pattern(name: str) -> str:
    return (
        f'<pattern id="p-{name}" width="10" height="10" '
        f'patternUnits="userSpaceOnUse"><rect width="10" height="10" style="fill:{INK[name]} !important"/>'
        f"{PATTERNS[name]}</pattern>"
    )
