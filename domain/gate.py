"""The gate: what a check may come to, and what is recorded of somebody who stands there. Pure."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b

from domain.roles import Refused
from domain.verdict import Colour

FEVER = Decimal("37.3")
_READING = re.compile(r"[34][0-9]\.[0-9]")
RECORD_ID = re.compile(r"[A-Za-z0-9_-]{16,40}")
LATEST = timedelta(days=3)
"""How old a record of a gate without a network may be: so long an institution may report late too."""
AHEAD = timedelta(minutes=5)
"""By how much the clock of a guard's phone may be ahead of ours."""


class Result(StrEnum):
    """What a check comes to, and nothing else ever: no number, no exception."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"
    NONE = "none"
    """Whoever holds the card or the code of before never declared."""
    EXPIRED = "expired"
    NOT_FOUND = "not-found"
    BAD_SIGNATURE = "bad-signature"
    REVOKED = "revoked"
    CANNOT_CHECK_NOW = "cannot-check-now"
    UNVERIFIED = "unverified"
    """The claim behind the code is not proved: 待核实."""
    ENDED = "ended"
    """The notice has ended, and with it every code."""
    PLACE = "place"
    """A place's code, not a person's."""


class Outcome(StrEnum):
    """What became of somebody at a gate."""

    PASSED = "passed"
    STOPPED = "stopped"
    BOOKED = "booked"
    """Could not be checked: let in by document, temperature and an entry in the book, to be checked later."""
    VISITED = "visited"
    """Scanned the venue's own code."""


class Shown(StrEnum):
    """Where what the guard saw came from."""

    LIVE = "live"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Passage:
    """One person at a gate, as the guard's page has it. `code` is the text that was scanned, empty when a document was
    looked up; `by` the id of the guard. What was shown is what is recorded."""

    id: str
    venue: str
    by: str
    at: datetime
    code: str
    shown: Result
    outcome: Outcome
    source: Shown = Shown.LIVE
    temperature: Decimal | None = None
    list_as_of: datetime | None = None
    pid: bytes = b""
    """Of somebody who was looked up by document."""


def is_open(passage: Passage) -> bool:
    """Whether somebody was let in whom nobody looked up then: that is made up for when the record comes."""
    return passage.source is Shown.OFFLINE and passage.outcome in (Outcome.PASSED, Outcome.BOOKED)


def outcome_of(result: Result, temperature: Decimal | None) -> Outcome:
    """Green and a normal reading pass (正文二·2); grey is green by then, for a normal reading is a report."""
    if temperature is not None and temperature >= FEVER:
        return Outcome.STOPPED
    if result is Result.CANNOT_CHECK_NOW:
        return Outcome.BOOKED if temperature is not None else Outcome.STOPPED
    passes = result in (Result.GREEN, Result.GREY) and temperature is not None
    return Outcome.PASSED if passes else Outcome.STOPPED


def reading_of(text: str) -> Decimal:
    """A temperature as it was tapped or typed. Raises Refused (`reading`) for anything that no person has."""
    plain = text.strip().replace("．", ".").replace(",", ".").replace("。", ".")
    plain = f"{plain}.0" if re.fullmatch(r"[34][0-9]", plain) else plain
    value = Decimal(plain) if _READING.fullmatch(plain) else Decimal(0)
    if not Decimal("34.0") <= value <= Decimal("43.0"):
        raise Refused("reading", text[:8])
    return value


def fact_id(passage: Passage) -> str:
    """The id of the reading: the same record sent again is the same fact."""
    text = f"{passage.by}\0{passage.id}".encode()
    return f"g{urlsafe_b64encode(blake2b(text, digest_size=9).digest()).decode()}"


def of_colour(colour: Colour) -> Result:
    return Result(colour.value)
