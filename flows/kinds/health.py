"""Symptoms and today's temperature."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.facts import Symptom
from domain.reject import Reject
from flows.core import Say
from flows.names import SYMPTOM_NAMES
from flows.plain import Json
from flows.questions import Scene
from flows.temperature import read_temperature
from flows.told import listed, words
from flows.words import NONE, SYMPTOM_WORDS, plain, word

_ALL = tuple(Symptom)
_LONGEST_FIRST = sorted(SYMPTOM_WORDS, key=len, reverse=True)
_FILLERS = re.compile(r"(?:[\s,，、;；.。和及跟还有点些我在]|\b(?:and|a|i have|i am)\b)+")


@dataclass(frozen=True, slots=True)
class Symptoms:
    """Several of the numbered list, or none; the value is a list of `Symptom` values in the list's order.

    `some`: the resident has said that something is wrong, so that none is no answer.
    Reasons: symptoms_unreadable, symptoms_number (detail: the highest number), symptoms_some.
    """

    some: bool = False

    def parse(self, text: str, scene: Scene) -> Json:
        if word(text) in NONE:
            if self.some:
                raise Reject("symptoms_some")
            return []
        said = plain(text).casefold()
        chosen = _by_number(said) if re.search(r"\d", said) else _by_name(said)
        return [each.value for each in _ALL if each in chosen]

    def ask(self, sentence: str, scene: Scene) -> Say:
        names: list[Json] = [words(SYMPTOM_NAMES[each]) for each in _ALL]
        return Say("ask_symptoms", {"sentence": sentence, "names": names, "some": self.some})

    def tell(self, value: Json) -> Json:
        return told_symptoms(value)


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature in degrees Celsius as a string of digits. Reasons: those of `read_temperature`, temp_unreadable."""

    def parse(self, text: str, scene: Scene) -> Json:
        value = read_temperature(text)
        if value is None:
            raise Reject("temp_unreadable")
        return str(value)

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_temperature", {"sentence": sentence})

    def tell(self, value: Json) -> str:
        return f"{value}℃"


def told_symptoms(value: Json) -> Json:
    """The names of a list of `Symptom` values, or 无."""
    if not isinstance(value, list) or not value:
        return words("无")
    return listed(words(SYMPTOM_NAMES[Symptom(str(each))]) for each in value)


def _by_number(said: str) -> set[Symptom]:
    """Numbers with anything between them. No more than nine symptoms, so 13 is 1 and 3."""
    if not re.fullmatch(r"[\d\s,，、;；.。和+/-]+", said):
        raise Reject("symptoms_unreadable")
    digits = [int(each) for each in said if each.isdigit()]
    if any(not 1 <= each <= len(_ALL) for each in digits):
        raise Reject("symptoms_number", str(len(_ALL)))
    return {_ALL[each - 1] for each in digits}


def _by_name(said: str) -> set[Symptom]:
    """Names and nothing else: 不发烧 is not taken for a fever."""
    chosen: set[Symptom] = set()
    for each in _LONGEST_FIRST:
        if each in said:
            chosen.add(SYMPTOM_WORDS[each])
            said = said.replace(each, " ")
    if not chosen or _FILLERS.sub("", said):
        raise Reject("symptoms_unreadable")
    return chosen
