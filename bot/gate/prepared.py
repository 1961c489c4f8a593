"""What a stranger is shown, rendered once for each result and language: a scan then only fills in whose and when.

A template costs as much as the signature check; this page is the one that every gate asks for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from markupsafe import escape

from bot.gate.checking import Answer
from bot.pages import render_page
from domain.facts import SHANGHAI

_NAME, _CARD = "\ue000name\ue000", "\ue000card\ue000"
_ISSUED, _CHECKED = datetime(2001, 2, 3, 4, 5, tzinfo=UTC), datetime(2001, 2, 3, 4, 6, 7, tzinfo=UTC)
_DAY, _SECOND = "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"


def page(answer: Answer, language: str) -> str:
    """The same as the template with this answer gives."""
    shape = replace(
        answer,
        name=_NAME if answer.name else "",
        card=_CARD if answer.card else "",
        issued=_ISSUED if answer.issued else None,
        checked=_CHECKED,
        venue="",
    )
    made = _rendered(shape, language).replace(_NAME, str(escape(answer.name))).replace(_CARD, str(escape(answer.card)))
    if answer.issued is not None:
        made = made.replace(_ISSUED_TOLD, _told(answer.issued, _DAY))
    return made if answer.checked is None else made.replace(_CHECKED_TOLD, _told(answer.checked, _SECOND))


@lru_cache(maxsize=512)
def _rendered(shape: Answer, language: str) -> str:
    return render_page("gate.html", language, answer=shape, zone=SHANGHAI, guard=None, done=None, wrong="")


def _told(at: datetime, pattern: str) -> str:
    return at.astimezone(SHANGHAI).strftime(pattern)


_ISSUED_TOLD, _CHECKED_TOLD = _told(_ISSUED, _DAY), _told(_CHECKED, _SECOND)
