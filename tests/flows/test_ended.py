"""After the end of the notice nothing is asked and nothing taken down, whatever is said, tapped or still open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.people import Claim, Level
from domain.world import World
from flows.core import Incoming, IncomingKind, Known, Session, Turn
from flows.effects import Erase
from flows.ended import STILL
from flows.front_desk import take
from flows.words import SYNONYMS, Command
from tests.flows.people import NOW, asking, consented, desk, known, templates

LAST = NOW.date() - timedelta(1)
SAID = [words[0] for words in SYNONYMS.values()] + ["36.5", "38", "是", "你好吗", "640106198001010024"]
UNDER_WAY = [
    consented(),
    asking("declaration", "name"),
    asking("checkin", "temperature"),
    asking("exposure", "travelled"),
    asking("amend", "what"),
    asking("erasure", "sure"),
]
OWNERS = [None, known(), known(level=Level.UNVERIFIED), known(claim=Claim.CONTESTED)]


def after_the_end(session: Session, who: Known | None, incoming: Incoming) -> Turn:
    return take(session, who, incoming, replace(desk(), world=World(ends_on=LAST)))


@pytest.mark.parametrize("session", UNDER_WAY, ids=lambda s: s.conversation.flow if s.conversation else "nothing")
@pytest.mark.parametrize("who", OWNERS, ids=["nobody", "proved", "unproved", "contested"])
def test_nothing_is_recorded_any_more(session: Session, who: Known | None) -> None:
    turns = [after_the_end(session, who, Incoming("text", NOW, text=said)) for said in SAID]
    turns += [after_the_end(session, who, Incoming("click", NOW, key=command.value)) for command in Command]
    assert {type(effect) for turn in turns for effect in turn.effects} <= {Erase}
    flows = {turn.session.conversation.flow for turn in turns if turn.session.conversation}
    assert flows <= {"erasure"}


@pytest.mark.parametrize("command", [command for command in Command if command not in STILL])
@pytest.mark.parametrize("who", OWNERS, ids=["nobody", "proved", "unproved", "contested"])
def test_everybody_is_told_so_with_the_clause(command: Command, who: Known | None) -> None:
    turn = after_the_end(consented(), who, Incoming("text", NOW, text=SYNONYMS[command][0]))
    assert templates(turn) == ["ended"]
    assert isinstance(turn.says, tuple)
    assert turn.says[0].args["clause"] == "正文三·末"


@pytest.mark.parametrize("kind", ["subscribe", "scan", "image", "voice", "text"])
def test_nobody_is_asked_for_consent_any_more(kind: IncomingKind) -> None:
    turn = after_the_end(Session("wangfang"), None, Incoming(kind, NOW, text="同意", key="community:640106003004"))
    assert templates(turn) == ["ended"]
    assert turn.session.consented_at is None


def test_on_the_last_day_everything_is_as_it_was() -> None:
    today = replace(desk(), world=World(ends_on=NOW.date()))
    turn = take(consented(), known(), Incoming("text", NOW, text="36.5"), today)
    assert templates(turn) == ["checkin_done", "colour"]


def test_whoever_leaves_is_not_written_to() -> None:
    assert after_the_end(consented(), known(), Incoming("unsubscribe", NOW)).says == ()
