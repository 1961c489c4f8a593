"""An authorisation that a client asked for: shown to the resident who types its code, agreed to or not. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.partners.rights import Right
from domain.roles import Refused


class Stage(StrEnum):
    WAITING = "waiting"
    SHOWN = "shown"
    AGREED = "agreed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Authorisation:
    """`user` is what the client calls its own user; nothing of it is shown or looked at here."""

    client: str
    user: str
    rights: tuple[Right, ...]
    until: datetime
    stage: Stage = Stage.WAITING
    account: str = ""
    """OpenID of the account that it was shown to."""
    shown: datetime | None = None
    handle: str = ""
    """By which the client knows the resident, once they agreed."""

    def has_expired(self, now: datetime) -> bool:
        return self.stage in (Stage.WAITING, Stage.SHOWN) and now >= self.until


def shown_to(asked: Authorisation, account: str, now: datetime) -> Authorisation:
    """Typed by an account; the first one it was shown to keeps it.

    Raises Refused: `authorisation_expired`, `authorisation_used` by another account or already answered.
    """
    if asked.has_expired(now):
        raise Refused("authorisation_expired")
    if asked.account not in ("", account) or asked.stage in (Stage.AGREED, Stage.DECLINED):
        raise Refused("authorisation_used")
    return asked if asked.stage is Stage.SHOWN else replace(asked, stage=Stage.SHOWN, account=account, shown=now)


def answered(asked: Authorisation, account: str, said: datetime, handle: str) -> Authorisation:
    """The resident's 同意 with the handle of whom it binds, or 不同意 without one; said again, it changes nothing.

    Raises Refused: `authorisation_unread` when it was said before it was shown, and as `shown_to` does.
    """
    stage = Stage.AGREED if handle else Stage.DECLINED
    if asked.account == account and asked.stage is stage:
        return asked
    if asked.stage in (Stage.AGREED, Stage.DECLINED) or asked.account not in ("", account):
        raise Refused("authorisation_used")
    if asked.has_expired(said):
        raise Refused("authorisation_expired")
    if asked.shown is None or said < asked.shown.replace(microsecond=0):
        raise Refused("authorisation_unread")
    return replace(asked, stage=stage, handle=handle)
