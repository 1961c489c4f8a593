"""What a stranger is shown, rendered once for each result and language: a scan then only fills in whose and when.

A template costs as much as the signature check; this page is the one that every gate asks for.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from markupsafe import escape

from bot.gate.checking import Answer
from bot.pages import render_page
from domain.facts import SHANGHAI
from domain.gate import Result

_NAME, _CARD = "\ue000name\ue000", "\ue000card\ue000"
_AT = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)


def page(answer: Answer, language: str) -> str:
    """The same as the template with this answer gives."""
    shape = (answer.result, answer.live, bool(answer.name), bool(answer.card), answer.issued is not None, language)
    own = {
        _NAME: str(escape(answer.name)),
        _CARD: str(escape(answer.card)),
        _MINUTE: _told(answer.issued, "minutes"),
        _SECOND: _told(answer.checked, "seconds"),
    }
    return "".join([own.get(part, part) for part in _parts(*shape)])


@lru_cache(maxsize=512)
def _parts(result: Result, live: bool, named: bool, carded: bool, issued: bool, language: str) -> tuple[str, ...]:
    """The page, cut where something of its own stands."""
    shape = Answer(result, live, _NAME if named else "", _AT if issued else None, _AT, _CARD if carded else "")
    made = render_page("gate.html", language, answer=shape, zone=SHANGHAI, guard=None, done=None, wrong="")
    return tuple(_CUT.split(made))


def _told(at: datetime | None, precision: str) -> str:
    return "" if at is None else at.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(" ", precision)


_MINUTE, _SECOND = _told(_AT, "minutes"), _told(_AT, "seconds")
_CUT = re.compile(f"({_NAME}|{_CARD}|{_SECOND}|{_MINUTE})")
