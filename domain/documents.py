"""Facts as JSON: one format for the case table, the audit, the what-if run and anybody who checks the policy.

A document is `{"at": instant, "facts": [fact, …]}`. Beside them, where they matter, may stand `"normal": {day: bits}`
(a folded history, see `domain.facts.History`) and `"world": {"outages": [day], "risk_areas": [{"name", "since",
"until"}], "ends_on": day}`. A fact is `{"id", "kind", "at", …}` as in `SHAPES`; a field that may be null or empty may
be left out, and fields not listed there are ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain import facts
from domain.facts import By, CaseKind, Fact, History, Isolation, IsolationMode, Stay, Symptom
from domain.fields import (
    BadRecord,
    as_bits,
    as_day,
    as_id,
    as_instant,
    as_list,
    as_member,
    as_object,
    as_temperature,
    as_text,
)
from domain.notice import Colour
from domain.verdict import Verdict
from domain.world import RiskArea, World

__all__ = ["BadRecord", "Document", "document_from_json", "fact_from_json", "to_json", "verdict_to_json"]


@dataclass(frozen=True, slots=True)
class Document:
    """What `domain.verdict.judge` takes."""

    history: History
    at: datetime
    world: World


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a fact, of the same name in JSON and in the dataclass; how it is read and written."""

    name: str
    read: Callable[[object, str], Any]
    write: Callable[[Any], Any]
    needed: bool = True
    """Else it may be null or left out, and takes the default of the dataclass."""


@dataclass(frozen=True, slots=True)
class Shape:
    kind: str
    make: Callable[..., Fact]
    fields: tuple[Field, ...]


def fact_from_json(value: object, path: str = "") -> Fact:
    """The fact that a JSON value describes. Raises BadRecord; its path begins with `path`."""
    fields = as_object(value, path)
    shape = BY_KIND.get(fields.need("kind", as_text))
    if shape is None:
        raise BadRecord(fields.where("kind"), f"not one of {', '.join(BY_KIND)}")
    given = {"id": fields.need("id", as_id), "at": fields.need("at", as_instant)}
    for field in shape.fields:
        read = fields.need(field.name, field.read) if field.needed else fields.may(field.name, field.read)
        if read is not None:
            given[field.name] = read
    return shape.make(**given)


def to_json(fact: Fact) -> dict[str, Any]:
    """The fact as a JSON object; `fact_from_json` gives an equal fact back."""
    shape = BY_MAKE[type(fact)]
    values = ((field, getattr(fact, field.name)) for field in shape.fields)
    return {
        "id": fact.id,
        "kind": shape.kind,
        "at": fact.at.isoformat(),
        **{field.name: None if value is None else field.write(value) for field, value in values},
    }


def document_from_json(value: object, path: str = "") -> Document:
    """The document that a JSON value describes. Raises BadRecord; its path begins with `path`."""
    fields = as_object(value, path)
    at = fields.need("at", as_instant)
    fields.need("facts", as_list)
    known: dict[str, Fact] = {}
    for member, where in fields.items("facts"):
        fact = fact_from_json(member, where)
        if known.setdefault(fact.id, fact) != fact:
            raise BadRecord(f"{where}.id", "another fact has this id")
    history = History(tuple(known.values()), fields.may("normal", _normal) or ())
    return Document(history, at, fields.may("world", _world) or World())


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """`{"colour", "clauses", "since", "until", "progress", "notice"}`."""
    return {
        "colour": verdict.colour.value,
        "clauses": list(verdict.clauses),
        "since": _day_or_null(verdict.since),
        "until": _day_or_null(verdict.until),
        "progress": None if verdict.progress is None else list(verdict.progress),
        "notice": verdict.notice,
    }


def _day_or_null(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _world(value: object, path: str) -> World:
    fields = as_object(value, path)
    return World(
        frozenset(as_day(day, where) for day, where in fields.items("outages")),
        tuple(_risk_area(area, where) for area, where in fields.items("risk_areas")),
        fields.may("ends_on", as_day),
    )


def _risk_area(value: object, path: str) -> RiskArea:
    fields = as_object(value, path)
    return RiskArea(fields.need("name", as_id), fields.need("since", as_day), fields.may("until", as_day))


def _normal(value: object, path: str) -> tuple[tuple[date, int], ...]:
    fields = as_object(value, path)
    return tuple((as_day(day, fields.where(day)), as_bits(bits, fields.where(day))) for day, bits in fields.members())


def _isolation(value: object, path: str) -> Isolation:
    fields = as_object(value, path)
    return Isolation(fields.need("mode", as_member(IsolationMode)), fields.need("from", as_day))


def _isolation_to_json(isolation: Isolation) -> dict[str, str]:
    return {"mode": isolation.mode.value, "from": isolation.begun.isoformat()}


def _stays(value: object, path: str) -> tuple[Stay, ...]:
    places = [as_object(stay, f"{path}[{index}]") for index, stay in enumerate(as_list(value, path))]
    return tuple(Stay(place.need("place", as_text), place.need("last_on", as_day)) for place in places)


def _stays_to_json(stays: tuple[Stay, ...]) -> list[dict[str, str]]:
    return [{"place": stay.place, "last_on": stay.last_on.isoformat()} for stay in stays]


def _symptoms(value: object, path: str) -> frozenset[Symptom]:
    read = as_member(Symptom)
    return frozenset(read(symptom, f"{path}[{index}]") for index, symptom in enumerate(as_list(value, path)))


def _symptoms_to_json(symptoms: frozenset[Symptom]) -> list[str]:
    return [symptom.value for symptom in Symptom if symptom in symptoms]


def _colour(value: object, path: str) -> str:
    return as_member(Colour)(value, path).value


def _day(name: str, *, needed: bool = True) -> Field:
    return Field(name, as_day, date.isoformat, needed)


def _instant(name: str) -> Field:
    return Field(name, as_instant, datetime.isoformat, needed=False)


def _by(*, needed: bool = True) -> Field:
    return Field("by", as_member(By), str, needed)


def _degrees(*, needed: bool = True) -> Field:
    return Field("temperature", as_temperature, "{:f}".format, needed)


SYMPTOMS = Field("symptoms", _symptoms, _symptoms_to_json, needed=False)
ISOLATION = Field("isolation", _isolation, _isolation_to_json, needed=False)
TOLD = (
    _day("contact_on", needed=False),
    ISOLATION,
    _day("risk_area_on", needed=False),
    Field("stays", _stays, _stays_to_json, needed=False),
)
OF = Field("of", as_id, str)
REASON = Field("reason", as_text, str, needed=False)

SHAPES = (
    Shape("declaration", facts.Declaration, (_by(), _degrees(), SYMPTOMS, *TOLD)),
    Shape("report", facts.Report, (_by(), _degrees(), SYMPTOMS, _instant("taken"))),
    Shape("exposure", facts.Exposure, (_by(), *TOLD)),
    Shape("upstream", facts.Upstream, (Field("colour", _colour, str), _instant("as_of"))),
    Shape("undo", facts.Undo, (OF,)),
    Shape("case", facts.Case, (Field("case", as_member(CaseKind), str), _day("since"))),
    Shape("cured", facts.Cured, (_day("on"),)),
    Shape("contact", facts.Contact, (_day("exposed_on"), ISOLATION)),
    Shape("recheck", facts.Recheck, (_by(needed=False),)),
    Shape("attest", facts.Attest, (_by(needed=False), _day("day"), REASON)),
    Shape("outage", facts.Outage, (_day("day"),)),
    Shape("withdraw", facts.Withdraw, (OF, REASON)),
    Shape("review", facts.Review, (_by(needed=False), OF, _degrees(needed=False), REASON)),
)
BY_KIND = {shape.kind: shape for shape in SHAPES}
BY_MAKE: dict[Any, Shape] = {shape.make: shape for shape in SHAPES}
