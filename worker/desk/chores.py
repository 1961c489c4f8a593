"""任务: what there is to look after, the most urgent first; 完成: one of them is done, with the reason.

A community's workers see its tasks, a county's officers what has passed its deadline.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.carry_out import reason_of, target_of
from domain.orders import Confirm
from domain.people import birthplace_unknown
from domain.person import Person
from domain.places import children, division
from domain.roles import Action, Refused, Role, Staff, holds, may
from domain.scopes import Communities, Everywhere
from domain.tasks import APPEAL, CONFIRM, CONTESTED, COUNTY_DIGITS, county_of
from flows.core import Say
from flows.plain import Json
from flows.told import told_moment
from store.changes import Act
from store.tasks import OpenTask
from worker.changing import change_person
from worker.context import Context
from worker.decisions.ordering import order
from worker.delivery.letters import Sendable
from worker.desk.areas import areas_of
from worker.desk.listing import masked
from worker.staff.duties import on_duty

PAGE = 12
TASKS = "tasks"
MOST = 300
"""Tasks that are looked at: whoever has more begins with the most urgent."""


def list_tasks(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    staff, moment = on_duty(ctx, letter.openid), ctx.moment()
    page = int(str(letter.args.get("page", 1)))
    tasks = tasks_of(ctx, staff)
    pages = -(-len(tasks) // PAGE)
    if pages and not 1 <= page <= pages:
        raise Refused("no_such_page", str(pages))
    first = (page - 1) * PAGE
    people = ctx.people.read_sound(task.pid for task in tasks[first : first + PAGE])
    noted = [(task.pid, task.about, task.owner) for task in tasks]
    ctx.notes.put(letter.openid, TASKS, noted, moment.now)
    lines: list[Json] = [
        {
            "number": number,
            "about": task.about,
            "name": masked(people.get(task.pid)),
            "grid": people[task.pid].grid if task.pid in people else 0,
            "place": _place(people[task.pid].community if task.pid in people else task.owner),
            "due": told_moment(task.due) if task.due else "",
            "late": _is_late(task, moment.now),
            "escalated": task.escalated,
            "unknown_birthplace": task.about in (CONFIRM, CONTESTED) and _is_marked(people.get(task.pid)),
        }
        for number, task in enumerate(tasks[first : first + PAGE], first + 1)
    ]
    return (Say("tasks", {"total": len(tasks), "lines": lines, "page": page, "pages": pages}),)


def done(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """完成 3 已上门: closed by hand, at the community and at the county.

    Where an identity waits it means that the document was seen, and confirms the claim; else nothing is recorded.
    """
    staff, now = on_duty(ctx, letter.openid), ctx.moment().now
    number, reason = int(str(letter.args["number"])), reason_of(str(letter.args["reason"]))
    noted = ctx.notes.get(letter.openid, TASKS, now)
    if not noted:
        raise Refused("no_tasks_list")
    if not 1 <= number <= len(noted):
        raise Refused("no_such_number", str(len(noted)))
    pid, about, owner = noted[number - 1]
    person, closed = close(ctx, staff, pid, about, owner, reason, letter.ref)
    return (Say("task_done", {"number": number, "name": masked(person), "about": about, "again": not closed}),)


def close(
    ctx: Context, staff: Staff, pid: bytes, about: str, owner: str, reason: str, ref: str = ""
) -> tuple[Person, bool]:
    """The person, and whether a task was open. It is closed at the community and at the county; an identity that waits
    is confirmed by it. Raises Refused: `scope`, `appeal_needs_answer`, those of `order`."""
    if about == APPEAL:
        raise Refused("appeal_needs_answer")
    person = ctx.people.read([pid])[pid]
    if not may(staff, Action.REVIEW, target_of(person)):
        raise Refused("scope", Action.REVIEW.value)
    owners = dict.fromkeys((owner, person.community, county_of(person.community)))
    tasks = ctx.tasks.open_of([each for each in owners if each])
    mine = [task for task in tasks if (task.pid, task.about) == (pid, about)]
    if mine and about == CONFIRM:
        moment = ctx.moment()
        change_person(ctx, pid, lambda them: order(Confirm(), staff, them, reason, moment))
    closed = [ctx.tasks.close(task) for task in mine]
    if any(closed):
        ctx.audit.note(Act(staff.id, f"close task {about}", ref, reason, staff.organisation), pid)
    return person, any(closed)


def tasks_of(ctx: Context, staff: Staff) -> list[OpenTask]:
    """The open tasks of somebody, by deadline; of a grid cell's worker those of its people."""
    if not holds(staff, Action.REVIEW):
        raise Refused("role", Action.REVIEW.value)
    tasks = ctx.tasks.open_of(list(dict.fromkeys(owners_of(staff))))[:MOST]
    people = ctx.people.read_sound(task.pid for task in tasks)
    return [task for task in tasks if task.pid in people and may(staff, Action.REVIEW, target_of(people[task.pid]))]


def owners_of(staff: Staff) -> Iterator[str]:
    """Whose tasks somebody sees. Raises Refused (`too_wide`)."""
    if any(grant.role is Role.COMMUNITY_WORKER for grant in staff.grants):
        yield from (area.community for area in areas_of(staff, Action.REPORT_FOR))
    for grant in staff.grants:
        match grant.role, grant.scope:
            case Role.EPIDEMIC_OFFICER, Communities(prefix) if len(prefix) >= COUNTY_DIGITS:
                yield prefix[:COUNTY_DIGITS]
            case Role.EPIDEMIC_OFFICER, Communities(prefix):
                yield from (each.code for each in children(prefix))
            case Role.EPIDEMIC_OFFICER, Everywhere():
                yield from (each.code for prefecture in children("") for each in children(prefecture.code))


def _place(community: str) -> str:
    place = division(community)
    return place.name if place else ""


def _is_marked(person: Person | None) -> bool:
    """Whether the document is worth a second look: its first six digits are no county in force."""
    return person is not None and person.identity is not None and birthplace_unknown(person.identity.document)


def _is_late(task: OpenTask, now: datetime) -> bool:
    return task.due is not None and now >= task.due
