"""What a conversation is made of: a Flow is an ordered list of Questions, a Question is answered in one Kind of way.

The condition sits on the question and the order is the list; nothing names a next question. A question that comes to
mean something else, or whose Kind changes, gets a new name: answers given before a deployment are kept by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from domain.facts import By, day_of
from flows.core import Desk, Known, Say, Session, Turn
from flows.effects import Effect
from flows.plain import Json
from flows.told import READER, relative, words

FOR, RELATION = "for", "relation"
"""Presets of a conversation about a relative: whom, and what the resident calls them."""


@dataclass(frozen=True, slots=True)
class Scene:
    """All that one turn may look at. `at` is the instant recorded in facts, `sent` the platform's CreateTime."""

    session: Session
    known: Known | None
    desk: Desk
    at: datetime
    sent: datetime
    answers: Mapping[str, Json] = field(default_factory=dict)
    state: Json = None
    """What the asked question remembers about itself between messages: a page, the attempts at a code."""
    family: tuple[Known, ...] = ()
    """The relatives that the account acts for or asked to act for, in the order in which they were added."""

    @property
    def today(self) -> date:
        return day_of(self.at)

    @property
    def who(self) -> str:
        """Whom it is about, as the resident calls them; empty: the resident."""
        return str(self.answers.get(RELATION, ""))

    @property
    def by(self) -> By:
        """Who says what is said here."""
        return By.CARER if self.who else By.SELF

    @property
    def subject(self) -> dict[str, Json]:
        """What a conversation about the same person begins with."""
        return {FOR: self.known.pid.hex(), RELATION: self.who} if self.who and self.known else {}

    def about(self, relative: Known) -> Scene:
        """The same scene about a relative, before any conversation."""
        return replace(self, known=relative, answers={RELATION: relative.relation})

    def with_answers(self, answers: Mapping[str, Json]) -> Scene:
        """The scene of a conversation: about the relative that it was begun about, who may be one no more."""
        if FOR not in answers:
            return replace(self, answers=answers)
        known = next((each for each in self.family if each.pid.hex() == answers[FOR]), None)
        return replace(self, known=known, answers=answers)

    def effect_id(self, index: int = 0) -> str:
        """The id of the fact in the effect at `index` of this turn."""
        return f"{self.session.tag}-{self.session.seq + index + 1}"


@dataclass(frozen=True, slots=True)
class Stay:
    """The same question goes on with a new state of its own, perhaps with a word before it and effects."""

    state: Json = None
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Redo:
    """The answer to another question is dropped, and that question asked."""

    question: str


Reading = Json | Stay | Redo
"""What a text means to a question: its answer, or one of the two other things that can happen."""


class Kind(Protocol):
    """A way of answering: pure, frozen, with a table test."""

    def parse(self, text: str, scene: Scene) -> Reading:
        """What the text means here. Raises Reject."""

    def ask(self, sentence: str, scene: Scene) -> Say:
        """The question as a piece of a reply."""

    def tell(self, value: Json) -> Json:
        """An answer as the summary reads it back: what was typed, or what is ours to word (`flows.told`)."""


@runtime_checkable
class Opens(Protocol):
    """A kind that must do something when its question is first put, such as sending a code."""

    def open(self, scene: Scene) -> Stay: ...


@runtime_checkable
class Steps(Protocol):
    """A kind of several steps inside one question: 上一步 goes back inside it first."""

    def step_back(self, state: Json) -> Stay | None:
        """One step back, or None at the first step."""


@runtime_checkable
class Briefly(Protocol):
    """A kind whose question is long: beside another long text it is asked in short."""

    def ask_briefly(self, sentence: str, scene: Scene) -> Say: ...


@runtime_checkable
class TakesPictures(Protocol):
    """A kind that is answered by pictures too."""

    def take(self, media: str, scene: Scene) -> Reading:
        """One picture, by the platform's id."""


Condition = Callable[[Scene], bool]


def always(scene: Scene) -> bool:
    return True


def answered(question: str, *values: Json) -> Condition:
    """Whether the question has one of these answers."""
    return lambda scene: question in scene.answers and scene.answers[question] in values


def either(*conditions: Condition) -> Condition:
    return lambda scene: any(condition(scene) for condition in conditions)


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    sentence: str
    """May name whom it is about as {who}."""
    kind: Kind
    when: Condition = always
    label: str = ""
    """What the summary calls it; a question without a label is not in the summary."""
    follows: str = ""
    """A question whose new answer makes this one's answer void: the code follows the telephone."""
    fresh: bool = False
    """An answer that holds on its own day only: it is asked again when the conversation goes on another day."""

    def ask(self, scene: Scene) -> Say:
        return self._about(self.kind.ask(self.sentence, scene), scene)

    def ask_briefly(self, scene: Scene) -> Say | None:
        """In short, where the question is a long one."""
        if not isinstance(self.kind, Briefly):
            return None
        return self._about(self.kind.ask_briefly(self.sentence, scene), scene)

    def _about(self, say: Say, scene: Scene) -> Say:
        """The same, with the sentence as words of ours, about whom it is."""
        who = relative(scene.who) if scene.who else READER
        parts: dict[str, Json] = {"who": who} if "{who}" in self.sentence else {}
        sentence = {"sentence": words(self.sentence, **parts)} if "sentence" in say.args else {}
        return replace(say, args={**say.args, **sentence}, who=scene.who)


@dataclass(frozen=True, slots=True)
class Flow:
    """A conversation. `submit` gets a scene whose answers are exactly those whose conditions still hold, and presets
    (answers to no question, given at the beginning); its session has no conversation any more."""

    name: str
    title: str
    questions: tuple[Question, ...]
    submit: Callable[[Scene], Turn]
    of_staff: bool = False
    """Done at work: nothing of one's own is asked, so it needs no consent of one's own."""

    def question(self, name: str) -> Question | None:
        return next((each for each in self.questions if each.name == name), None)
