"""Facts: all that is ever recorded about a person. A colour is computed from them and never stored.

Instants are aware datetimes; days are dates in Asia/Shanghai. Every fact has an `id`, unique within its
person, and `at`, the instant it was recorded. The JSON of each fact is described in `domain.documents`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one time without summer time since 1991; a fixed offset needs no time-zone database."""


def day_of(at: datetime) -> date:
    """The calendar day in Asia/Shanghai of an aware instant."""
    return at.astimezone(SHANGHAI).date()


class By(StrEnum):
    """Who made a report. Own days count self, carer and worker; gate and institution never."""

    SELF = "self"
    CARER = "carer"
    WORKER = "worker"
    INSTITUTION = "institution"
    GATE = "gate"


class CaseKind(StrEnum):
    CONFIRMED = "confirmed"
    CLINICAL = "clinical"
    SUSPECTED = "suspected"
    FEVER = "fever"


class IsolationMode(StrEnum):
    HOME = "home"
    CENTRAL = "central"


class Symptom(StrEnum):
    """The service's own named list; the order is the order of the question."""

    FEVER = "fever"
    DRY_COUGH = "dry_cough"
    FATIGUE = "fatigue"
    SORE_THROAT = "sore_throat"
    BREATHLESS = "breathless"
    DIARRHOEA = "diarrhoea"
    MUSCLE_ACHE = "muscle_ache"
    LOSS_OF_SMELL = "loss_of_smell"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Isolation:
    mode: IsolationMode
    begun: date
    """JSON key `from`."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A named place outside the region and the last day there; an area listed later can still be judged."""

    place: str
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    id: str
    at: datetime
    by: By
    temperature: Decimal
    symptoms: frozenset[Symptom] = frozenset()
    contact_on: date | None = None
    isolation: Isolation | None = None
    risk_area_on: date | None = None
    stays: tuple[Stay, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    id: str
    at: datetime
    by: By
    temperature: Decimal
    symptoms: frozenset[Symptom] = frozenset()
    taken: datetime | None = None
    """When it was measured, if not when it was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    id: str
    at: datetime
    by: By
    contact_on: date | None = None
    risk_area_on: date | None = None
    isolation: Isolation | None = None
    stays: tuple[Stay, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    id: str
    at: datetime
    colour: str
    """A `domain.verdict.Colour` value; none ends the statement."""
    as_of: datetime | None = None
    """How old the authority's own data was when it said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    id: str
    at: datetime
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    id: str
    at: datetime
    case: CaseKind
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Cured:
    id: str
    at: datetime
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    id: str
    at: datetime
    exposed_on: date
    isolation: Isolation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    id: str
    at: datetime
    by: By = By.WORKER


@dataclass(frozen=True, slots=True, kw_only=True)
class Attest:
    id: str
    at: datetime
    day: date
    by: By = By.WORKER
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    id: str
    at: datetime
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    id: str
    at: datetime
    of: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    id: str
    at: datetime
    of: str
    by: By = By.WORKER
    temperature: Decimal | None = None
    reason: str = ""


Fact = (
    Declaration
    | Report
    | Exposure
    | Upstream
    | Undo
    | Case
    | Cured
    | Contact
    | Recheck
    | Attest
    | Outage
    | Withdraw
    | Review
)


@dataclass(frozen=True, slots=True)
class History:
    """The facts of one person, with the older normal reports folded to one byte a day.

    `normal` maps a day to a bit set of the sources that reported normally on it and have no fact of their own any
    more: bit 0 an own report (self, carer or worker) or a day attested, bit 1 an institution's, bit 2 a gate's. Bit 3
    says nothing of its own day: reports between it and the next entry were dropped, never so far apart as to make grey.
    """

    facts: tuple[Fact, ...] = ()
    normal: tuple[tuple[date, int], ...] = field(default=())

    def plus(self, *more: Fact) -> History:
        return History((*self.facts, *more), self.normal)
