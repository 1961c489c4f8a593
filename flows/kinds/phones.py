"""Telephones, and the code by text message that proves one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from math import ceil

from domain.facts import day_of
from domain.people import DocumentKind, mask_phone
from domain.phones import parse_phone
from domain.reject import Reject
from flows.core import Say, Session
from flows.effects import SendSms
from flows.plain import Json
from flows.questions import Reading, Scene, Stay
from flows.told import words
from flows.words import NEVER_CAME, NO_PHONE, RESEND, plain, word

PROVED = "proved"
SKIPPED = "skipped"

MOST_TRIES = 5
MOST_SENDS = 4
"""The first message and three more for one telephone in one conversation."""
MOST_A_DAY = 10
"""For one account, whatever conversations it begins: nobody's telephone is flooded from here."""
SEND_GAP = timedelta(seconds=60)
GOOD_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Phone:
    """Eleven digits or E.164, or empty for somebody without a telephone. Reasons: those of `parse_phone`."""

    may_lack: bool = False

    def parse(self, text: str, scene: Scene) -> Reading:
        if self.may_lack and word(text) in NO_PHONE:
            return ""
        return parse_phone(text)

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_phone", {"sentence": sentence, "may_lack": self.may_lack, "abroad": _may_be_abroad(scene)})

    def tell(self, value: Json) -> Json:
        return str(value) or words("没有手机号")


def _may_be_abroad(scene: Scene) -> bool:
    """Who has declared with a resident ID just now is not told how to write a telephone from elsewhere."""
    document = scene.answers.get("document")
    return not (isinstance(document, Mapping) and document.get("kind") == DocumentKind.RESIDENT_ID)


@dataclass(frozen=True, slots=True)
class _Sent:
    """What is remembered of the messages to one telephone; no nonce: none is under way."""

    phone: str
    nonce: str = ""
    at: str = ""
    tries: int = 0
    sends: int = 0

    def json(self) -> Json:
        return {"phone": self.phone, "nonce": self.nonce, "at": self.at, "tries": self.tries, "sends": self.sends}

    @staticmethod
    def of(state: Json, phone: str) -> _Sent:
        """What is remembered, or a blank one if it was about another telephone."""
        if not isinstance(state, Mapping) or state.get("phone") != phone:
            return _Sent(phone)
        tries, sends = state.get("tries"), state.get("sends")
        return _Sent(
            phone,
            str(state.get("nonce", "")),
            str(state.get("at", "")),
            tries if isinstance(tries, int) else 0,
            sends if isinstance(sends, int) else 0,
        )

    def is_live(self, now: datetime) -> bool:
        return bool(self.nonce) and self.tries < MOST_TRIES and now - datetime.fromisoformat(self.at) <= GOOD_FOR


@dataclass(frozen=True, slots=True)
class SmsCode:
    """Six digits sent to the telephone of another question; `PROVED`, or `SKIPPED` where none arrives and it may be.

    Reasons: code_unreadable, code_no_skip.
    """

    phone_question: str
    may_skip: bool = True

    def open(self, scene: Scene) -> Stay:
        sent = _Sent.of(scene.state, str(scene.answers[self.phone_question]))
        return Stay(sent.json()) if sent.is_live(scene.desk.now) else _send(sent, scene)

    def parse(self, text: str, scene: Scene) -> Reading:
        sent = _Sent.of(scene.state, str(scene.answers[self.phone_question]))
        said = word(text)
        if said in RESEND:
            return _send(sent, scene)
        if said in NEVER_CAME:
            if self.may_skip:
                return SKIPPED
            raise Reject("code_no_skip")
        digits = "".join(plain(text).split())
        if not (digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 8):
            raise Reject("code_unreadable")
        return _checked(digits, sent, scene)

    def ask(self, sentence: str, scene: Scene) -> Say:
        sent = _Sent.of(scene.state, str(scene.answers[self.phone_question]))
        live = sent.is_live(scene.desk.now)
        args: dict[str, Json] = {"sentence": sentence, "phone": mask_phone(sent.phone), "live": live}
        return Say("ask_sms_code", {**args, "again": _may_send(sent, scene), "may_skip": self.may_skip})

    def tell(self, value: Json) -> Json:
        return words("已验证") if value == PROVED else words("未验证")


def _checked(digits: str, sent: _Sent, scene: Scene) -> Reading:
    if not sent.is_live(scene.desk.now):
        return Stay(sent.json(), (Say("reject", {"reason": "code_dead", "detail": ""}),))
    if compare_digest(digits, scene.desk.sms_code(sent.phone, sent.nonce)):
        return PROVED
    tried = replace(sent, tries=sent.tries + 1)
    reason = "code_wrong" if tried.tries < MOST_TRIES else "code_tries"
    return Stay(tried.json(), (Say("reject", {"reason": reason, "detail": str(MOST_TRIES - tried.tries)}),))


def _send(sent: _Sent, scene: Scene) -> Stay:
    """A new code if the limits allow it, else the reason and what there was before."""
    now, session = scene.desk.now, scene.session
    wait = SEND_GAP - (now - session.sms_at) if session.sms_at else timedelta(0)
    if timedelta(0) < wait <= SEND_GAP:
        seconds = str(ceil(wait.total_seconds()))
        return Stay(sent.json(), (Say("reject", {"reason": "code_wait", "detail": seconds}),))
    if not _may_send(sent, scene):
        return Stay(sent.json(), (Say("reject", {"reason": "code_sends", "detail": ""}),))
    nonce = scene.effect_id()
    new = _Sent(sent.phone, nonce, now.isoformat(), 0, sent.sends + 1)
    return Stay(new.json(), (), (SendSms(phone=sent.phone, nonce=nonce),))


def _may_send(sent: _Sent, scene: Scene) -> bool:
    return sent.sends < MOST_SENDS and _sent_today(scene.session, scene.desk.now) < MOST_A_DAY


def _sent_today(session: Session, now: datetime) -> int:
    return session.sms_count if session.sms_at and day_of(session.sms_at) == day_of(now) else 0


def counted(session: Session, now: datetime) -> Session:
    """The session after one more text message was asked for."""
    return replace(session, sms_at=now, sms_count=_sent_today(session, now) + 1)
