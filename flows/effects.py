"""Effects: what a turn wants done, as data. The shell commits them with the session; workers carry them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.appeals import Ticket
from domain.facts import Declaration, Fact
from domain.people import Identity, Level
from flows.plain import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Declare:
    """A confirmed first declaration, or a new one by the same person: claims the document, records the fact."""

    identity: Identity
    level: Level
    community: str
    address: str
    fact: Declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    pid: bytes
    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """A change of telephone, address, community or hour of the reminder; None leaves it as it is."""

    pid: bytes
    phone: str | None = None
    level: Level | None = None
    address: str | None = None
    community: str | None = None
    remind: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantCode:
    """The resident asked to see the code and none was at hand: draw, upload, send."""

    pid: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSms:
    """Send the code that `Desk.sms_code(phone, nonce)` gives; the code itself is in no effect."""

    phone: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    pid: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """A resident contests what is recorded: under its number the ticket goes to the community."""

    pid: bytes
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """The platform could not deliver a notice of ours after all; `notices` are the names that it may be known by."""

    notices: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What needs more than the account's own slot: the desk behind (`worker.desk`) does it and answers by message."""

    what: str
    args: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCare:
    """Somebody is to be a relative that this account acts for; `fact` None: they have an account of their own and are
    to be asked. Whether either is so, the person's script finds out."""

    identity: Identity
    relation: str
    at: datetime
    """When it was said: an answer is waited for from then on."""
    asker: str
    """The masked name of whoever asks."""
    community: str = ""
    address: str = ""
    fact: Declaration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCare:
    """Yes or no to an account that asked to act for a person."""

    pid: bytes
    carer: str
    """OpenID of whoever asked."""
    yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCare:
    """A carer leaves, or the person dismisses one; `carer` empty: the account itself leaves."""

    pid: bytes
    carer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantCodes:
    """The codes of several people are wanted in one picture, in this order."""

    pids: tuple[bytes, ...]


Effect = (
    Declare
    | Record
    | Amend
    | WantCode
    | SendSms
    | Erase
    | Appeal
    | Undelivered
    | Ask
    | AddCare
    | AnswerCare
    | EndCare
    | WantCodes
)


Standing = Declare | Record | Amend | Erase | Appeal | AddCare | AnswerCare | EndCare
"""Effects on a person, which answers show before they are settled."""
