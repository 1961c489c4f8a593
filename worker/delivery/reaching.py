"""Climbs the ladder for one message: the rungs in their order, each only if it can bear, the reasons kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from channel import ladder, notices
from channel.ladder import MEANINGS, RUNGS, WINDOW_CLOSED, Purpose, Reach, Rung, Step, Trail, Why
from channel.notices import Notice, NoticeTemplate
from channel.platform import UNKNOWN_MEDIA, Article, Card, Image, Platform, SendError, Text
from store.account import Account
from store.accounts import Accounts
from store.reach import Lost, Reaches, Sent, Underway


class Undeliverable(Exception):
    """Nothing can be sent, and no later try would change that: the reason."""


class Unreached(Undeliverable):
    """No rung bears; the message is the trail as it is kept."""

    def __init__(self, trail: Trail) -> None:
        """`trail`: every rung with its reason."""
        super().__init__(ladder.write(trail))
        self.trail = trail


@dataclass(frozen=True, slots=True)
class Message:
    """What is to reach an account: the text, and what a notice in its place would say. `ref` names it for ever."""

    openid: str
    purpose: Purpose
    content: Text | Image | Card | Article
    ref: str = ""
    notice: Notice | None = None
    pid: bytes = b""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Reaching:
    """Thread-safe, as long as one thread at a time writes to an account. `modest` makes the calls for reminders."""

    accounts: Accounts
    reaches: Reaches
    platform: Platform
    modest: Platform
    reminder: NoticeTemplate | None
    notice: NoticeTemplate | None
    now: Callable[[], datetime]

    def require_custom(self, openid: str, ref: str = "") -> None:
        """Raises Unreached when no customer-service message can be sent now: nothing need be drawn for it."""
        if why := self._reach(openid, self._sent(openid, ref)).obstacle(Rung.CUSTOM, self.now()):
            raise Unreached((Step(Rung.CUSTOM, why),))

    def custom(self, openid: str, content: Text | Image | Card | Article, ref: str = "") -> None:
        """A customer-service message. Raises Unreached, or SendError: later, or with another picture."""
        self.climb(Message(openid, Purpose.ANSWER, content, ref))

    def climb(self, message: Message) -> Rung:
        """The rung that bore. Raises Unreached, or SendError when a later try may go better."""
        openid, trail = message.openid, list[Step]()
        sent = self._sent(openid, message.ref)
        for rung in RUNGS[message.purpose]:
            template = self._template(rung, message)
            why, code = self._reach(openid, sent).obstacle(rung, self.now(), template.id if template else ""), 0
            if why is None:
                try:
                    self._send(rung, message, template)
                    return rung
                except SendError as error:
                    why, code = _meaning(error), error.code
                    sent = _noted(sent, why, template, self.now())
                    self.reaches.put(openid, sent)
            trail.append(Step(rung, why, code))
        raise Unreached(tuple(trail))

    def would_be_reminded(self, openids: Sequence[str]) -> int:
        """How many of these accounts a reminder would reach now; two trips."""
        template, now = self.reminder.id if self.reminder else "", self.now()
        accounts, sent = self.accounts.read_all(openids), self.reaches.read_all(openids)
        known = [_reach_of(*each) for each in zip(accounts, sent, strict=True)]
        return sum(
            any(reach.obstacle(rung, now, template) is None for rung in RUNGS[Purpose.REMINDER]) for reach in known
        )

    def language_of(self, openid: str) -> str:
        """In which the account wants to be written to."""
        return self.accounts.read(openid).session.language

    def _sent(self, openid: str, ref: str) -> Sent:
        """What was sent, without the try of this very message whose answer was lost: however long the platform is away,
        one message costs one credit."""
        sent = self.reaches.read(openid)
        if sent.lost is None or not ref or sent.lost.ref != ref:
            return sent
        self.reaches.take_back(openid, sent.lost.at)
        self.reaches.put(openid, replace(sent, lost=None))
        return self.reaches.read(openid)

    def _reach(self, openid: str, sent: Sent) -> Reach:
        return _reach_of(self.accounts.read(openid), sent)

    def _template(self, rung: Rung, message: Message) -> NoticeTemplate | None:
        if message.notice is None:
            return None
        return {Rung.SUBSCRIPTION: self.reminder, Rung.TEMPLATE: self.notice}.get(rung)

    def _send(self, rung: Rung, message: Message, template: NoticeTemplate | None) -> None:
        platform = self.modest if message.purpose is Purpose.REMINDER else self.platform
        if rung is Rung.CUSTOM:
            return self._send_custom(platform, message)
        if template is None or message.notice is None:
            raise AssertionError("unreachable")
        values = notices.values(template, message.notice, self.now())
        if rung is Rung.SUBSCRIPTION:
            self._send_subscription(platform, message, template, values)
        else:
            msgid = platform.send_template(message.openid, template.id, values, "", message.ref)
            self._put_underway(message, msgid, rung)
        return None

    def _send_custom(self, platform: Platform, message: Message) -> None:
        """The credit is written down before it is spent: a crash in between costs one, never a refusal."""
        at = self.now()
        self.reaches.spend([(message.openid, at)])
        for last in (False, True):
            try:
                return platform.send(message.openid, message.content)
            except SendError as error:
                if error.code == WINDOW_CLOSED and not last:
                    continue
                if not error.sent_unknown:
                    self.reaches.take_back(message.openid, at)
                elif message.ref:
                    sent = self.reaches.read(message.openid)
                    self.reaches.put(message.openid, replace(sent, lost=Lost(message.ref, at)))
                raise
        return None

    def _send_subscription(
        self, platform: Platform, message: Message, template: NoticeTemplate, values: notices.Values
    ) -> None:
        """It has no client id: one whose answer was lost counts as sent, rather than to come twice."""
        try:
            msgid = platform.send_subscription(message.openid, template.id, values)
        except SendError as error:
            if not error.sent_unknown:
                raise
            msgid = ""
        self._put_underway(message, msgid or template.id, Rung.SUBSCRIPTION)

    def _put_underway(self, message: Message, name: str, rung: Rung) -> None:
        if name and message.pid:
            self.reaches.put_underway(message.openid, name, Underway(message.pid, message.about, rung.value))


def _reach_of(account: Account, sent: Sent) -> Reach:
    session = account.session
    refused = {each.template: each.at for each in sent.refused}
    acts = (session.following, account.heard_at, account.tapped_at)
    return Reach(*acts, sent.sends, sent.closed_at, sent.gone_at, session.notices, refused)


def _meaning(error: SendError) -> Why:
    """What a refusal says of this rung. Raises the error itself when it says nothing of it."""
    if error.code in MEANINGS:
        return MEANINGS[error.code]
    if not error.permanent or error.code == UNKNOWN_MEDIA:
        raise error
    return Why.REJECTED


def _noted(sent: Sent, why: Why, template: NoticeTemplate | None, now: datetime) -> Sent:
    """What the platform's refusal teaches about this account."""
    match why:
        case Why.NO_WINDOW | Why.NO_CREDITS:
            return replace(sent, closed_at=now)
        case Why.NOT_FOLLOWING | Why.BLOCKED:
            return replace(sent, gone_at=now)
        case Why.NO_CONSENT if template is not None:
            return sent.with_refusal(template.id, now)
        case _:
            return sent
