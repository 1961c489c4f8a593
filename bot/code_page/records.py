"""The second tab: the last fortnight, the reasons, who looked and the appeals, in the words of the chat."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from bot.code_page.prose import as_html
from bot.code_page.visits import Visit
from flows.answers import answer_once
from flows.core import Desk
from flows.ended import closed
from flows.questions import Scene
from flows.words import Command
from store.known import Shown

SECTIONS = (
    (Command.RECORDS, "打卡记录"),
    (Command.WHY, "为什么是这个颜色"),
    (Command.LOOKS, "谁看过我"),
    (Command.APPEALS, "申诉"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """One heading, and what the chat would answer to its word; no heading where all have the same answer."""

    name: str
    title: str
    text: Markup


def sections(visit: Visit, shown: Shown | None, desk: Desk) -> list[Section]:
    """All of it for one person, or nobody before a declaration; the same answer only once."""
    scene = Scene(visit.session, shown.known if shown else None, desk, at=visit.now, sent=visit.now)
    found: list[Section] = []
    for command, title in SECTIONS:
        turn = closed(scene, command) or answer_once(command, scene)
        text = as_html(turn.says if turn and isinstance(turn.says, tuple) else ())
        if all(text != each.text for each in found):
            found.append(Section(command.value, title, text))
    return found if len(found) > 1 else [replace(each, title="") for each in found]
