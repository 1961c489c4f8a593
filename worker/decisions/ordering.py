"""An order on a person as a change: its facts with who recorded them, its act, the tasks that it opens or closes."""

from __future__ import annotations

from dataclasses import replace

from domain.carry_out import carry_out
from domain.orders import Confirm, Order
from domain.person import Person
from domain.roles import Staff
from domain.withdrawals import withdrawal
from store.changes import Act, Change, Task
from worker.decisions.claims import confirm
from worker.decisions.moment import Moment
from worker.decisions.recording import record, record_all


def order(asked: Order, staff: Staff, person: Person, reason: str, moment: Moment) -> Change:
    """What becomes of `person`. Raises Refused."""
    done = carry_out(asked, staff, person, reason, moment.now, moment.world)
    names = " ".join(fact.id for fact in done.facts)
    act = Act(staff.id, f"order {type(asked).__name__.lower()}", names, reason, staff.organisation)
    if isinstance(asked, Confirm):
        return confirm(person, done.account, act, moment)
    after = replace(
        person,
        institution=person.institution if done.institution is None else done.institution,
        grid=person.grid if done.grid is None else done.grid,
    )
    tasks = tuple(
        Task(person.community, about, done=about == done.closes)
        for about in (done.opens, done.closes)
        if about and person.community
    )
    return record_all(person, after, done.facts, act, moment, tasks)


def withdraw(person: Person, of: str, staff: Staff, submitted_by: str, reason: str, moment: Moment) -> Change:
    """A record is taken back, as `submitted_by` proposed and `staff` approved. Raises Refused."""
    fact = withdrawal(person, of, reason, moment.now)
    act = Act(staff.id, f"withdraw for {submitted_by}", of, reason, staff.organisation)
    return record(person, fact, act, moment)
