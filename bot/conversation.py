"""The shell around the conversation: one read, the pure front desk, one commit. A Push in, a reply out."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from channel.clock import Clock
from channel.inbound import Push
from domain.verdict import World
from flows.core import Desk, Duty, Known, Say, Session, Show, ShowCard, Turn
from flows.effects import (
    AddCare,
    Amend,
    AnswerCare,
    Appeal,
    Ask,
    Declare,
    Effect,
    EndCare,
    Erase,
    Record,
    SendSms,
    Standing,
    Undelivered,
    WantCode,
    WantCodes,
)
from flows.front_desk import take
from store.account import Account, Desktop, Pending, ReadFailed, Remembered
from store.accounts import Accounts
from store.keys import shard_of
from store.known import family_of, known_of, unsettled
from store.sealing import person_id
from worker.delivery.codes import Signer, code_of

log = logging.getLogger(__name__)

TRIES = 5
"""How often a message is taken again because its account changed meanwhile; the residents' own two thumbs need two."""

UNREADABLE = Remembered(0, "text", (Say("busy"),))


class Overtaken(Exception):
    """The account changed at every try: the platform's retry finds it quieter."""


@dataclass(frozen=True, slots=True)
class Conversations:
    """Answers pushes. `wake` is called with a shard after effects were committed."""

    accounts: Accounts
    clock: Clock
    world: Callable[[], World]
    telephones: Callable[[], Mapping[str, str]]
    wake: Callable[[int], None]
    sms: bool
    sms_code: Callable[[str, str], str]
    pid_key: bytes
    signer: Signer
    uploads_low: Callable[[], bool]
    reminder_template: str
    subscribe_url: str
    code_url: Callable[[str, datetime], str]
    """(openid, now) -> a link to this account's code page, good for a few minutes."""

    def answer(self, push: Push) -> Remembered:
        """The reply, remembered or new. Raises CommitUnanswered or Overtaken: answer 503, the platform will retry."""
        now = self.clock.now()
        for _ in range(TRIES):
            try:
                desktop = self.accounts.open(push.openid, push.dedup)
            except ReadFailed as reason:
                log.warning("an account could not be read: %s", reason)
                return replace(UNREADABLE, created=int(now.timestamp()))
            if desktop.remembered is not None:
                return desktop.remembered
            reply = self._take(push, desktop, now)
            if reply is not None:
                return reply
        raise Overtaken

    def _take(self, push: Push, desktop: Desktop, now: datetime) -> Remembered | None:
        """Decide, then do: None when somebody else wrote the account first."""
        account = desktop.account
        views = dict(desktop.views)
        media = dict(desktop.media)
        known, family = known_of(account, views, media), family_of(account, views, media)
        try:
            turn = take(account.session, known, push.incoming, self.desk(push.openid, now, desktop.duty), family)
        except Exception as error:
            # A session of another release, or a fault of ours. Its text may hold what was typed: the place is enough.
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("a conversation tripped: %s at %s:%s", type(error).__name__, place.name, place.lineno)
            return replace(UNREADABLE, created=int(now.timestamp()), language=account.session.language)
        effects = self._numbered(account, turn)
        after = _after(replace(account, pending=unsettled(account, views)), push, turn.session, effects)
        reply = self.accounts.commit(account, after, push.dedup, self._reply(turn, (known, *family), now), effects)
        if reply is not None and effects:
            self.wake(shard_of(push.openid))
        return reply

    def desk(self, openid: str, now: datetime, duty: Duty | None = None) -> Desk:
        """What a turn of this account may consult."""
        told = (
            self.uploads_low(),
            self.reminder_template,
            self.subscribe_url,
            duty,
            partial(self.code_url, openid, now),
        )
        return Desk(now, self.world(), self.sms, self.sms_code, self.telephones(), *told)

    def _numbered(self, account: Account, turn: Turn) -> list[tuple[int, bytes, Effect]]:
        """(seq, pid, effect): a declaration's pid comes from its document, the others carry theirs."""
        first = account.session.seq + 1
        return [(first + n, self._pid(effect), effect) for n, effect in enumerate(turn.effects)]

    def _pid(self, effect: Effect) -> bytes:
        match effect:
            case Declare(identity=identity) | AddCare(identity=identity):
                return person_id(self.pid_key, identity.document.kind.value, identity.document.number)
            case Record(pid=pid) | Amend(pid=pid) | Erase(pid=pid) | WantCode(pid=pid) | Appeal(pid=pid):
                return pid
            case AnswerCare(pid=pid) | EndCare(pid=pid):
                return pid
            case SendSms() | Undelivered() | Ask() | WantCodes():
                return b""

    def _reply(self, turn: Turn, people: tuple[Known | None, ...], now: datetime) -> Remembered:
        created, language = int(now.timestamp()), turn.session.language
        match turn.says:
            case Show(media_id=media_id):
                return Remembered(created, "image", media_id=media_id)
            case ShowCard(pid=pid):
                tokens = [self._token(pid, known, now) for known in people if known and known.pid == pid]
                nothing = Remembered(created, "nothing")
                return Remembered(created, "card", media_id=tokens[0], language=language) if tokens else nothing
            case ():
                return Remembered(created, "nothing")
            case says:
                return Remembered(created, "text", says, language=language)

    def _token(self, pid: bytes, known: Known, now: datetime) -> str:
        colour, expires = code_of(known, now, self.world())
        return self.signer.token_for(pid, colour, now, expires)


def _after(account: Account, push: Push, session: Session, effects: list[tuple[int, bytes, Effect]]) -> Account:
    pending = [Pending(seq, pid, e) for seq, pid, e in effects if isinstance(e, Standing)]
    declared = [pid for _, pid, effect in effects if isinstance(effect, Declare)]
    return replace(
        account,
        session=session,
        self_pid=declared[-1] if declared else account.self_pid,
        pending=(*account.pending, *pending),
        heard_at=_latest(account.heard_at, push, push.heard),
        tapped_at=_latest(account.tapped_at, push, push.tapped),
    )


def _latest(before: datetime | None, push: Push, opens: bool) -> datetime | None:
    """When a window of the platform was opened last. A late push opens none anew; who leaves closes them all."""
    if push.incoming.kind == "unsubscribe":
        return None
    return max(filter(None, (before, push.incoming.at))) if opens else before
