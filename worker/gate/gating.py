"""What a guard has recorded: readings, passages, whom they looked up, who declared at the gate. Each is written once.

A record carries an id that the guard's page made. The reading is a fact under that id, the passage an entry of its
venue under it: sent twice, or by a phone that was without a network for hours, it is there once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from domain.facts import By, Declaration, Exposure, Report, Symptom, day_of
from domain.gate import (
    AHEAD,
    LATEST,
    RECORD_ID,
    Outcome,
    Passage,
    Result,
    Shown,
    fact_id,
    is_open,
    of_colour,
    outcome_of,
)
from domain.people import Level, mask_name
from domain.person import Look, Person
from domain.roles import Action, Refused, Staff, may, require
from domain.scopes import Target
from domain.tasks import LET_IN
from domain.venues import Venue
from domain.verdict import Colour, colour_of
from store.changes import Act, Change, Task
from store.limits import Limit
from store.sealing import person_id
from store.venues import Visit
from worker.changing import change_person
from worker.context import Context
from worker.decisions.moment import Moment
from worker.decisions.recording import look, record_all
from worker.gate.scanning import OfPerson, Scanner
from worker.residents.registering import Entry, registered

LOOKUPS = Limit("gate look-ups", 20, timedelta(minutes=10))
PURPOSE = "卡口核验证件"
"""What 谁看过我 says."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a record came to. `again`: it was there already. `colour` and `name` are of now, the name masked."""

    id: str
    outcome: Outcome
    again: bool
    colour: Result | None = None
    name: str = ""
    checked: Result | None = None
    """Of whoever was let in without a network: what they were then; `not-found` where it was nobody's code."""


def venue_for(ctx: Context, staff: Staff, id: str) -> Venue:
    """A venue at which this member of the staff is on duty. Raises Refused: `no_such_venue`, `role`, `scope`."""
    venue = ctx.venues.read(id)
    if venue is None or venue.closed:
        raise Refused("no_such_venue", id)
    require(staff, Action.GATE_REPORT, target_of(venue))
    return venue


def venues_of(ctx: Context, staff: Staff) -> list[Venue]:
    """The open venues at which they are on duty."""
    return [
        venue for venue in ctx.venues.all() if not venue.closed and may(staff, Action.GATE_REPORT, target_of(venue))
    ]


def target_of(venue: Venue) -> Target:
    return Target(venue.community, venue=venue.id)


def write(ctx: Context, staff: Staff, passage: Passage, scanner: Scanner) -> Written:
    """Write one record down.

    Raises Refused: `no_such_venue`, `role`, `scope`; `bad_record` for an id that is none; `not_yours` for a record of
    another guard; `to_come` and `too_late` for one of another time.
    """
    venue = venue_for(ctx, staff, passage.venue)
    now = ctx.clock.now()
    _require_sound(staff, passage, now)
    if known := ctx.venues.find(venue.id, day_of(passage.at), passage.id):
        return Written(passage.id, known.outcome, True, checked=known.checked)
    pid = passage.pid or _whose(scanner, passage)
    person = _measured(ctx, staff, venue, passage, pid) if pid else None
    colour = of_colour(ctx.moment().colour(person)) if person else None
    outcome = _outcome(passage, colour)
    checked = _checked(person, passage, ctx.moment()) if is_open(passage) else None
    again = not ctx.venues.note(venue.id, _visit(passage, pid, outcome, now, checked))
    name = mask_name(person.identity.name) if person and person.identity else ""
    return Written(passage.id, outcome, again, colour, name, checked)


def reading(person: Person, staff: Staff, venue: Venue, passage: Passage, moment: Moment) -> Change:
    """The change that a supervised reading makes (附件四(一)1·b, 1·c); with a task for the community where a gate
    without a network let in who was yellow or red. Pure."""
    if passage.temperature is None:
        raise ValueError("a passage without a reading changes nobody")
    late = passage.source is Shown.OFFLINE
    taken = passage.at if late else None
    fact = Report(id=fact_id(passage), at=moment.now, by=By.GATE, temperature=passage.temperature, taken=taken)
    missed = is_open(passage) and _checked(person, passage, moment) in (Result.YELLOW, Result.RED)
    tasks = (Task(person.community, LET_IN),) if missed and person.community else ()
    return record_all(person, person, (fact,), act_of(staff, venue, "gate report", fact.id), moment, tasks)


def act_of(staff: Staff, venue: Venue, what: str, fact: str = "") -> Act:
    """Who did it where; a resident is told organisation and venue."""
    where = f"{staff.organisation} {venue.name}"
    return Act(staff.id, what, fact, f"{venue.id} {venue.name}", where)


def look_up(ctx: Context, staff: Staff, venue: Venue, pid: bytes) -> Person:
    """Somebody by their document, where no code can be scanned. The person sees that it was done.

    Raises Refused: `too_often`.
    """
    if ctx.limits.attempt(LOOKUPS, staff.id, ctx.clock.now()) is None:
        raise Refused("too_often")
    person = ctx.people.read_main([pid])[pid]
    act = act_of(staff, venue, "gate look-up")
    if person.version == 0 or person.identity is None:
        ctx.audit.note(act, pid)
        return person
    moment = ctx.moment()
    seen = Look(act.organisation, moment.now, PURPOSE)
    return change_person(ctx, person.pid, lambda each: look(each, seen, act, moment)).after


def pid_of(ctx: Context, entry: Entry) -> bytes:
    document = entry.identity.document
    return person_id(ctx.settings.pid_key, document.kind.value, document.number)


@dataclass(frozen=True, slots=True)
class ShortDeclaration:
    """What is asked at a gate (附件四(一)1·b): who, the reading, symptoms, contact or stay within fourteen days."""

    id: str
    entry: Entry
    temperature: Decimal
    symptoms: frozenset[Symptom] = frozenset()
    exposed: bool = False
    """In contact with a case, or back from a listed area, within fourteen days."""


def declare(ctx: Context, staff: Staff, venue: Venue, said: ShortDeclaration) -> Person:
    """Somebody without a code declares under the guard's eyes, who has their document in hand.

    Raises Refused: `bad_record`, `unproved_claim` while an account says to be this person and has not proved it.
    """
    if RECORD_ID.fullmatch(said.id) is None:
        raise Refused("bad_record", said.id[:24])
    pid = pid_of(ctx, said.entry)
    main = ctx.people.read_main([pid])[pid].pid
    moment = ctx.moment()
    return change_person(ctx, main, lambda person: declared(person, staff, venue, said, moment)).after


def declared(person: Person, staff: Staff, venue: Venue, said: ShortDeclaration, moment: Moment) -> Change:
    """The change that a short declaration makes; for somebody who declared before it is a report. Pure. Raises
    Refused."""
    if person.account and person.proof < Level.PHONE:
        raise Refused("unproved_claim")
    shape = Passage(said.id, venue.id, staff.id, moment.now, "", Result.NONE, Outcome.PASSED)
    name = fact_id(shape)
    now, read, ill = moment.now, said.temperature, said.symptoms
    exposed_on = day_of(moment.now) if said.exposed else None
    act = act_of(staff, venue, "gate declaration", name)
    if moment.colour(person) is not Colour.NONE:
        report = Report(id=name, at=now, by=By.GATE, temperature=read, symptoms=ill)
        trip = Exposure(id=f"{name}x", at=now, by=By.GATE, contact_on=exposed_on)
        return record_all(person, person, (report, trip) if said.exposed else (report,), act, moment)
    after = person if person.identity and person.account else registered(person, said.entry, Level.CONFIRMED)
    fact = Declaration(id=name, at=now, by=By.GATE, temperature=read, symptoms=ill, contact_on=exposed_on)
    return record_all(person, after, (fact,), act, moment)


def _measured(ctx: Context, staff: Staff, venue: Venue, passage: Passage, pid: bytes) -> Person | None:
    """The person, with the reading on record if there is one; None for nobody who ever declared."""
    main = ctx.people.read_main([pid])[pid]
    if main.version == 0 or main.identity is None:
        return None
    if passage.temperature is None or any(fact.id == fact_id(passage) for fact in main.history.facts):
        return main
    return change_person(ctx, main.pid, lambda each: reading(each, staff, venue, passage, ctx.moment())).after


def _visit(passage: Passage, pid: bytes, outcome: Outcome, now: datetime, checked: Result | None) -> Visit:
    """What the venue keeps: what was shown is what is recorded, and beside it what was looked up later."""
    written = now if passage.source is Shown.OFFLINE else None
    told = (passage.shown, passage.source, passage.by, written)
    return Visit(passage.id, passage.at, pid, outcome, *told, list_as_of=passage.list_as_of, checked=checked)


def _checked(person: Person | None, passage: Passage, moment: Moment) -> Result:
    """The colour at the instant of the passage, by what was on record then: what a gate with a network had shown."""
    if person is None:
        return Result.NOT_FOUND
    return of_colour(colour_of(person.history, min(passage.at, moment.now), moment.world))


def _outcome(passage: Passage, colour: Result | None) -> Outcome:
    """Without a network what was shown decided; with one, what the reading has made of the colour decides."""
    if passage.source is Shown.OFFLINE or colour is None or passage.outcome is not Outcome.PASSED:
        return passage.outcome
    return outcome_of(colour, passage.temperature)


def _whose(scanner: Scanner, passage: Passage) -> bytes:
    """Whom the code belongs to that was scanned then: it may be over by now."""
    found = scanner.read(passage.code, passage.at)
    return found.pid if isinstance(found, OfPerson) else b""


def _require_sound(staff: Staff, passage: Passage, now: datetime) -> None:
    if RECORD_ID.fullmatch(passage.id) is None:
        raise Refused("bad_record", passage.id[:24])
    if passage.by != staff.id:
        raise Refused("not_yours", passage.by[:32])
    if passage.at > now + AHEAD:
        raise Refused("to_come", passage.at.isoformat())
    if passage.at < now - LATEST:
        raise Refused("too_late", passage.at.isoformat())
    if passage.outcome is Outcome.PASSED and outcome_of(passage.shown, passage.temperature) is not Outcome.PASSED:
        raise Refused("bad_record", passage.outcome)
