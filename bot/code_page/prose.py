"""Pieces of a reply as HTML: the same sentences as in the chat, with everything but our own markup escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from channel.render import render_one
from flows.core import Say

_TAP = re.compile(r'<a href="weixin://bizmsgmenu\?[^"]*">([^<]*)</a>')
"""A word that the chat answers when it is tapped. On a page nobody hears it: it is shown as a word to say."""
_HEADING = re.compile("【(.+?)】(.*)")
_ITEM = "· "


def as_html(says: Sequence[Say]) -> Markup:
    """A paragraph a line; 【…】 begins a line as its heading, `· ` as an item."""
    lines = (line.strip() for say in says for line in render_one(say).splitlines())
    return Markup("").join(_line(line) for line in lines if line)


def _line(line: str) -> Markup:
    if heading := _HEADING.fullmatch(line):
        return Markup("<h3>{}</h3>").format(heading[1]) + (_paragraph(heading[2]) if heading[2] else Markup(""))
    if line.startswith(_ITEM):
        return Markup('<p class="item">{}</p>').format(_inner(line.removeprefix(_ITEM)))
    return _paragraph(line)


def _paragraph(line: str) -> Markup:
    return Markup("<p>{}</p>").format(_inner(line))


def _inner(line: str) -> Markup:
    pieces = _TAP.split(line)
    return Markup("").join(
        Markup("“<b>{}</b>”").format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces)
    )
