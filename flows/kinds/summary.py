"""The numbered summary at the end: 确认, or a number to change that answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.reject import Reject
from flows.core import Say
from flows.plain import Json
from flows.questions import Question, Reading, Redo, Scene, Stay
from flows.told import words
from flows.words import CONFIRM, SHOW_AGAIN, word


@dataclass(frozen=True, slots=True)
class Summary:
    """True once confirmed. Reason: summary (detail: the highest number)."""

    questions: Callable[[], tuple[Question, ...]]

    def parse(self, text: str, scene: Scene) -> Reading:
        said, listed = word(text), self._listed(scene)
        if said in CONFIRM:
            return True
        if said in SHOW_AGAIN:
            return Stay()
        if said.isascii() and said.isdigit() and len(said) <= 2 and 1 <= int(said) <= len(listed):
            return Redo(listed[int(said) - 1].name)
        raise Reject("summary", str(len(listed)))

    def ask(self, sentence: str, scene: Scene) -> Say:
        lines: list[Json] = [
            [question.label, question.kind.tell(scene.answers[question.name])] for question in self._listed(scene)
        ]
        return Say("ask_summary", {"sentence": sentence, "lines": lines})

    def ask_briefly(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_summary_briefly")

    def tell(self, value: Json) -> Json:
        return words("已确认")

    def _listed(self, scene: Scene) -> list[Question]:
        return [each for each in self.questions() if each.label and each.name in scene.answers and each.when(scene)]
