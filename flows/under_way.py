"""A conversation is under way: commands in the middle of it, answers, and what is said beside it."""

from __future__ import annotations

from dataclasses import replace

from domain.reject import Reject
from flows.answers import ANSWERED, answer_once
from flows.catalogue import FLOWS, STARTS
from flows.checkin import CHECKIN, check_in
from flows.core import Say, Turn
from flows.declaration import DECLARATION
from flows.ended import has_ended
from flows.engine import (
    answer,
    ask_again,
    back,
    count_done,
    has_paused,
    in_conversation,
    is_late,
    reject_say,
    resume,
    take_picture,
)
from flows.outside import is_contested, started
from flows.questions import Flow, Scene
from flows.reminding import REMINDING, SWITCHES
from flows.temperature import read_temperature
from flows.welcome import declare
from flows.words import Command


def command_inside(flow: Flow, scene: Scene, command: Command) -> Turn:
    match command:
        case Command.CANCEL:
            session = replace(scene.session, conversation=None)
            return Turn(session, (Say("cancelled", {"title": flow.title}),))
        case Command.BACK:
            return back(flow, scene)
        case Command.HELP:
            return again(flow, scene, Say("help_here", {"title": flow.title, "done": count_done(flow, scene)}))
        case Command.REDECLARE if flow is DECLARATION:
            return declare(scene, Say("declaration_begins"))
        case _ if flow is REMINDING and command in SWITCHES and (turn := answer_once(command, scene)) is not None:
            return replace(turn, session=replace(scene.session, conversation=None))
        case Command.UNWELL if flow is CHECKIN:
            return check_in(in_conversation(scene), None, unwell=True)
        case _ if scene.known is None and command in (*ANSWERED, Command.UNDO):
            return again(flow, scene, Say("finish_first", {"title": flow.title}))
        case Command.UNDO:
            return interrupted(flow, scene, started(scene, command))
        case Command.AGREE:
            return again(flow, scene)
        case _ if command in STARTS:
            return again(flow, scene) if STARTS[command] is flow else again(flow, scene, _busy(flow))
    turn = answer_once(command, scene)
    return interrupted(flow, scene, turn) if turn is not None else again(flow, scene)


def text_inside(flow: Flow, scene: Scene, text: str) -> Turn:
    if is_late(scene):
        return ask_again(flow, scene, Say("late"))
    if has_paused(flow, scene):
        turn = _checked_in_passing(flow, scene, text)
        return turn or resume(flow, scene)
    try:
        return answer(flow, scene, text)
    except Reject as reject:
        return _checked_in_passing(flow, scene, text) or ask_again(flow, scene, reject_say(reject))


def _checked_in_passing(flow: Flow, scene: Scene, text: str) -> Turn | None:
    """A temperature that answers no question is today's check-in all the same; the conversation goes on after it."""
    if scene.known is None or is_contested(scene) or has_ended(scene) or flow in (CHECKIN, DECLARATION):
        return None
    try:
        temperature = read_temperature(text)
    except Reject:
        return None
    if temperature is None:
        return None
    turn = check_in(scene, temperature)
    if turn.session.conversation is not None:
        return again(flow, scene, _busy(flow))
    return interrupted(flow, scene, turn)


def interrupted(flow: Flow, scene: Scene, turn: Turn) -> Turn:
    """The turn of something else, and the open question after it. A picture cannot carry a text beside it."""
    if not isinstance(turn.says, tuple):
        return replace(turn, session=scene.session)
    if has_paused(flow, scene):
        asked = resume(flow, scene, *turn.says)
    else:
        asked = ask_again(flow, scene, *turn.says, briefly=True)
    return replace(asked, effects=(*turn.effects, *asked.effects))


def again(flow: Flow, scene: Scene, *before: Say) -> Turn:
    return resume(flow, scene, *before) if has_paused(flow, scene) else ask_again(flow, scene, *before)


def _busy(flow: Flow) -> Say:
    return Say("in_the_middle", {"title": flow.title})


def pictured(scene: Scene, media: str) -> Turn | None:
    """A picture that answers the open question, if it is one that asks for pictures and was put before it was sent."""
    conversation = scene.session.conversation
    flow = FLOWS.get(conversation.flow) if conversation and scene.session.consented_at else None
    if flow is None or is_late(scene) or has_paused(flow, scene):
        return None
    return take_picture(flow, scene, media)
