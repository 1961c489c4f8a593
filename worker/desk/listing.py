"""名单: who has not reported today, those first whom it costs the most. Numbers stay those of the list as it was made:
代报 and 电话 understand them for an hour, and so does the next page.
"""

from __future__ import annotations

from collections import Counter

from domain.carry_out import target_of
from domain.facts import day_of
from domain.missing import Missing, Risk, missing, risk_of
from domain.people import mask_name
from domain.person import Look, Person
from domain.places import division
from domain.roles import Action, Refused, Staff, require
from flows.core import Say
from flows.plain import Json
from flows.told import told_day
from store.changes import Act
from store.rosters import RosterCell
from worker.changing import change_person
from worker.context import Context
from worker.decisions.moment import Moment
from worker.decisions.recording import look
from worker.delivery.letters import Sendable
from worker.desk.areas import areas_of, people_in
from worker.staff.duties import on_duty

PAGE = 15
"""People in one message."""
LIST = "list"
PURPOSE = "电话联系"
"""What 谁看过我 says about a telephone that was looked up."""


def missing_in(ctx: Context, staff: Staff) -> list[tuple[Missing, str]]:
    """Who has not reported today where this member of the staff works, with their communities. Raises Refused."""
    moment = ctx.moment()
    cells = {pid: (community, cell) for pid, community, cell in people_in(ctx, areas_of(staff, Action.REMIND))}
    rows = missing(((pid, cell) for pid, (_, cell) in cells.items()), day_of(moment.now), moment.world)
    return [(each, cells[each.pid][0]) for each in rows]


def list_missing(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    staff, moment = on_duty(ctx, letter.openid), ctx.moment()
    page = int(str(letter.args.get("page", 1)))
    listed = ctx.notes.get(letter.openid, LIST, moment.now) if page > 1 else None
    if listed is None:
        listed = [(each.pid, community) for each, community in missing_in(ctx, staff)]
        ctx.notes.put(letter.openid, LIST, listed, moment.now)
        ctx.audit.note(Act(staff.id, "list missing", reason=f"{len(listed)}", organisation=staff.organisation))
    pages = -(-len(listed) // PAGE)
    if pages and not 1 <= page <= pages:
        raise Refused("no_such_page", str(pages))
    return (_page(ctx, listed, page, pages, moment),)


def place_in_list(ctx: Context, openid: str, number: int) -> bytes:
    """The pid behind a number of the last list. Raises Refused: `no_list`, `no_such_number` (the highest)."""
    listed = ctx.notes.get(openid, LIST, ctx.moment().now)
    if not listed:
        raise Refused("no_list")
    if not 1 <= number <= len(listed):
        raise Refused("no_such_number", str(len(listed)))
    pid: bytes = listed[number - 1][0]
    return pid


def phone(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """电话 3: the telephone of somebody of the list; they can see that it was looked up."""
    staff, moment = on_duty(ctx, letter.openid), ctx.moment()
    pid = place_in_list(ctx, letter.openid, int(str(letter.args["number"])))
    require(staff, Action.SEE_PERSON, target_of(ctx.people.read([pid])[pid]))
    act = Act(staff.id, "look", reason=PURPOSE, organisation=staff.organisation)
    seen = Look(staff.organisation, moment.now, PURPOSE)
    person = change_person(ctx, pid, lambda person: look(person, seen, act, moment)).after
    number = person.identity.phone if person.identity else ""
    return (Say("phone", {"name": masked(person), "phone": number}),)


def masked(person: Person | None) -> str:
    return mask_name(person.identity.name) if person and person.identity else "未登记姓名"


def _page(ctx: Context, listed: list[tuple[bytes, str]], page: int, pages: int, moment: Moment) -> Say:
    """The page as its people stand now; the counts are those of the whole list."""
    first = (page - 1) * PAGE
    cells = ctx.rosters.cells(dict(listed))
    people = ctx.people.read_sound(pid for pid, _ in listed[first : first + PAGE])
    risks = Counter(_standing(cells.get(pid), moment) for pid, _ in listed)
    several = len({community for _, community in listed}) > 1
    lines: list[Json] = [
        _line(number, people.get(pid), community if several else "", cells.get(pid), moment)
        for number, (pid, community) in enumerate(listed[first : first + PAGE], first + 1)
    ]
    counts: list[Json] = [[risk, number] for risk, number in sorted(risks.items())]
    day = told_day(day_of(moment.now))
    return Say("missing", {"day": day, "counts": counts, "lines": lines, "page": page, "pages": pages})


def _line(number: int, person: Person | None, community: str, cell: RosterCell | None, moment: Moment) -> Json:
    place = division(community)
    return {
        "number": number,
        "name": masked(person),
        "risk": _standing(cell, moment),
        "grid": cell.grid if cell else 0,
        "last": told_day(cell.last_own_day) if cell and cell.last_own_day else "",
        "place": place.name if place else "",
    }


def _standing(cell: RosterCell | None, moment: Moment) -> str:
    """What a missed day costs, or that somebody has reported since the list was made or waits for nothing any more."""
    today = day_of(moment.now)
    if cell is None or (cell.last_own_day is not None and cell.last_own_day >= today):
        return REPORTED
    risk = risk_of(cell.colour_on(today, moment.world), cell.until, today, moment.world)
    return REPORTED if risk is None else _RISKS[risk]


REPORTED = "reported"
_RISKS = {Risk.YELLOW: "1yellow", Risk.LAST_DAY: "2last", Risk.GREY: "3grey", Risk.GREEN: "4green"}
"""As the template knows them, in their order."""
