"""Facts of an invented person told in a few words. Days are numbered from D, the first one: 2 March 2020."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.facts import (
    SHANGHAI,
    Attest,
    By,
    Case,
    CaseKind,
    Contact,
    Cured,
    Declaration,
    Exposure,
    Fact,
    Isolation,
    IsolationMode,
    Outage,
    Recheck,
    Report,
    Review,
    Stay,
    Symptom,
    Undo,
    Upstream,
    Withdraw,
)

D = date(2020, 3, 2)
SELF, CARER, WORKER, INSTITUTION, GATE = By
HOME, CENTRAL = IsolationMode


def day(n: int) -> date:
    return D + timedelta(n)


def when(n: int, clock: str = "09:00:00") -> datetime:
    """The instant of day D+n in Ningxia."""
    return datetime.fromisoformat(f"{day(n)}T{clock}").replace(tzinfo=SHANGHAI)


def _maybe(n: int | None) -> date | None:
    return None if n is None else day(n)


def isolation(mode: IsolationMode, begun: int) -> Isolation:
    return Isolation(mode, day(begun))


def stays(*visits: tuple[str, int]) -> tuple[Stay, ...]:
    return tuple(Stay(place, day(last)) for place, last in visits)


def declared(
    n: int = 0,
    degrees: str = "36.5",
    *symptoms: Symptom,
    by: By = SELF,
    clock: str = "09:00:00",
    contact: int | None = None,
    risk: int | None = None,
    isolated: Isolation | None = None,
    been: tuple[Stay, ...] = (),
) -> Declaration:
    return Declaration(
        id=f"declared {n} {clock} {by} {degrees} {symptoms} {contact} {risk} {isolated} {been}",
        at=when(n, clock),
        by=by,
        temperature=Decimal(degrees),
        symptoms=frozenset(symptoms),
        contact_on=_maybe(contact),
        isolation=isolated,
        risk_area_on=_maybe(risk),
        stays=been,
    )


def told(
    n: int,
    *,
    contact: int | None = None,
    risk: int | None = None,
    isolated: Isolation | None = None,
    been: tuple[Stay, ...] = (),
) -> Exposure:
    return Exposure(
        id=f"told {n} {contact} {risk} {isolated} {been}",
        at=when(n, "10:00:00"),
        by=SELF,
        contact_on=_maybe(contact),
        risk_area_on=_maybe(risk),
        isolation=isolated,
        stays=been,
    )


def report(
    n: int,
    degrees: str = "36.5",
    *symptoms: Symptom,
    by: By = SELF,
    clock: str = "09:00:00",
    taken: tuple[int, str] | None = None,
) -> Report:
    return Report(
        id=f"report {n} {clock} {by} {degrees} {symptoms} {taken}",
        at=when(n, clock),
        by=by,
        temperature=Decimal(degrees),
        symptoms=frozenset(symptoms),
        taken=None if taken is None else when(*taken),
    )


def gate(n: int, degrees: str = "36.5", *symptoms: Symptom, taken: tuple[int, str] | None = None) -> Report:
    return report(n, degrees, *symptoms, by=GATE, clock="17:00:00", taken=taken)


def daily(first: int, last: int, by: By = SELF, *, but: tuple[int, ...] = ()) -> tuple[Report, ...]:
    """A normal report on each day, both ends included."""
    return tuple(report(n, by=by) for n in range(first, last + 1) if n not in but)


def undo(of: Fact, **later: int) -> Undo:
    at = of.at + timedelta(**later)
    return Undo(id=f"undo {of.id} {at}", at=at, of=of.id)


def case(since: int, kind: CaseKind = CaseKind.CONFIRMED, *, recorded: int | None = None) -> Case:
    at = when(since if recorded is None else recorded, "08:00:00")
    return Case(id=f"case {since} {kind} {at}", at=at, case=kind, since=day(since))


def cured(on: int, *, recorded: int | None = None) -> Cured:
    at = when(on if recorded is None else recorded, "08:00:00")
    return Cured(id=f"cured {on} {at}", at=at, on=day(on))


def contact(n: int, isolated: Isolation | None = None) -> Contact:
    return Contact(id=f"contact {n} {isolated}", at=when(n, "08:00:00"), exposed_on=day(n - 1), isolation=isolated)


def recheck(n: int) -> Recheck:
    return Recheck(id=f"recheck {n}", at=when(n, "08:00:00"))


def attest(n: int, *, recorded: int, by: By = WORKER) -> Attest:
    return Attest(id=f"attest {n} {recorded} {by}", at=when(recorded), day=day(n), by=by, reason="电话核实")


def outage(n: int, *, recorded: int | None = None) -> Outage:
    return Outage(id=f"outage {n} {recorded}", at=when(n if recorded is None else recorded, "08:00:00"), day=day(n))


def withdraw(of: Fact, n: int) -> Withdraw:
    return Withdraw(id=f"withdraw {of.id} {n}", at=when(n), of=of.id, reason="名单有误")


def review(of: Fact, n: int, degrees: str | None = None, *, by: By = WORKER) -> Review:
    measured = None if degrees is None else Decimal(degrees)
    return Review(
        id=f"review {of.id} {n} {degrees} {by}", at=when(n, "18:00:00"), of=of.id, by=by, temperature=measured
    )


def upstream(n: int, colour: str, clock: str = "08:00:00") -> Upstream:
    return Upstream(id=f"upstream {n} {clock} {colour}", at=when(n, clock), colour=colour)
