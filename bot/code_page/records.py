"""The second tab: the last fortnight, the reasons, who looked and the appeals, in the words of the chat."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from bot.code_page.prose import as_html, says_to, scene_of
from bot.code_page.visits import Visit
from channel.languages import translator
from domain.care import Capacity, may
from flows.core import Desk
from flows.family_words import ASKS
from flows.told import worded, words
from flows.words import Command
from store.known import Shown

SECTIONS = (
    (Command.RECORDS, words("打卡记录")),
    (Command.WHY, words("为什么是这个颜色")),
    (Command.LOOKS, words("谁看过我")),
    (Command.APPEALS, words("申诉")),
)


@dataclass(frozen=True, slots=True)
class Section:
    """One heading, and what the chat would answer to its word; no heading where all have the same answer."""

    name: str
    title: str
    text: Markup


def sections(visit: Visit, shown: Shown | None, desk: Desk) -> list[Section]:
    """All that the account may see of one person, or of nobody before a declaration; the same answer only once."""
    scene = scene_of(visit, shown, desk)
    language = visit.session.language
    capacity = shown.known.capacity if shown else Capacity.SELF
    found: list[Section] = []
    for command, title in SECTIONS:
        if not may(capacity, ASKS[command]):
            continue
        text = as_html(says_to(command, scene), language)
        if all(text != each.text for each in found):
            found.append(Section(command.value, str(worded(title, translator(language))), text))
    return found if len(found) > 1 else [replace(each, title="") for each in found]
