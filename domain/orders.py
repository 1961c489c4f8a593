"""Orders: what staff may have recorded about a person. Each comes to facts; nobody orders a colour.

As JSON an order is an object of its fields: `{"day": "2020-03-10"}` for `attest`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.documents import SYMPTOMS
from domain.facts import Symptom
from domain.fields import BadRecord, Fields, as_cell, as_day, as_id, as_object, as_temperature, as_text
from domain.roles import Action


@dataclass(frozen=True, slots=True)
class Isolate:
    """Isolation at home has begun: of a listed contact, or else as the resident says (本地·4)."""

    begun: date


@dataclass(frozen=True, slots=True)
class Release:
    """Isolation is over: refused before it is."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """The symptoms were checked again. Only a normal result is a re-check; any is a report on the person's behalf."""

    temperature: Decimal
    symptoms: frozenset[Symptom] = frozenset()


@dataclass(frozen=True, slots=True)
class Attest:
    """The person was well on a day that was missed."""

    day: date


@dataclass(frozen=True, slots=True)
class Review:
    """An abnormal report is cleared; of a gate reading only by a second, normal measurement."""

    of: str
    temperature: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ReportFor:
    """A report on behalf of somebody who cannot send it."""

    temperature: Decimal
    symptoms: frozenset[Symptom] = frozenset()


@dataclass(frozen=True, slots=True)
class Admit:
    institution: str


@dataclass(frozen=True, slots=True)
class WardReport:
    """The isolation institution's report of a day; without one, of today."""

    temperature: Decimal
    symptoms: frozenset[Symptom] = frozenset()
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Cure:
    on: date


@dataclass(frozen=True, slots=True)
class Discharge:
    pass


@dataclass(frozen=True, slots=True)
class Confirm:
    """The document was seen: it belongs to `account`, or to whoever claims it alone."""

    account: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The person belongs to this grid cell (1 to 99) of the community from now on; 0: to none."""

    cell: int


Recorded = Isolate | Release | Recheck | Attest | Review | ReportFor | WardReport | Cure
Order = Recorded | Admit | Discharge | Confirm | Grid

ACTIONS: dict[type, Action] = {
    Isolate: Action.ISOLATE,
    Release: Action.RELEASE,
    Recheck: Action.RECHECK,
    Attest: Action.ATTEST,
    Review: Action.REVIEW,
    ReportFor: Action.REPORT_FOR,
    Admit: Action.ADMIT,
    WardReport: Action.REPORT_WARD,
    Cure: Action.CURE,
    Discharge: Action.DISCHARGE,
    Confirm: Action.CONFIRM,
    Grid: Action.PLACE,
}


def order_from_json(name: str, value: object) -> Order:
    """The order of that name. Raises BadRecord, with the path inside `value`."""
    read = ORDERS.get(name)
    if read is None:
        raise BadRecord("order", f"not one of {', '.join(ORDERS)}")
    return read(as_object(value, ""))


def _symptoms(fields: Fields) -> frozenset[Symptom]:
    return fields.may("symptoms", SYMPTOMS.read) or frozenset()


ORDERS: dict[str, Callable[[Fields], Order]] = {
    "isolate": lambda f: Isolate(f.need("from", as_day)),
    "release": lambda f: Release(),
    "recheck": lambda f: Recheck(f.need("temperature", as_temperature), _symptoms(f)),
    "attest": lambda f: Attest(f.need("day", as_day)),
    "review": lambda f: Review(f.need("of", as_id), f.may("temperature", as_temperature)),
    "report": lambda f: ReportFor(f.need("temperature", as_temperature), _symptoms(f)),
    "admit": lambda f: Admit(f.need("institution", as_id)),
    "ward-report": lambda f: WardReport(f.need("temperature", as_temperature), _symptoms(f), f.may("day", as_day)),
    "cure": lambda f: Cure(f.need("on", as_day)),
    "discharge": lambda f: Discharge(),
    "grid": lambda f: Grid(f.need("cell", as_cell)),
    "confirm": lambda f: Confirm(f.may("account", as_text) or ""),
}
"""What stands in the JSON of each; a field that is given as null is left out."""
