"""Organisations: registering one, its QR; joining and leaving by chat; and what its officer sees and may do.

The officer sees of a member who agreed: the name, whether they reported today, the colour. Not what was measured, where
they were, why they are yellow, their document or telephone; and may remind those who have not reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.days import last_own_day
from domain.facts import day_of
from domain.missing import Risk, risk_of
from domain.organisations import MOST_JOINED, SCENE_PREFIX, Member, Unit, new_unit
from domain.people import mask_name
from domain.person import Person
from domain.roles import Action, Refused, Staff, holds, may, require
from domain.scopes import Organisation, Target
from domain.verdict import Colour
from store.changes import Act
from store.known import Shown, everyone_of
from worker.clockwork.roll_call import RollCall
from worker.clockwork.roll_call import remind as remind_all
from worker.clockwork.warn import Outcome
from worker.context import Context
from worker.decisions.moment import Moment
from worker.decisions.telling import colour_shown

BATCH = 500


@dataclass(frozen=True, slots=True)
class MemberToday:
    """What an officer sees of one member. `risk` None: nobody waits for a report of theirs today."""

    pid: bytes
    name: str
    colour: Colour
    risk: Risk | None


def target(id: str) -> Target:
    return Target(organisation=id)


def register(ctx: Context, by: Staff, id: str, name: str, kind: str) -> Unit:
    """A new organisation, without members. Raises Refused: `role`, `organisation_exists`, those of `new_unit`."""
    require(by, Action.MANAGE_ORGANISATIONS)
    unit = new_unit(id, name, kind, ctx.clock.now(), by.id)
    ctx.organisations.add(
        unit, Act(by.id, "add organisation", reason=f"{id} {unit.name}", organisation=by.organisation)
    )
    return unit


def units_of(ctx: Context, staff: Staff) -> list[Unit]:
    """Those that somebody may look at: an administrator and an auditor at all, an officer at their own."""
    if any(holds(staff, each) for each in (Action.MANAGE_ORGANISATIONS, Action.READ_AUDIT)):
        return ctx.organisations.all()
    ids = [grant.scope.id for grant in staff.grants if isinstance(grant.scope, Organisation)]
    found = {each.id: each for each in ctx.organisations.all()}
    return [found[id] for id in ids if id in found]


def with_qr(ctx: Context, unit: Unit) -> Unit:
    """The organisation with its permanent QR, made at the first use. Raises SendError."""
    if unit.url:
        return unit
    return ctx.organisations.put_url(unit, ctx.platform(essential=False).create_qr(SCENE_PREFIX + unit.id))


# --- the officer ------------------------------------------------------------------------------------------------------


def members_today(ctx: Context, staff: Staff, id: str) -> list[MemberToday]:
    """All members, those first who have not reported and whom it costs the most; looking stands in the audit. Who was
    erased is no member any more; an auditor reads masked names. Raises Refused: `role`, `scope`, `no_organisation`."""
    if not (may(staff, Action.SEE_MEMBERS, target(id)) or holds(staff, Action.READ_AUDIT)):
        require(staff, Action.SEE_MEMBERS, target(id))
    ctx.organisations.read(id)
    ctx.audit.note(Act(staff.id, "see members", reason=id, organisation=staff.organisation))
    rows = _today(ctx, id)
    if may(staff, Action.SEE_MEMBERS, target(id)):
        return rows
    return [replace(row, name=mask_name(row.name)) for row in rows]


def remind(ctx: Context, staff: Staff, id: str) -> Counter[Outcome]:
    """Remind the members who have not reported, each once a day whoever reminds. Raises Refused: those of
    `members_today`, `quiet_hours`."""
    require(staff, Action.REMIND_MEMBERS, target(id))
    found = [each for each in _today(ctx, id) if each.risk is not None]
    pids = {risk: [each.pid for each in found if each.risk is risk] for risk in Risk}
    return sum(remind_all(ctx, staff, RollCall(f"organisation {id}", pids)), Counter[Outcome]())


def _today(ctx: Context, id: str) -> list[MemberToday]:
    moment, members = ctx.moment(), ctx.organisations.members(id)
    rows: list[MemberToday] = []
    for batch in (members[n : n + BATCH] for n in range(0, len(members), BATCH)):
        people = ctx.people.read_main([each.pid for each in batch])
        gone = [each.pid for each in batch if people[each.pid].identity is None]
        ctx.organisations.leave(id, gone)
        rows += [_row(each, people[each.pid], moment) for each in batch if each.pid not in gone]
    return sorted(rows, key=lambda row: (row.risk is None, row.risk or 0, row.name))


def _row(member: Member, person: Person, moment: Moment) -> MemberToday:
    today, verdict = day_of(moment.now), moment.judge(person)
    reported = (last_own_day(person.history) or today.min) >= today or today in moment.world.outages
    waits = None if reported else risk_of(verdict.colour, verdict.until, today, moment.world)
    name = person.identity.name if person.identity else ""
    return MemberToday(member.pid, name, colour_shown(person, moment.now, moment.world), waits)


# --- the members ------------------------------------------------------------------------------------------------------


def people_of(ctx: Context, openid: str) -> Sequence[Shown]:
    """Whom an account may join an organisation for: itself and those it acts for."""
    desktop = ctx.accounts.look(openid)
    return everyone_of(desktop.account, dict(desktop.views))


def join(ctx: Context, openid: str, id: str, number: int) -> tuple[Unit, Shown]:
    """The person of this number, from 1, is a member from now on. Raises Refused: `no_organisation`,
    `no_such_number`, `too_many_joined`."""
    unit, people = ctx.organisations.read(id), people_of(ctx, openid)
    if not 1 <= number <= len(people):
        raise Refused("no_such_number", str(len(people)))
    who = people[number - 1]
    joined = [(each, member.pid) for each, member in ctx.organisations.joined_by(openid)]
    if len(joined) >= MOST_JOINED and (id, who.known.pid) not in joined:
        raise Refused("too_many_joined", str(MOST_JOINED))
    ctx.organisations.join(id, Member(who.known.pid, ctx.clock.now(), openid))
    return unit, who


def leave(ctx: Context, openid: str, number: int) -> Unit:
    """The membership of this number, from 1, is over. Raises Refused (`no_such_number`)."""
    joined = ctx.organisations.joined_by(openid)
    if not 1 <= number <= len(joined):
        raise Refused("no_such_number", str(len(joined)))
    id, member = joined[number - 1]
    ctx.organisations.leave(id, [member.pid], openid)
    return ctx.organisations.read(id)
