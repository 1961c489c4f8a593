"""Joining an employer, a school or a park by its QR, and leaving it. What is looked up or written stands in other slots
than the account's, so each of it is an Ask, answered by a message.
"""

from __future__ import annotations

import re

from domain.organisations import SCENE_PREFIX
from flows.core import Say, Turn
from flows.plain import Json
from flows.questions import Scene
from flows.staff_asks import asked
from flows.words import LONGEST, plain

_NUMBER = r"\s*(?P<number>\d{1,2})?"
_WORDS = (
    ("join_sure", re.compile(r"(?:确认加入|join)" + _NUMBER, re.IGNORECASE)),
    ("memberships", re.compile(r"我的单位|my organi[sz]ations?", re.IGNORECASE)),
    ("leave_organisation", re.compile(r"(?:退出单位|leave organi[sz]ation)" + _NUMBER, re.IGNORECASE)),
)
_ENDINGS = "。.!！~～ "


def scanned(scene: Scene, key: str) -> Turn | None:
    """The turn of an organisation's QR: what it would see is told first. None for any other QR."""
    if not key.startswith(SCENE_PREFIX):
        return None
    if scene.session.consented_at is None or scene.known is None:
        return Turn(scene.session, (Say("join_first"),))
    return asked(scene, "join_offer", id=key.removeprefix(SCENE_PREFIX))


def said(scene: Scene, text: str) -> Turn | None:
    """The turn of a word about organisations; None for everything else, and from whoever has not declared."""
    if scene.session.consented_at is None or scene.known is None:
        return None
    bare = plain(text[:LONGEST]).strip(_ENDINGS)
    for what, pattern in _WORDS:
        if match := pattern.fullmatch(bare):
            args: dict[str, Json] = {name: part for name, part in match.groupdict().items() if part}
            return asked(scene, what, **args)
    return None
