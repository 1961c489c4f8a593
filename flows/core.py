"""The shapes of a conversation: what comes in, what is remembered, what goes out. Pure: the clock is an argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.appeals import Ticket
from domain.care import Capacity, Carer
from domain.facts import History
from domain.people import Claim, Level, Profile
from domain.person import Look
from domain.reminders import BY_DEFAULT
from domain.roles import Role
from domain.verdict import Colour, World
from flows.effects import Effect
from flows.plain import Json

# --- what comes in ---------------------------------------------------------------------------------------------------


IncomingKind = Literal[
    "text",
    "click",
    "subscribe",
    "unsubscribe",
    "scan",
    "image",
    "voice",
    "video",
    "location",
    "link",
    "other",
    "agreement",
    "undelivered",
]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or event of a resident, as the channel understood it."""

    kind: IncomingKind
    at: datetime
    """The platform's CreateTime."""
    text: str = ""
    key: str = ""
    """Menu key of a click; scene of a scan or of a subscription by QR."""
    media: str = ""
    """The platform's id of a picture; it keeps the picture for three days."""
    agreements: Mapping[str, bool] = field(default_factory=dict)
    """Template of a subscription notice -> whether the resident wants it, by the pop-up or the settings."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """A notice that the platform took and could not deliver, by msgid and by template -> what it says of it."""


# --- what is remembered ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation under way. An answer belongs to `asked`, the question that was really put."""

    flow: str
    asked: str
    asked_at: datetime
    answers: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """What an account remembers between messages. Small, typed, round-tripped through JSON in every test turn."""

    tag: str
    """Eight characters that stand for the account in ids of facts."""
    seq: int = 0
    """The number of effects so far; the engine numbers facts with it and the commit counts it on."""
    following: bool = False
    consented_at: datetime | None = None
    community: str = ""
    """From the community's QR, until the person's own record says it."""
    conversation: Conversation | None = None
    sms_at: datetime | None = None
    """When the last text message was asked for, and how many were on that day: a limit that outlives conversations."""
    sms_count: int = 0
    notices: Mapping[str, datetime] = field(default_factory=dict)
    """Templates of long-term notices that the resident agreed to -> when."""
    invited_at: datetime | None = None
    """When the consent to such notices was last asked for."""
    language: str = ""
    """The language that replies are written in, as ISO 639 has it; empty: nothing was said, so Chinese."""
    authorising: str = ""
    """The code of a partner's system that was typed or scanned last, until it is answered; and when."""
    authorising_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A code picture already uploaded and still good: colour as drawn, and the instant after which it is not."""

    media_id: str
    colour: Colour
    expires: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """The person an account acts for, as of this message: view and pending effects together."""

    pid: bytes
    claim: Claim
    level: Level
    profile: Profile
    history: History
    picture: Picture | None = None
    looks: tuple[Look, ...] = ()
    """Who looked at the record, oldest first; empty below phone-verified."""
    recorded_by: Mapping[str, str] = field(default_factory=dict)
    """Id of a fact that somebody else recorded -> their organisation."""
    tickets: tuple[Ticket, ...] = ()
    """The person's appeals, oldest first, without what was written and sent."""
    remind: int = BY_DEFAULT
    """The hour at which the person wants to be reminded, or `domain.reminders.OFF`."""
    capacity: Capacity = Capacity.SELF
    relation: str = ""
    """What the account calls this person; empty for oneself."""
    since: datetime | None = None
    """Since when the account cares for this person, or asks to."""
    place: int = 0
    """Where the person stands in the account's family: a number that rises with every relative added."""
    carers: tuple[Carer, ...] = ()
    """Who acts for this person or asks to, as far as the account may know and answer."""
    on_own: bool = True
    """Whether the person has an account of their own."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Whom an account is on duty as. It says which words are understood; what may be done, the registry says then."""

    staff: str
    """Id of the member of the staff."""
    name: str
    organisation: str
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What a turn may consult besides the session: all of it values or pure functions."""

    now: datetime
    world: World
    sms: bool
    """Whether telephones can be proved by text message here."""
    sms_code: Callable[[str, str], str]
    """(telephone, nonce) -> the six digits that were sent; derived from a key, so nothing needs storing."""
    telephones: Mapping[str, str] = field(default_factory=dict)
    """Community (12 digits) -> the telephone of its workers, where it is known."""
    uploads_low: bool = False
    """Whether uploads are to be saved: a code goes out as a card then."""
    reminder_template: str = ""
    """The long-term notice that residents can agree to, if this account has one, and the page where they do."""
    subscribe_url: str = ""
    duty: Duty | None = None
    """Of the account, if it is one of the staff's."""
    code_url: Callable[[], str] | None = None
    """Makes a link to the account's own code page, good for a few minutes; none where there is no such page."""


# --- what goes out ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """One piece of a reply: the name of a template and what it declares. Pieces of a turn are joined into one text."""

    template: str
    args: Mapping[str, Json] = field(default_factory=dict)
    who: str = ""
    """Whom it is about, as the reader calls them; empty: the reader."""


@dataclass(frozen=True, slots=True)
class Show:
    """A passive picture reply."""

    media_id: str


@dataclass(frozen=True, slots=True)
class ShowCard:
    """A passive reply with a card whose picture of the code our own server draws: no call to the platform at all."""

    pid: bytes


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message leads to: the next session, one reply (text pieces or a picture; nothing at all is allowed
    for events without a reply), and effects in order."""

    session: Session
    says: tuple[Say, ...] | Show | ShowCard = ()
    effects: tuple[Effect, ...] = ()
