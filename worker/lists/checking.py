"""Checking: what a list would do, judged over the real records without writing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from domain.lists.rows import fact_of, is_known
from domain.person import Person
from store.list_values import ListHead, ListReport, ListRow
from worker.context import Context
from worker.decisions.moment import Moment

Shown = Callable[[float], None]


class RowsGone(Exception):
    """Rows of a list are not there any more: it waited too long, or was decided meanwhile."""


def check(ctx: Context, head: ListHead, shown: Shown) -> ListReport:
    """The report of a list. Raises RowsGone."""
    moment = ctx.moment()
    report, changes = ListReport(moment.now), Counter[str]()
    for chunk in range(head.chunks):
        rows = ctx.lists.rows(head.id, chunk)
        if rows is None:
            raise RowsGone(head.id)
        people = ctx.people.read_sound(row.pid for row in rows)
        people |= ctx.people.read_sound(person.alias_of for person in people.values() if person.alias_of)
        report = _counted(report, rows, people)
        changes += _changes(rows, people, moment)
        shown((chunk + 1) / head.chunks)
    return replace(report, changes=dict(changes))


def _counted(report: ListReport, rows: tuple[ListRow, ...], people: dict[bytes, Person]) -> ListReport:
    known = waiting = matched = other = 0
    for row in rows:
        person = people.get(row.pid)
        if person is None:
            continue
        if is_known(person.history, row.entry):
            known += 1
        elif (main := people.get(person.alias_of, person)).identity is None:
            waiting += 1
        else:
            matched += 1
            other += bool(row.entry.name) and row.entry.name != (person.identity or main.identity).name
    return replace(
        report,
        matched=report.matched + matched,
        waiting=report.waiting + waiting,
        known=report.known + known,
        other_name=report.other_name + other,
    )


def _changes(rows: tuple[ListRow, ...], people: dict[bytes, Person], moment: Moment) -> Counter[str]:
    """Only who has declared has a colour that can change."""
    after: dict[bytes, Person] = {}
    for row in rows:
        named = people.get(row.pid)
        if named is None or is_known(named.history, row.entry):
            continue
        person = people.get(named.alias_of, named)
        person = after.get(person.pid, person)
        if person.identity is not None and not is_known(person.history, row.entry):
            after[person.pid] = person.with_facts(fact_of(row.entry, moment.now))
    pairs = ((moment.colour(people[pid]), moment.colour(person)) for pid, person in after.items())
    return Counter(f"{before.value} {now.value}" for before, now in pairs if before != now)
