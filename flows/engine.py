"""The engine: puts a flow's questions in order, files answers under the question that was asked, goes back, resumes.

A turn on an open conversation, in order: a message older than the question gets the question again; after a long
pause, or when an answer of the day has grown old, the engine says where we were and asks again, and takes nothing as
an answer; else the text answers the asked question, or is refused with a reason and the question stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from domain.facts import day_of
from domain.reject import Reject
from flows.core import Conversation, Say, Turn
from flows.plain import Json
from flows.questions import Flow, Opens, Question, Reading, Redo, Scene, Stay, Steps, TakesPictures
from flows.told import told_day, words

LONG_PAUSE = timedelta(hours=12)
"""After it people have forgotten what was asked; a short word is more likely meant for something else."""
CLOCK_SLACK = timedelta(seconds=300)
"""A question from further in the future than this was asked by a clock that has been set back since."""


def begin(flow: Flow, scene: Scene, presets: Mapping[str, Json] | None = None, before: tuple[Say, ...] = ()) -> Turn:
    """Start a flow; `presets` are answers known already. A conversation under way is replaced."""
    fresh = replace(scene, session=replace(scene.session, conversation=None)).with_answers(dict(presets or {}))
    return _ask_next(flow, fresh, before)


def answer(flow: Flow, scene: Scene, text: str) -> Turn:
    """Take a text as the answer to the asked question of the conversation under way.

    Raises Reject when the text is no answer; the caller decides what else it may be.
    """
    here = in_conversation(scene)
    question = _asked(flow, here)
    if question is None:
        return _ask_next(flow, here, (Say("form_changed", {"title": flow.title}),))
    return _read(flow, here, question, question.kind.parse(text, _within(here, question)))


def take_picture(flow: Flow, scene: Scene, media: str) -> Turn | None:
    """Take a picture as the answer to the asked question, or a part of it; None where it is no answer."""
    here = in_conversation(scene)
    question = _asked(flow, here)
    if question is None or not isinstance(question.kind, TakesPictures):
        return None
    return _read(flow, here, question, question.kind.take(media, _within(here, question)))


def _within(scene: Scene, question: Question) -> Scene:
    """The scene with what the question remembers about itself."""
    return replace(scene, state=scene.answers.get(_state_key(question)))


def _read(flow: Flow, here: Scene, question: Question, reading: Reading) -> Turn:
    match reading:
        case Stay() as stay:
            return _ask(flow, here, question, stay)
        case Redo(name):
            return _ask_next(flow, replace(here, answers=without(flow, here.answers, name)))
        case value:
            kept = without(flow, here.answers, question.name)
            return _ask_next(flow, replace(here, answers={**kept, question.name: value}))


def ask_again(flow: Flow, scene: Scene, *before: Say, briefly: bool = False) -> Turn:
    """The open question once more, after something else was said; `briefly` if that was long."""
    here = in_conversation(scene)
    question = _asked(flow, here)
    if question is None:
        return _ask_next(flow, here, before)
    turn = _ask(flow, here, question, Stay(here.answers.get(_state_key(question)), before))
    if briefly and (short := question.ask_briefly(here)) is not None:
        return replace(turn, says=(*before, short))
    return turn


def back(flow: Flow, scene: Scene) -> Turn:
    """Drop the last answer and ask its question again; inside a question of several steps, one step back."""
    here = in_conversation(scene)
    question = _asked(flow, here)
    if question is not None and isinstance(question.kind, Steps):
        step = question.kind.step_back(here.answers.get(_state_key(question)))
        if step is not None:
            return _ask(flow, here, question, step)
    done = _answered_before(flow, here, question)
    if not done:
        return ask_again(flow, scene, Say("first_question"))
    return _ask_next(flow, replace(here, answers=without(flow, here.answers, done[-1].name)), again=done[-1])


def is_late(scene: Scene) -> bool:
    """Whether the message was sent before the question that it would answer."""
    conversation = scene.session.conversation
    if conversation is None or conversation.asked_at > scene.desk.now + CLOCK_SLACK:
        return False
    return scene.sent < conversation.asked_at


def has_paused(flow: Flow, scene: Scene) -> bool:
    """Whether to say where we were before taking answers again: a long pause, or an answer that was for its day."""
    conversation = scene.session.conversation
    if conversation is None:
        return False
    old = day_of(conversation.asked_at) != scene.today and any(
        each.fresh and each.name in conversation.answers for each in flow.questions
    )
    return old or scene.sent - conversation.asked_at >= LONG_PAUSE


def resume(flow: Flow, scene: Scene, *before: Say) -> Turn:
    """Say where we were and ask again; what was answered for another day is asked anew."""
    here = in_conversation(scene)
    answers = here.answers
    conversation = scene.session.conversation
    if conversation is not None and day_of(conversation.asked_at) != scene.today:
        for each in flow.questions:
            if each.fresh and each.name in answers:
                answers = without(flow, answers, each.name)
    says = (*before, Say("resume", {"title": flow.title, "done": _count(flow, answers)}))
    if answers is not here.answers:
        return _ask_next(flow, replace(here, answers=answers), says)
    return ask_again(flow, scene, *says)


def in_conversation(scene: Scene) -> Scene:
    """The scene with the answers of its conversation, about whom that is."""
    conversation = scene.session.conversation
    return scene.with_answers(conversation.answers if conversation else {})


def without(flow: Flow, answers: Mapping[str, Json], name: str) -> dict[str, Json]:
    """The answers less that of a question, and of all that follow from it.

    What a kind that opens remembers stays: going back must not make a new code out of it, nor new attempts.
    """
    gone = {name}
    for each in flow.questions:
        if each.follows in gone:
            gone.add(each.name)
        if each.name in gone and not isinstance(each.kind, Opens):
            gone.add(_state_key(each))
    return {key: value for key, value in answers.items() if key not in gone}


def count_done(flow: Flow, scene: Scene) -> int:
    return _count(flow, in_conversation(scene).answers)


def _count(flow: Flow, answers: Mapping[str, Json]) -> int:
    return sum(1 for each in flow.questions if each.name in answers)


def _state_key(question: Question) -> str:
    return f"{question.name}~"


def _asked(flow: Flow, scene: Scene) -> Question | None:
    """The question that was put, if this version of the flow still has it and still wants it answered."""
    conversation = scene.session.conversation
    question = flow.question(conversation.asked) if conversation else None
    if question is None or question.name in scene.answers or not question.when(scene):
        return None
    return question


def _answered_before(flow: Flow, scene: Scene, asked: Question | None) -> list[Question]:
    place = flow.questions.index(asked) if asked else len(flow.questions)
    return [each for each in flow.questions[:place] if each.name in scene.answers and each.when(scene)]


def _ask_next(flow: Flow, scene: Scene, before: tuple[Say, ...] = (), again: Question | None = None) -> Turn:
    """Ask the first question that is wanted and open, or submit. `again` is asked even out of its turn."""
    question = again or next((q for q in flow.questions if q.name not in scene.answers and q.when(scene)), None)
    if question is None:
        return _submit(flow, scene, before)
    if isinstance(question.kind, Opens):
        state = scene.answers.get(_state_key(question))
        opened = question.kind.open(replace(scene, state=state))
        return _ask(flow, scene, question, replace(opened, says=(*before, *opened.says)))
    return _ask(flow, scene, question, Stay(None, before))


def _ask(flow: Flow, scene: Scene, question: Question, stay: Stay) -> Turn:
    answers = {key: value for key, value in scene.answers.items() if key != _state_key(question)}
    if stay.state is not None:
        answers[_state_key(question)] = stay.state
    earlier = scene.session.conversation
    asked_at = scene.sent
    if earlier is not None and asked_at < earlier.asked_at <= scene.desk.now + CLOCK_SLACK:
        asked_at = earlier.asked_at
    conversation = Conversation(flow.name, question.name, asked_at, answers)
    said = question.ask(replace(scene, answers=answers, state=stay.state))
    return Turn(replace(scene.session, conversation=conversation), (*stay.says, said), stay.effects)


def _submit(flow: Flow, scene: Scene, before: tuple[Say, ...]) -> Turn:
    done = replace(scene, session=replace(scene.session, conversation=None), answers=_standing(flow, scene))
    turn = about(flow.submit(done), done.who)
    if before and isinstance(turn.says, tuple):
        return replace(turn, says=(*before, *turn.says))
    return turn


def about(turn: Turn, who: str) -> Turn:
    """The turn, with whom its pieces are about."""
    if not who or not isinstance(turn.says, tuple):
        return turn
    return replace(turn, says=tuple(replace(say, who=say.who or who) for say in turn.says))


def _standing(flow: Flow, scene: Scene) -> dict[str, Json]:
    """The presets, and the answers whose conditions still hold, judged in the order of the questions."""
    asked = {each.name for each in flow.questions}
    kept = {key: value for key, value in scene.answers.items() if key not in asked and not key.endswith("~")}
    for each in flow.questions:
        if each.name in scene.answers and each.when(replace(scene, answers=kept)):
            kept[each.name] = scene.answers[each.name]
    return kept


def reject_say(reject: Reject) -> Say:
    detail: Json = reject.detail
    if reject.reason == "day_early":
        detail = told_day(date.fromisoformat(reject.detail))
    elif reject.reason == "exact_word":
        detail = words(reject.detail)
    return Say("reject", {"reason": str(reject.reason), "detail": detail})
