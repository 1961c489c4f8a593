"""The front desk: which conversation a message starts, continues or interrupts. The one entry to all conversations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.people import Claim
from domain.places import full_name
from domain.reject import Reject
from flows.amend import AMEND
from flows.answers import ANSWERED, answer_once
from flows.appeal import APPEAL, may_appeal, progress_of
from flows.checkin import CHECKIN, check_in, undo
from flows.core import Desk, Incoming, Known, Say, SendSms, Session, Turn
from flows.declaration import DECLARATION
from flows.ended import closed, has_ended
from flows.engine import (
    answer,
    ask_again,
    back,
    begin,
    count_done,
    has_paused,
    is_late,
    reject_say,
    resume,
    take_picture,
)
from flows.exposure import EXPOSURE
from flows.kinds.phones import counted
from flows.menu import MENU_WORDS
from flows.notices import heard, with_invitation
from flows.privacy import ERASURE
from flows.questions import Flow, Scene
from flows.temperature import read_temperature
from flows.welcome import agreed, declare, followed, scanned
from flows.words import Command, command_in, word

FLOWS = {flow.name: flow for flow in (DECLARATION, CHECKIN, EXPOSURE, AMEND, ERASURE, APPEAL)}

STARTS = {
    Command.DECLARE: DECLARATION,
    Command.REDECLARE: DECLARATION,
    Command.CHECKIN: CHECKIN,
    Command.UNWELL: CHECKIN,
    Command.EXPOSURE: EXPOSURE,
    Command.AMEND: AMEND,
    Command.ERASE: ERASURE,
    Command.APPEAL: APPEAL,
}

FOR_THE_BOUND = frozenset(
    {Command.CHECKIN, Command.UNWELL, Command.UNDO, Command.EXPOSURE, Command.AMEND, Command.APPEAL}
)
"""What records something on a person, and is closed to an account whose claim is contested."""

TRUST_IN_SENT = timedelta(seconds=300)
"""A message counts for the instant it was sent when that is no longer ago: 23:59:58 is still today at midnight."""


def take(session: Session, known: Known | None, incoming: Incoming, desk: Desk) -> Turn:
    """What one message leads to. Pure; never raises on anything that a resident can send."""
    if (noted := heard(session, incoming)) is not None:
        return _numbered(noted, desk)
    recent = timedelta(0) <= desk.now - incoming.at <= TRUST_IN_SENT
    here = replace(session, following=True)
    scene = Scene(here, known, desk, at=incoming.at if recent else desk.now, sent=incoming.at)
    return _numbered(with_invitation(scene, _taken(scene, incoming)), desk)


def _numbered(turn: Turn, desk: Desk) -> Turn:
    """The turn with its effects counted into the session, and its text messages into their limit."""
    session = turn.session
    for effect in turn.effects:
        if isinstance(effect, SendSms):
            session = counted(session, desk.now)
    return replace(turn, session=replace(session, seq=session.seq + len(turn.effects)))


def _taken(scene: Scene, incoming: Incoming) -> Turn:
    if incoming.kind != "unsubscribe" and (end := closed(scene, _command_of(incoming))) is not None:
        return end
    match incoming.kind:
        case "unsubscribe":
            return Turn(replace(scene.session, following=False, conversation=None))
        case "subscribe":
            return followed(scene, incoming.key)
        case "scan":
            return scanned(scene, incoming.key)
        case "click" if clicked := _clicked(incoming.key):
            return _said(scene, clicked)
        case "text" if word(incoming.text):
            return _said(scene, incoming.text)
        case "image" if incoming.media and (turn := _pictured(scene, incoming.media)):
            return turn
        case kind:
            return _unexpected(scene, kind)


def _command_of(incoming: Incoming) -> Command | None:
    return command_in(_clicked(incoming.key) if incoming.kind == "click" else incoming.text)


def _clicked(key: str) -> str:
    """The command's word that a menu key stands for, or empty: a key of an older menu is no answer to anything."""
    return MENU_WORDS[Command(key)] if key in set(Command) else key if command_in(key) else ""


def _said(scene: Scene, text: str) -> Turn:
    command = command_in(text)
    if scene.session.consented_at is None:
        return agreed(scene) if command is Command.AGREE else _without_consent(scene, command)
    conversation = scene.session.conversation
    if conversation is None:
        return _from_outside(scene, text, command)
    flow = FLOWS.get(conversation.flow)
    outside = replace(scene, session=replace(scene.session, conversation=None))
    if flow is None:
        return _after(Say("conversation_lost"), _from_outside(outside, text, command))
    if flow is CHECKIN and has_paused(flow, scene):
        return _from_outside(outside, text, command)
    if command is not None:
        return _command_inside(flow, scene, command)
    return _text_inside(flow, scene, text)


def _without_consent(scene: Scene, command: Command | None) -> Turn:
    """Nothing is asked and nothing taken; 帮助 shows the whole notice once more."""
    if command is Command.HELP:
        return Turn(scene.session, (Say("welcome", {"community": full_name(scene.session.community)}),))
    return Turn(scene.session, (Say("consent_needed"),))


# --- nothing under way -----------------------------------------------------------------------------------------------


def _from_outside(scene: Scene, text: str, command: Command | None) -> Turn:
    if command is not None:
        return answer_once(command, scene) or _started(scene, command)
    try:
        temperature = read_temperature(text)
    except Reject as reject:
        return Turn(scene.session, (reject_say(reject),))
    if temperature is None:
        return Turn(scene.session, (Say("unclear", {"declared": scene.known is not None}),))
    if _is_contested(scene):
        return Turn(scene.session, (Say("contested"),))
    return check_in(scene, temperature)


def _started(scene: Scene, command: Command) -> Turn:
    known = scene.known
    if command in FOR_THE_BOUND and known is None:
        return Turn(scene.session, (Say("declare_first"),))
    if command in FOR_THE_BOUND and _is_contested(scene):
        return Turn(scene.session, (Say("contested"),))
    match command:
        case Command.DECLARE if known is not None and known.claim is not Claim.CONTESTED:
            return Turn(scene.session, (Say("declared_already"),))
        case Command.DECLARE | Command.REDECLARE:
            return declare(scene, Say("declaration_begins"))
        case Command.CHECKIN | Command.UNWELL:
            return check_in(scene, None, unwell=command is Command.UNWELL)
        case Command.UNDO:
            return undo(scene)
        case Command.APPEAL if known is not None:
            return _appealed(known, scene)
        case Command.EXPOSURE | Command.AMEND | Command.ERASE:
            return begin(STARTS[command], scene)
        case Command.AGREE:
            return Turn(scene.session, (Say("agreed", {"declared": known is not None}),))
        case _:
            return Turn(scene.session, (Say("nothing_open"),))


def _appealed(known: Known, scene: Scene) -> Turn:
    """An appeal, once the claim is settled: before that nobody could say whose it is."""
    if known.claim is Claim.CHECKING:
        return Turn(scene.session, (Say("colour_checking"),))
    if not may_appeal(known):
        return Turn(scene.session, (Say("appeal_enough"), progress_of(known)))
    return begin(APPEAL, scene)


def _is_contested(scene: Scene) -> bool:
    return scene.known is not None and scene.known.claim is Claim.CONTESTED


# --- a conversation under way ----------------------------------------------------------------------------------------


def _command_inside(flow: Flow, scene: Scene, command: Command) -> Turn:
    match command:
        case Command.CANCEL:
            session = replace(scene.session, conversation=None)
            return Turn(session, (Say("cancelled", {"title": flow.title}),))
        case Command.BACK:
            return back(flow, scene)
        case Command.HELP:
            return _again(flow, scene, Say("help_here", {"title": flow.title, "done": count_done(flow, scene)}))
        case Command.REDECLARE if flow is DECLARATION:
            return declare(scene, Say("declaration_begins"))
        case Command.UNWELL if flow is CHECKIN:
            return check_in(scene, None, unwell=True)
        case _ if scene.known is None and command in (*ANSWERED, Command.UNDO):
            return _again(flow, scene, Say("finish_first", {"title": flow.title}))
        case Command.UNDO:
            return _interrupted(flow, scene, _started(scene, command))
        case Command.AGREE:
            return _again(flow, scene)
        case _ if command in STARTS:
            return _again(flow, scene) if STARTS[command] is flow else _again(flow, scene, _busy(flow))
    turn = answer_once(command, scene)
    return _interrupted(flow, scene, turn) if turn is not None else _again(flow, scene)


def _text_inside(flow: Flow, scene: Scene, text: str) -> Turn:
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
    if scene.known is None or _is_contested(scene) or has_ended(scene) or flow in (CHECKIN, DECLARATION):
        return None
    try:
        temperature = read_temperature(text)
    except Reject:
        return None
    if temperature is None:
        return None
    turn = check_in(scene, temperature)
    if turn.session.conversation is not None:
        return _again(flow, scene, _busy(flow))
    return _interrupted(flow, scene, turn)


def _interrupted(flow: Flow, scene: Scene, turn: Turn) -> Turn:
    """The turn of something else, and the open question after it. A picture cannot carry a text beside it."""
    if not isinstance(turn.says, tuple):
        return replace(turn, session=scene.session)
    if has_paused(flow, scene):
        again = resume(flow, scene, *turn.says)
    else:
        again = ask_again(flow, scene, *turn.says, briefly=True)
    return replace(again, effects=(*turn.effects, *again.effects))


def _again(flow: Flow, scene: Scene, *before: Say) -> Turn:
    return resume(flow, scene, *before) if has_paused(flow, scene) else ask_again(flow, scene, *before)


def _busy(flow: Flow) -> Say:
    return Say("in_the_middle", {"title": flow.title})


def _pictured(scene: Scene, media: str) -> Turn | None:
    """A picture that answers the open question, if it is one that asks for pictures and was put before it was sent."""
    conversation = scene.session.conversation
    flow = FLOWS.get(conversation.flow) if conversation and scene.session.consented_at else None
    if flow is None or is_late(scene) or has_paused(flow, scene):
        return None
    return take_picture(flow, scene, media)


def _unexpected(scene: Scene, kind: str) -> Turn:
    """Pictures, voices, places, links, empty texts, events that nobody knows: a calm sentence and what comes next."""
    said = Say("unexpected", {"kind": kind})
    if scene.session.consented_at is None:
        return Turn(scene.session, (said, Say("consent_needed")))
    conversation = scene.session.conversation
    flow = FLOWS.get(conversation.flow) if conversation else None
    if flow is not None:
        return _again(flow, scene, said)
    return Turn(scene.session, (said, Say("what_next", {"declared": scene.known is not None})))


def _after(first: Say, turn: Turn) -> Turn:
    return replace(turn, says=(first, *turn.says)) if isinstance(turn.says, tuple) else turn
