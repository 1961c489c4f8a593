"""What goes over the wire; the OpenAPI document is made from it. Instants are RFC 3339 with an offset, days dates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.facts import Symptom
from domain.fields import HIGHEST, LOWEST
from domain.gate import Result
from domain.partners.authorisation import Stage
from domain.partners.display import State

MOST_HANDLES = 200
MOST_CHANGES = 500

Handle = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$", description="The resident, as only you know them.")]
Temperature = Annotated[Decimal, Field(ge=LOWEST, le=HIGHEST, decimal_places=1, description="℃")]
Cursor = Annotated[str, Field(pattern=r"^[0-9]{1,16}-[0-9]{1,16}$", description="Where to go on.")]
Receipt = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Names what was recorded.")]
BizExtData = Annotated[
    str, Field(min_length=1, max_length=400, description="Opaque, of the verification; good for 24 hours.")
]
Personal = Literal["query", "declare", "trip", "code"]


class Body(BaseModel):
    """What comes in: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


# --- what is shown ---------------------------------------------------------------------------------------------------


class Step(Answer):
    """From this day on, if nothing is recorded meanwhile."""

    since: date
    state: State


class Resident(Answer):
    """What your display shows. A higher `version` replaces a lower one; `until` is the last day of `state`, in China's
    time, and after it `then` holds: time alone turns green into grey, and nothing is sent for it."""

    handle: Handle
    version: int
    state: State
    until: date | None
    then: list[Step]


class Residents(Answer):
    residents: list[Resident]


class ResidentsPage(Answer):
    """Everybody you see. `cursor` is where the changes go on that came after this page was begun."""

    residents: list[Resident]
    next: str | None
    cursor: Cursor


class Changes(Answer):
    """In the order of their last change, each handle once. `more`: read on at once."""

    changes: list[Resident]
    cursor: Cursor
    more: bool


class Handles(Body):
    handles: Annotated[list[Handle], Field(min_length=1, max_length=MOST_HANDLES)]


class ChangesQuery(Body):
    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,16}-[0-9]{1,16}$")] = "0-0"
    limit: Annotated[int, Field(ge=1, le=MOST_CHANGES)] = 100


class PageQuery(Body):
    after: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9:_-]*$")] = ""


# --- what is recorded ------------------------------------------------------------------------------------------------


class Health(Body):
    """What the resident entered in your application, today."""

    temperature: Temperature
    symptoms: Annotated[list[Symptom], Field(max_length=len(Symptom))] = []


class Stay(Body):
    place: Annotated[str, Field(min_length=2, max_length=60)]
    last_on: date


class Trip(Body):
    """Places outside the region with the last day there; the last contact with a case. At least one of both."""

    stays: Annotated[list[Stay], Field(max_length=10)] = []
    contact_on: date | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Trip:
        if not self.stays and self.contact_on is None:
            raise ValueError("at least one stay or contact_on")
        return self


class Correction(Body):
    """Takes back what the receipt names; `health` is what it should have been, if anything."""

    receipt: Receipt
    health: Health | None = None


class Recorded(Answer):
    """Committed when you read this; `resident` is the display after it."""

    receipt: Receipt
    resident: Resident


# --- codes -----------------------------------------------------------------------------------------------------------


class Code(Answer):
    """`link` is what the QR holds. Draw it anew when `expires` is reached or a change arrives."""

    link: str
    expires: datetime
    resident: Resident


class Scanned(Body):
    code: Annotated[str, Field(min_length=1, max_length=400, description="The text of the QR, or the token in it.")]


class Verified(Answer):
    """`live`: looked up now. `handle` is there for whom you may see beyond this code; `bizExtData` names whoever showed
    the code in the uploads that follow, and says nothing by itself."""

    result: Result
    live: bool
    name: Annotated[str, Field(description="Masked.")]
    issued: datetime | None
    checked: datetime
    handle: Handle | None
    bizExtData: BizExtData | None


# --- authorisations --------------------------------------------------------------------------------------------------


class Asked(Body):
    """`user` is your own name for your user, kept for you and shown to nobody."""

    user: Annotated[str, Field(min_length=1, max_length=64)]
    scopes: Annotated[list[Personal], Field(min_length=1, max_length=4)]


class Authorisation(Answer):
    """Show `code` to your user (授权 and the code in the chat), or `qr` as a QR for WeChat. Once `agreed`, `handle` is
    theirs."""

    id: str
    user: str
    scopes: list[Personal]
    state: Stage | Literal["expired"]
    expires: datetime
    handle: Handle | None


class NewAuthorisation(Authorisation):
    code: Annotated[str, Field(pattern=r"^[2-9A-Z]{5}-[2-9A-Z]{5}$")]
    qr: str | None


class Nothing(Answer):
    """Done."""


# --- problems --------------------------------------------------------------------------------------------------------


class ProblemError(Answer):
    pointer: str
    detail: str


class ProblemDocument(BaseModel):
    """RFC 9457. `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError] = []
