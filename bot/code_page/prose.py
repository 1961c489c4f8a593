"""What the chat would say, and its pieces as HTML: with everything but our own markup escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from bot.code_page.visits import Visit
from channel.render import render_one
from flows.answers import answer_once
from flows.core import Desk, Say
from flows.ended import closed
from flows.engine import about
from flows.questions import Scene
from flows.words import Command
from store.known import Shown

_TAP = re.compile(r'<a href="weixin://bizmsgmenu\?[^"]*">([^<]*)</a>')
"""A word that the chat answers when it is tapped. On a page nobody hears it: it is shown as a word to say."""
_HEADING = re.compile("【(.+?)】(.*)")
_ITEM = "· "


def scene_of(visit: Visit, shown: Shown | None, desk: Desk) -> Scene:
    """The chat with one person in it, oneself or a relative, or with nobody before a declaration."""
    scene = Scene(visit.session, shown.known if shown else None, desk, at=visit.now, sent=visit.now)
    return scene.about(shown.known) if shown and shown.relation else scene


def says_to(command: Command, scene: Scene) -> tuple[Say, ...]:
    """What the chat answers to a word."""
    turn = closed(scene, command) or answer_once(command, scene)
    says = about(turn, scene.who).says if turn else ()
    return says if isinstance(says, tuple) else ()


def as_html(says: Sequence[Say], language: str) -> Markup:
    """A paragraph a line; 【…】 begins a line as its heading, `· ` as an item."""
    lines = (line.strip() for say in says for line in render_one(say, language).splitlines())
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
