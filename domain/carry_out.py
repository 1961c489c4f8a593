"""Carrying out an order: the facts that follow from it, or why it is refused. Pure."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from hashlib import blake2b

from domain import facts
from domain.care import active, carer_of
from domain.facts import SHANGHAI, By, Contact, Exposure, Fact, Isolation, IsolationMode, Symptom, day_of
from domain.ledger import Ledger, facts_by_kind, is_abnormal, open_ledger, reports_in, undone
from domain.notices import in_force
from domain.orders import (
    ACTIONS,
    Admit,
    Attest,
    Confirm,
    Cure,
    Discharge,
    Grid,
    Isolate,
    Order,
    Recheck,
    Release,
    ReportFor,
    Review,
    WardReport,
)
from domain.person import Person
from domain.reasons import close_contact, counting, ill, isolates, recovering
from domain.roles import Refused, Staff, require
from domain.scopes import Target
from domain.world import World

LATE_DAYS = 3
"""How many days later an institution may still record a day: so long normal reports are kept one by one."""
REASON_LIMIT = 200
"""Characters."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an order comes to: facts, the institution from now on (None: as before), tasks of the community."""

    facts: tuple[Fact, ...] = ()
    institution: str | None = None
    opens: str = ""
    closes: str = ""
    account: str = ""
    """Whom a confirmed document belongs to."""
    grid: int | None = None
    """The grid cell from now on; None: as before."""


def target_of(person: Person) -> Target:
    return Target(person.community, person.institution, person.grid)


def reason_of(text: str) -> str:
    """A reason as it is kept. Raises Refused (`no_reason`)."""
    if not text.strip():
        raise Refused("no_reason")
    return text.strip()[:REASON_LIMIT]


def carry_out(order: Order, staff: Staff, person: Person, reason: str, now: datetime, world: World) -> Done:
    """What `staff` has recorded about `person` by this order. The same order again records nothing new.

    Raises Refused: `role` or `scope`; `no_reason`; else what stands in the way, as each order says.
    """
    target = target_of(person)
    if isinstance(order, Admit):
        target = replace(target, institution=order.institution)
    require(staff, ACTIONS[type(order)], target)
    if person.version == 0:
        raise Refused("unknown_person")
    ledger = open_ledger(person.history, now, world, in_force(day_of(now)).limits)
    return Desk(person, ledger, now, reason_of(reason)).take(order)


@dataclass(frozen=True, slots=True)
class Desk:
    """One person as it stands now, for one order."""

    person: Person
    ledger: Ledger
    now: datetime
    reason: str

    def take(self, order: Order) -> Done:
        match order:
            case Isolate(begun):
                return Done(self._isolation(begun), opens="isolation")
            case Release():
                self._require_over()
                return Done(closes="isolation")
            case Recheck(temperature, symptoms):
                return Done(self._rechecked(self._report(By.WORKER, temperature, symptoms)))
            case ReportFor(temperature, symptoms):
                return Done((self._report(By.WORKER, temperature, symptoms),))
            case Attest(day):
                return Done((self._attested(day),))
            case Review(of, temperature):
                return Done((self._reviewed(of, temperature),))
            case WardReport(temperature, symptoms, day):
                return Done((self._report(By.INSTITUTION, temperature, symptoms, day),))
            case Cure(on):
                return Done((self._cured(on),))
            case Admit(institution):
                self._require_ill(institution)
                return Done(institution=institution)
            case Discharge():
                return Done(institution="")
            case Grid(cell):
                return Done(grid=cell)
            case Confirm(account):
                return Done(account=self._claimant(account))

    # --- what a community worker records ---------------------------------------------------------------------------

    def _isolation(self, begun: date) -> tuple[Fact, ...]:
        """A listed contact's isolation may turn out to have begun later; that it was earlier, only a list can say."""
        self._require_past(begun)
        isolation = Isolation(IsolationMode.HOME, begun)
        contacts = self.ledger.contacts
        if not contacts:
            if self.ledger.today - begun.toordinal() >= self.ledger.limits.own_isolation.value:
                raise Refused("too_late")
            name = self._id("isolate", begun)
            return (Exposure(id=name, at=self.now, by=By.WORKER, isolation=isolation),)
        if max(_begun(contact) for contact in contacts) >= begun:
            return ()  # on record already, or it would shorten what a list says
        exposed = max(contact.exposed_on for contact in contacts)
        return (Contact(id=self._id("isolate", begun), at=self.now, exposed_on=exposed, isolation=isolation),)

    def _require_over(self) -> None:
        spans = [*close_contact(self.ledger), *isolates(self.ledger)]
        if not spans:
            raise Refused("nothing_to_isolate")
        if any(end is None or end > self.ledger.today for _, end in spans):
            raise Refused("too_early")

    def _rechecked(self, report: facts.Report) -> tuple[Fact, ...]:
        if is_abnormal(report, self.ledger.limits.fever.value):
            return (report,)
        return report, facts.Recheck(id=self._id("recheck", report.id), at=self.now, by=By.WORKER)

    def _attested(self, day: date) -> facts.Attest:
        self._require_past(day)
        if self.ledger.today - day.toordinal() > self.ledger.limits.attest_within.value:
            raise Refused("too_late", day.isoformat())
        return facts.Attest(id=self._id("attest", day), at=self.now, day=day, by=By.WORKER, reason=self.reason)

    def _reviewed(self, of: str, temperature: Decimal | None) -> facts.Review | facts.Report:
        """Measured feverish, the review is one more abnormal report and clears nothing."""
        limits = self.ledger.limits
        kinds = facts_by_kind(fact for fact in self.person.history.facts if fact.at <= self.now)
        taken_back = undone(kinds, limits)
        report = next((each for each in reports_in(kinds) if each.id == of and of not in taken_back), None)
        if report is None or not is_abnormal(report, limits.fever.value):
            raise Refused("no_such_record", of)
        if report.by is By.GATE and temperature is None:
            raise Refused("not_measured")
        if temperature is not None and temperature >= limits.fever.value:
            return self._report(By.WORKER, temperature, frozenset())
        name = self._id("review", of, temperature)
        return facts.Review(id=name, at=self.now, of=of, by=By.WORKER, temperature=temperature, reason=self.reason)

    def _claimant(self, account: str) -> str:
        """Whose claim holds; empty: that of the carers in force of somebody without an account."""
        cared = self.person.carers if not self.person.account else ()
        if carer_of(cared, account, self.now) or (not account and active(cared) and not self.person.contesting):
            return account
        claimants = [openid for openid in (*self.person.contesting, self.person.account) if openid]
        openid = account or (claimants[0] if len(claimants) == 1 else "")
        if openid not in claimants:
            raise Refused("nobody_claims")
        return openid

    # --- what an isolation institution records ----------------------------------------------------------------------

    def _require_ill(self, institution: str) -> None:
        """Only somebody with a reason for isolation is admitted: an admission lets the institution see the record."""
        if self.person.institution not in ("", institution):
            raise Refused("admitted_elsewhere")
        p = self.ledger
        reasons = [*ill(p), *recovering(p), *close_contact(p), *isolates(p), *counting(p)]
        if all(end is not None and end <= p.today for _, end in reasons):
            raise Refused("nothing_to_isolate")

    def _cured(self, on: date) -> facts.Cured:
        self._require_past(on)
        return facts.Cured(id=self._id("cured", on), at=self.now, on=on)

    # --- both -------------------------------------------------------------------------------------------------------

    def _report(
        self, by: By, temperature: Decimal, symptoms: frozenset[Symptom], day: date | None = None
    ) -> facts.Report:
        today = day_of(self.now)
        day = day or today
        self._require_past(day)
        if (today - day).days > LATE_DAYS:
            raise Refused("too_late", day.isoformat())
        taken = None if day == today else datetime.combine(day, time(12), SHANGHAI)
        name = self._id(by, day, temperature, sorted(symptoms))
        return facts.Report(id=name, at=self.now, by=by, temperature=temperature, symptoms=symptoms, taken=taken)

    def _require_past(self, day: date) -> None:
        if day.toordinal() > self.ledger.today:
            raise Refused("to_come", day.isoformat())

    def _id(self, kind: str, *content: object) -> str:
        """The same content is the same fact, so an order given twice records once."""
        text = "\0".join(map(str, (kind, *content)))
        return f"o{urlsafe_b64encode(blake2b(text.encode(), digest_size=9).digest()).decode()}"


def _begun(contact: Contact) -> date:
    return contact.isolation.begun if contact.isolation is not None else day_of(contact.at)
