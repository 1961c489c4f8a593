"""Names, free text, yes or no, one of a list, one exact word."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from domain.people import parse_name
from domain.reject import Reject
from flows.core import Say
from flows.plain import Json
from flows.questions import Scene
from flows.told import words
from flows.words import ANSWERS, NO, NONE, YES, plain, word


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name; the value is its normal form. Reasons: those of `domain.people.parse_name`; name_word (detail: the word),
    for 没有, 确认 and whatever else answers other questions: nobody is called that, somebody is asked again."""

    def parse(self, text: str, scene: Scene) -> Json:
        if word(text) in ANSWERS:
            raise Reject("name_word", plain(text))
        return parse_name(text)

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_text", {"sentence": sentence, "example": ""})

    def tell(self, value: Json) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Text:
    """A few words with at least two letters or hanzi, so that a reading or a list number is not taken for an address.

    Reasons: text_short, text_long (detail: the most characters).
    """

    example: str = ""
    most: int = 60

    def parse(self, text: str, scene: Scene) -> Json:
        line = "".join(each for each in plain(text) if unicodedata.category(each) not in {"Cf", "Cs"})
        if len(line) > self.most:
            raise Reject("text_long", str(self.most))
        if sum(1 for each in line if each.isalpha()) < 2:
            raise Reject("text_short")
        return line

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_text", {"sentence": sentence, "example": self.example})

    def tell(self, value: Json) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class YesNo:
    """True or False, by a word and never by a number: a slip here costs people a colour. Reason: yes_no."""

    def parse(self, text: str, scene: Scene) -> Json:
        said = word(text)
        if said in YES:
            return True
        if said in NO:
            return False
        raise Reject("yes_no")

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_yes_no", {"sentence": sentence})

    def tell(self, value: Json) -> Json:
        return words("是") if value is True else words("否")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a numbered list of (value, label), by its number or its label. Reason: choice (detail: how many).

    `no` is the value that a plain 否, 没有 or 无 means, where one of the options is a no.
    """

    options: tuple[tuple[str, str], ...]
    no: str = ""

    def parse(self, text: str, scene: Scene) -> Json:
        said = word(text)
        for number, (value, label) in enumerate(self.options, start=1):
            if said in (str(number), word(label)):
                return value
        if self.no and said in NO | NONE:
            return self.no
        raise Reject("choice", str(len(self.options)))

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_choice", {"sentence": sentence, "labels": [words(label) for _, label in self.options]})

    def tell(self, value: Json) -> Json:
        return words(dict(self.options).get(str(value), str(value)))


@dataclass(frozen=True, slots=True)
class ExactWord:
    """One word that cannot be sent by accident. Reason: exact_word (detail: the word)."""

    wanted: str
    also: frozenset[str] = frozenset()
    """The same in other languages."""

    def parse(self, text: str, scene: Scene) -> Json:
        if word(text) not in {word(each) for each in (self.wanted, *self.also)}:
            raise Reject("exact_word", self.wanted)
        return True

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_word", {"sentence": sentence, "wanted": self.wanted})

    def tell(self, value: Json) -> Json:
        return words(self.wanted)
