"""The front desk: which conversation a message starts, continues or interrupts. The one entry to all conversations.

Staff are asked first (`flows.staff`); then what is under way (`flows.under_way`) or nothing is (`flows.outside`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from domain.places import full_name
from domain.venues import venue_in
from flows import authorising, family, organisations, staff
from flows.catalogue import FLOWS
from flows.checkin import CHECKIN
from flows.core import Desk, Incoming, Known, Say, Session, Turn
from flows.effects import SendSms
from flows.ended import closed
from flows.engine import has_paused
from flows.kinds.phones import counted
from flows.menu import MENU_WORDS
from flows.notices import heard, with_invitation
from flows.outside import from_outside
from flows.questions import Scene
from flows.under_way import again, command_inside, interrupted, pictured, text_inside
from flows.visiting import visited
from flows.welcome import agreed, followed, scanned
from flows.words import Command, command_in, word

ENGLISH, FEWEST_LETTERS = re.compile(r"[A-Za-z][A-Za-z ,.!?'’-]*"), 4
"""Words of a language, and not “ok”, “hi” or a number: people who read Chinese type those too."""
TRUST_IN_SENT = timedelta(seconds=300)
"""A message counts for the instant it was sent when that is no longer ago: 23:59:58 is still today at midnight."""


def take(
    session: Session, known: Known | None, incoming: Incoming, desk: Desk, relatives: tuple[Known, ...] = ()
) -> Turn:
    """What one message leads to; `known` is the account's own person, `relatives` those it acts for.

    Pure; never raises on anything that a resident can send.
    """
    if (noted := heard(session, incoming)) is not None:
        return _numbered(noted, desk)
    recent = timedelta(0) <= desk.now - incoming.at <= TRUST_IN_SENT
    here = replace(session, following=True)
    scene = Scene(here, known, desk, at=incoming.at if recent else desk.now, sent=incoming.at, family=relatives)
    return _numbered(with_invitation(scene, _taken(scene, incoming)), desk)


def _numbered(turn: Turn, desk: Desk) -> Turn:
    """The turn with its effects counted into the session, and its text messages into their limit."""
    session = turn.session
    for effect in turn.effects:
        if isinstance(effect, SendSms):
            session = counted(session, desk.now)
    return replace(turn, session=replace(session, seq=session.seq + len(turn.effects)))


def _taken(scene: Scene, incoming: Incoming) -> Turn:
    if (turn := staff.said(scene, _text_of(incoming))) is not None:
        return _beside(scene, turn)
    if incoming.kind in ("scan", "subscribe") and (turn := _scanned(scene, incoming.key)) is not None:
        return _beside(scene, turn) if incoming.kind == "scan" else _with_welcome(scene, turn)
    if (turn := organisations.said(scene, _text_of(incoming))) is not None:
        return _beside(scene, turn)
    if (language := LANGUAGES.get(_command_of(incoming)) or _written_in(scene, incoming)) is not None:
        return in_language(scene, language)
    if incoming.kind != "unsubscribe" and (end := closed(scene, _command_of(incoming))) is not None:
        return end
    match incoming.kind:
        case "unsubscribe":
            return Turn(replace(scene.session, following=False, conversation=None))
        case "subscribe":
            return visited(scene, incoming.key, followed(scene, incoming.key))
        case "scan" if _has_agreed(scene) and (turn := authorising.scanned(scene, incoming.key)):
            return _beside(scene, turn)
        case "scan" if venue_in(incoming.key):
            return visited(scene, incoming.key, _said(scene, MENU_WORDS[Command.CODE]))
        case "scan":
            return scanned(scene, incoming.key)
        case "click" if clicked := _clicked(incoming.key):
            return _said(scene, clicked)
        case "text" if word(incoming.text):
            return _said(scene, incoming.text)
        case "image" if incoming.media and (turn := pictured(scene, incoming.media)):
            return turn
        case kind:
            return _unexpected(scene, kind)


LANGUAGES: dict[Command | None, str] = {Command.ENGLISH: "en", Command.CHINESE: "zh"}


def _written_in(scene: Scene, incoming: Incoming) -> str | None:
    """English, if somebody who has chosen no language and agreed to nothing yet writes words of it; 同意 goes on."""
    chosen = scene.session.language or _has_agreed(scene) or _command_of(incoming) is Command.AGREE
    is_english = ENGLISH.fullmatch(incoming.text.strip()) and sum(map(str.isalpha, incoming.text)) >= FEWEST_LETTERS
    return "en" if incoming.kind == "text" and is_english and not chosen else None


def in_language(scene: Scene, language: str) -> Turn:
    """From now on in this language: what was open is said again in it, and nothing else changes."""
    here = replace(scene, session=replace(scene.session, language=language))
    said = Say("language")
    if (end := closed(here, None)) is not None:
        return end
    if not _has_agreed(here):
        return Turn(here.session, (Say("welcome", {"community": full_name(here.session.community)}),))
    conversation = here.session.conversation
    flow = FLOWS.get(conversation.flow) if conversation else None
    if flow is not None:
        return again(flow, here, said)
    return Turn(here.session, (said, Say("what_next", {"declared": here.known is not None})))


def _text_of(incoming: Incoming) -> str:
    """What was typed, or what a tap on the menu stands for."""
    return _clicked(incoming.key) if incoming.kind == "click" else incoming.text


def _command_of(incoming: Incoming) -> Command | None:
    return command_in(_text_of(incoming))


def _beside(scene: Scene, turn: Turn) -> Turn:
    """What staff did, or what was done about a relative, while something else was under way: its question stays open
    and comes again."""
    conversation = scene.session.conversation
    flow = FLOWS.get(conversation.flow) if conversation else None
    if flow is None or turn.session.conversation != conversation:
        return turn
    return interrupted(flow, scene, turn)


def _scanned(scene: Scene, key: str) -> Turn | None:
    """The turn of a QR that is not a community's: of the console, or of an organisation."""
    return staff.scanned(scene, key) or organisations.scanned(scene, key)


def _with_welcome(scene: Scene, turn: Turn) -> Turn:
    """What a scan led to, for somebody who follows by it."""
    welcome = followed(scene, "")
    return _after(turn.says[0], replace(welcome, effects=turn.effects)) if isinstance(turn.says, tuple) else turn


def _clicked(key: str) -> str:
    """The command's word that a menu key stands for, or empty: a key of an older menu is no answer to anything."""
    return MENU_WORDS[Command(key)] if key in set(Command) else key if command_in(key) else ""


def _said(scene: Scene, text: str) -> Turn:
    command = command_in(text)
    if not _has_agreed(scene):
        return agreed(scene) if command is Command.AGREE else _without_consent(scene, command)
    if family.is_over(scene):
        gone = replace(scene, session=replace(scene.session, conversation=None))
        return _after(Say("care_gone"), _said(gone, text))
    if (turn := authorising.said(scene, text) or family.said(scene, text)) is not None:
        return _beside(scene, turn)
    conversation = scene.session.conversation
    if conversation is None:
        return from_outside(scene, text, command)
    flow = FLOWS.get(conversation.flow)
    outside = replace(scene, session=replace(scene.session, conversation=None))
    if flow is None:
        return _after(Say("conversation_lost"), from_outside(outside, text, command))
    if flow is CHECKIN and has_paused(flow, scene):
        return from_outside(outside, text, command)
    if command is not None:
        return command_inside(flow, scene, command)
    return text_inside(flow, scene, text)


def _has_agreed(scene: Scene) -> bool:
    """Whether the resident agreed to being asked, or what is under way asks nothing about them."""
    conversation = scene.session.conversation
    flow = FLOWS.get(conversation.flow) if conversation else None
    return scene.session.consented_at is not None or (flow is not None and flow.of_staff)


def _without_consent(scene: Scene, command: Command | None) -> Turn:
    """Nothing is asked and nothing taken; 帮助 shows the whole notice once more."""
    if command is Command.HELP:
        return Turn(scene.session, (Say("welcome", {"community": full_name(scene.session.community)}),))
    return Turn(scene.session, (Say("consent_needed"),))


def _unexpected(scene: Scene, kind: str) -> Turn:
    """Pictures, voices, places, links, empty texts, events that nobody knows: a calm sentence and what comes next."""
    said = Say("unexpected", {"kind": kind})
    if not _has_agreed(scene):
        return Turn(scene.session, (said, Say("consent_needed")))
    conversation = scene.session.conversation
    flow = FLOWS.get(conversation.flow) if conversation else None
    if flow is not None:
        return again(flow, scene, said)
    return Turn(scene.session, (said, Say("what_next", {"declared": scene.known is not None})))


def _after(first: Say, turn: Turn) -> Turn:
    return replace(turn, says=(first, *turn.says)) if isinstance(turn.says, tuple) else turn
