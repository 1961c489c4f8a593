"""居民 王芳 and the desk that she talks to, for the tests of conversations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.care import Capacity
from domain.facts import SHANGHAI, By, Declaration, Fact, History
from domain.people import Claim, Level, Profile, resident_id
from domain.world import World
from flows.core import Conversation, Desk, Incoming, Known, Picture, Say, Session, Turn
from flows.front_desk import take
from flows.plain import Json

NOW = datetime(2020, 3, 2, 8, 0, tzinfo=SHANGHAI)
WANG_FANG = resident_id("640106", date(1980, 1, 1), 2)
COMMUNITY = "640106003004"


def desk(now: datetime = NOW, *, sms: bool = True) -> Desk:
    return Desk(now, World(), sms, lambda phone, nonce: "246810")


def consented(conversation: Conversation | None = None) -> Session:
    return Session("wangfang", following=True, consented_at=NOW, conversation=conversation)


def known(
    *facts: Fact,
    claim: Claim = Claim.BOUND,
    level: Level = Level.PHONE,
    picture: Picture | None = None,
    declared: datetime = NOW - timedelta(days=1),
) -> Known:
    """王芳, who declared a day ago, with further facts."""
    declaration = Declaration(id="declared-1", at=declared, by=By.SELF, temperature=Decimal("36.5"))
    profile = Profile("王*", "64**************24", "138****0000", COMMUNITY, "长城花园3号楼2单元501")
    return Known(b"wangfang-pid", claim, level, profile, History((declaration, *facts)), picture)


def relative(called: str, level: Level = Level.CONFIRMED) -> Known:
    """Somebody without an account whom 王芳 acts for since yesterday."""
    since = NOW - timedelta(days=1)
    bond = replace(known(level=level), capacity=Capacity.CARER, relation=called, since=since, on_own=False)
    return replace(bond, pid=called.encode().ljust(12, b"-")[:12])


def asking(flow: str, question: str, answers: dict[str, Json] | None = None, at: datetime = NOW) -> Session:
    return consented(Conversation(flow, question, at, answers or {}))


def hear(session: Session, text: str, who: Known | None = None, *, at: datetime = NOW, sent: datetime = NOW) -> Turn:
    return take(session, who, Incoming("text", max(at, sent) if sent is NOW else sent, text=text), desk(at))


def templates(turn: Turn) -> list[str]:
    assert isinstance(turn.says, tuple)
    return [say.template for say in turn.says]


def open_question(turn: Turn) -> str:
    assert turn.session.conversation is not None
    return turn.session.conversation.asked


def texts(turn: Turn) -> tuple[Say, ...]:
    assert isinstance(turn.says, tuple)
    return turn.says
