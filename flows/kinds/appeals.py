"""What an appeal is about, from the records behind the present colour; and pictures, a few at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.appeals import MOST_PICTURES
from domain.grounds import grounds
from domain.reject import Reject
from domain.verdict import Colour
from flows.core import Say
from flows.explaining import told_record
from flows.plain import Json
from flows.questions import Reading, Scene, Stay
from flows.standing import colour_may_show, verdict_of
from flows.told import cut, in_chinese, words
from flows.words import NO, NONE, PICTURES_DONE, word

OTHER: dict[str, Json] = {"clause": "", "fact": "", "about": words("其他问题")}
OPTIONS = 5
"""Records to choose from, the newest; a fortnight of fevers would not fit into one message."""
BRIEF = 42
"""Bytes of a label where there is little room."""


@dataclass(frozen=True, slots=True)
class Contested:
    """One of the records behind the colour, as {clause, fact, about}. What was offered is remembered, so that a number
    means what the resident saw. Below phone-verified nothing is offered that came from a list. Reason: choice."""

    def open(self, scene: Scene) -> Stay:
        return Stay(_options(scene))

    def parse(self, text: str, scene: Scene) -> Reading:
        said, offered = word(text), _offered(scene)
        for number, each in enumerate(offered, start=1):
            if said in (str(number), word(in_chinese(_about(each)))):
                return each
        raise Reject("choice", str(len(offered)))

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_choice", {"sentence": sentence, "labels": [_about(each) for each in _offered(scene)]})

    def ask_briefly(self, sentence: str, scene: Scene) -> Say:
        labels: list[Json] = [cut(_about(each), BRIEF) for each in _offered(scene)]
        return Say("ask_choice", {"sentence": sentence, "labels": labels})

    def tell(self, value: Json) -> Json:
        return _about(value)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Up to three pictures, as the platform's ids; 完成 ends them. Reason: pictures."""

    def parse(self, text: str, scene: Scene) -> Reading:
        if word(text) in PICTURES_DONE | NO | NONE:
            return _taken(scene)
        raise Reject("pictures")

    def take(self, media: str, scene: Scene) -> Reading:
        """One more picture; the last one that is taken answers the question."""
        taken = [*_taken(scene), *([] if media in _taken(scene) else [media])]
        return taken if len(taken) >= MOST_PICTURES else Stay(taken, (Say("picture_taken", {"count": len(taken)}),))

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_pictures", {"sentence": sentence, "count": len(_taken(scene))})

    def tell(self, value: Json) -> Json:
        return words("{count} 张", count=len(value)) if isinstance(value, list) and value else words("没有")


def _taken(scene: Scene) -> list[Json]:
    return list(scene.state) if isinstance(scene.state, list) else []


def _offered(scene: Scene) -> list[Json]:
    return scene.state if isinstance(scene.state, list) and scene.state else _options(scene)


def _options(scene: Scene) -> list[Json]:
    known = scene.known
    if known is None or not colour_may_show(known) or verdict_of(known, scene.desk).colour is Colour.NONE:
        return [OTHER]
    options: list[Json] = [
        {"clause": each.clause, "fact": fact.id, "about": told_record(fact, known.recorded_by)}
        for each in grounds(known.history, scene.desk.now, scene.desk.world)
        for fact in each.facts
    ]
    # A record may stand behind two clauses.
    once = {str(each["fact"]): each for each in options if isinstance(each, dict)}
    return [*list(once.values())[-OPTIONS:], OTHER]


def _about(value: Json) -> Json:
    return value.get("about", "") if isinstance(value, Mapping) else ""
