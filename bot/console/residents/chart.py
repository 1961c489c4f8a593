"""The temperatures of one person as a picture, drawn on the server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

import pygal
from pygal.style import Style

from bot.console.prose import _
from domain.facts import SHANGHAI, day_of
from domain.notices import in_force
from domain.timeline import Reading

STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    foreground="#1a1d21",
    foreground_strong="#1a1d21",
    foreground_subtle="#565e67",
    colors=("#0b57a4", "#a4161a"),
    font_family="system-ui, sans-serif",
    label_font_size=20,
    major_label_font_size=20,
    value_label_font_size=18,
    legend_font_size=20,
    title_font_size=22,
    no_data_font_size=28,
)
LOWEST, HIGHEST = 35.5, 39.5
WIDTH, HEIGHT = 600, 320
"""Small enough to be read on a telephone."""
MOST_LABELS = 6


def temperatures(readings: Sequence[Reading], now: datetime) -> bytes:
    """SVG: every reading as a point over its instant, and the line from which on it is a fever."""
    fever = in_force(day_of(now)).limits.fever.value
    chart = pygal.DateTimeLine(
        style=STYLE,
        js=(),
        width=WIDTH,
        height=HEIGHT,
        margin=12,
        dots_size=6,
        show_legend=True,
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        x_label_rotation=0,
        truncate_label=-1,
        truncate_legend=-1,
        no_data_text=_("没有体温记录"),
        x_value_formatter=lambda at: at.astimezone(SHANGHAI).strftime("%m-%d"),
        value_formatter=lambda value: f"{value:.1f}",
        explicit_size=False,
        disable_xml_declaration=False,
    )
    if readings:
        values = [float(each.temperature) for each in readings]
        chart.range = (min([LOWEST, *values]), max([HIGHEST, *values]))
        chart.x_labels = _days(readings)
        chart.add(_("体温"), [(each.at, float(each.temperature)) for each in readings])
        chart.add(_("发热线 %(value)s℃", value=fever), _line(readings, fever), show_dots=False)
    drawn: bytes = chart.render()
    return drawn


def _line(readings: Sequence[Reading], fever: Decimal) -> list[tuple[datetime, float]]:
    return [(readings[0].at, float(fever)), (readings[-1].at, float(fever))]


def _days(readings: Sequence[Reading]) -> list[datetime]:
    """Midnights to be named below: every day, or every second, third … of a longer time."""
    first, last = (at.astimezone(SHANGHAI).date() for at in (readings[0].at, readings[-1].at))
    step = max(1, -(-((last - first).days + 1) // MOST_LABELS))
    days = range(0, (last - first).days + 1, step)
    return [datetime.combine(first + timedelta(days=each), time(), SHANGHAI) for each in days]
