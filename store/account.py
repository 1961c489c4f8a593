"""What an account remembers and what one message needs of it: the values that `store.accounts` reads and commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.facts import Fact
from flows.core import Duty, Say, Session
from flows.effects import AddCare, Declare, Record, Standing
from store.views import Media, ViewCell


class ReadFailed(Exception):
    """The account could not be read: nothing was written, the resident may be told so."""


class CommitUnanswered(Exception):
    """The commit was sent and not answered: it may or may not have happened; the platform's retry finds out."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An effect committed by this account and not yet seen in its view."""

    seq: int
    pid: bytes
    effect: Standing

    def fact(self) -> Fact | None:
        match self.effect:
            case Declare(fact=fact) | Record(fact=fact) | AddCare(fact=fact):
                return fact
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Account:
    """What an account remembers. `heard_at` is its last message, `tapped_at` its last menu tap, follow or scan."""

    openid: str
    session: Session
    version: int = 0
    self_pid: bytes = b""
    pending: tuple[Pending, ...] = ()
    heard_at: datetime | None = None
    tapped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Of an account: whether it follows, whom it acts as, its last message and its last tap, follow or scan."""

    openid: str
    following: bool
    self_pid: bytes = b""
    heard_at: datetime | None = None
    tapped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """A reply given, kept for the platform's retries: the same words, the same CreateTime."""

    created: int
    kind: Literal["text", "image", "card", "nothing"]
    says: tuple[Say, ...] = ()
    media_id: str = ""
    """Of a picture; of a card, the token of the code that it shows."""
    language: str = ""
    """In which it was given; a retry is answered in the same."""


@dataclass(frozen=True, slots=True)
class Desktop:
    """All that one message needs, read in one trip."""

    account: Account
    views: Mapping[bytes, ViewCell] = field(default_factory=dict)
    media: Mapping[bytes, Media] = field(default_factory=dict)
    remembered: Remembered | None = None
    duty: Duty | None = None
