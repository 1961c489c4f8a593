"""Pass cards as a work: for everybody of a table, or the valid ones of a community printed again, on A4 sheets."""

from __future__ import annotations

from collections.abc import Iterator

from domain import cards
from domain.carry_out import reason_of
from domain.facts import day_of
from domain.person import Person
from domain.places import full_name
from domain.roles import Action, Refused, require
from domain.scopes import Target
from store.changes import Act
from store.sealing import person_id
from worker.cards.commands import printed, residents_with_cards
from worker.cards.issuing import issue
from worker.cards.sheet import Printed, sheets
from worker.residents.registering import Entry
from worker.residents.table import read_people
from worker.works.running import Done, File, Run

PDF = "application/pdf"


def issue_table(run: Run) -> Done:
    """Argument: `reason`; the table was handed in. One row that cannot be taken, and none is issued.

    A killed run goes on: whoever got a card since the work was asked for keeps it.
    """
    ctx, reason = run.ctx, reason_of(str(run.work.args.get("reason", "")))
    holders, faults = read_people(run.given(), day_of(ctx.clock.now()))
    for holder in holders:
        require(run.staff, Action.ISSUE_CARD, Target(holder.community))
    if faults:
        raise Refused("faults", "；".join(f"第 {each.row} 行 {each.column}：{each.reason}" for each in faults[:10]))
    people = []
    for count, holder in enumerate(holders, 1):
        people.append(_issued(run, holder) or issue(ctx, holder, run.staff, reason))
        run.step(count, len(holders) + 1)
    return _sheets(run, people, "健康通行卡.pdf")


def print_again(run: Run) -> Done:
    """Argument: `community`. Nothing becomes void."""
    ctx, community = run.ctx, str(run.work.args["community"])
    require(run.staff, Action.ISSUE_CARD, Target(community))
    today = day_of(ctx.clock.now())
    people = [person for person in residents_with_cards(ctx, community) if cards.current(person.cards, today)]
    if not people:
        raise Refused("no_valid_card")
    reason = f"{community} {len(people)}"
    ctx.audit.note(Act(run.staff.id, "print cards", reason=reason, organisation=run.staff.organisation))
    return _sheets(run, people, f"健康通行卡 {full_name(community)}.pdf")


def _issued(run: Run, holder: Entry) -> Person | None:
    """Whoever has a card that is younger than this work."""
    document = holder.identity.document
    pid = person_id(run.ctx.settings.pid_key, document.kind.value, document.number)
    person = run.ctx.people.read([pid])[pid]
    return person if person.cards and person.cards[-1].issued >= run.work.asked_at else None


def _sheets(run: Run, people: list[Person], name: str) -> Done:
    path = run.folder / "cards.pdf"
    path.write_bytes(sheets(_printed(run, people)))
    return Done({"cards": len(people)}, File(path, name, PDF))


def _printed(run: Run, people: list[Person]) -> Iterator[Printed]:
    for person in people:
        run.step(len(people), len(people) + 1)
        yield printed(run.ctx, person)
