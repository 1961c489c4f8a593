"""What a relative is called; several people's readings in one summary; whether nothing has happened since."""

from __future__ import annotations

from dataclasses import dataclass

from domain.care import RELATIONS, relation_in
from domain.reject import Reject
from flows.core import Say
from flows.kinds.texts import YesNo
from flows.plain import Json
from flows.questions import Reading, Scene, Stay
from flows.told import relative, words
from flows.words import CONFIRM, SHOW_AGAIN, command_in, plain, word

READINGS, LAPSED = "readings", "lapsed_names"
"""Presets: [pid, name, reading] of everybody; the names of those whose code is grey."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A word for a relative: one of a numbered list, or one's own. Reasons: those of `domain.care.relation_in`."""

    def parse(self, text: str, scene: Scene) -> Json:
        said = plain(text)
        if said.isdigit() and 1 <= int(said) <= len(RELATIONS):
            said = list(RELATIONS)[int(said) - 1]
        elif command_in(said) is not None:
            raise Reject("relation_word", "6")
        return relation_in(said, frozenset(each.relation for each in scene.family))

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_relation", {"sentence": sentence, "labels": [relative(each) for each in RELATIONS]})

    def tell(self, value: Json) -> Json:
        return relative(str(value))


@dataclass(frozen=True, slots=True)
class Unchanged:
    """是 or 否 for all whose code is grey together. Reason: yes_no."""

    def parse(self, text: str, scene: Scene) -> Json:
        return YesNo().parse(text, scene)

    def ask(self, sentence: str, scene: Scene) -> Say:
        names = scene.answers.get(LAPSED)
        return Say("ask_unchanged", {"names": names if isinstance(names, list) else []})

    def ask_briefly(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_unchanged", {"names": []})

    def tell(self, value: Json) -> Json:
        return YesNo().tell(value)


@dataclass(frozen=True, slots=True)
class FamilySummary:
    """True once confirmed: who has which reading. Reason: family_summary."""

    def parse(self, text: str, scene: Scene) -> Reading:
        if word(text) in CONFIRM:
            return True
        if word(text) in SHOW_AGAIN:
            return Stay()
        raise Reject("family_summary")

    def ask(self, sentence: str, scene: Scene) -> Say:
        rows: list[Json] = [[name, reading] for _, name, reading in readings_of(scene)]
        return Say("ask_family_summary", {"sentence": sentence, "rows": rows})

    def ask_briefly(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_family_summary", {"sentence": sentence, "rows": []})

    def tell(self, value: Json) -> Json:
        return words("已确认")


def readings_of(scene: Scene) -> list[tuple[str, Json, str]]:
    """(pid, name, reading) of everybody, as the conversation was begun."""
    rows = scene.answers.get(READINGS)
    return [(str(r[0]), r[1], str(r[2])) for r in rows if isinstance(r, list)] if isinstance(rows, list) else []
