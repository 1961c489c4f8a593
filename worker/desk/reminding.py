"""提醒: only those who have not reported, and only after their number was told and confirmed."""

from __future__ import annotations

from collections import Counter

from domain.carry_out import target_of
from domain.facts import day_of
from domain.missing import Risk
from domain.reminders import OFF, is_quiet
from domain.roles import Action, Refused, may
from flows.core import Say
from flows.plain import Json
from worker.clockwork.roll_call import RollCall
from worker.clockwork.roll_call import remind as remind_all
from worker.clockwork.warn import Outcome
from worker.context import Context
from worker.delivery.letters import Sendable
from worker.desk.areas import MOST_PEOPLE
from worker.desk.listing import missing_in
from worker.staff.duties import on_duty

REMIND = "remind"
BATCH = 500


def size(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """提醒: how many it would be."""
    staff, moment = on_duty(ctx, letter.openid), ctx.moment()
    found = [each for each, _ in missing_in(ctx, staff)]
    if not found:
        return (Say("remind_nobody"),)
    if is_quiet(moment.now):
        raise Refused("quiet_hours")
    if len(found) > MOST_PEOPLE:
        raise Refused("too_many", str(len(found)))
    ctx.notes.put(letter.openid, REMIND, [(each.pid, each.risk.value) for each in found], moment.now)
    return (Say("remind_size", {"total": len(found), **_sizes(ctx, [each.pid for each in found])}),)


def remind(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """确认提醒: those who still have not reported, each once today whoever else reminds them."""
    staff, moment = on_duty(ctx, letter.openid), ctx.moment()
    noted = ctx.notes.get(letter.openid, REMIND, moment.now)
    if not noted:
        raise Refused("nothing_to_confirm", "提醒")
    people = ctx.people.read_sound(pid for pid, _ in noted)
    mine = [(pid, risk) for pid, risk in noted if pid in people and may(staff, Action.REMIND, target_of(people[pid]))]
    if not mine:
        raise Refused("scope", Action.REMIND.value)
    roll = RollCall("by chat", {risk: [pid for pid, of in mine if of == risk] for risk in Risk})
    outcomes = sum(remind_all(ctx, staff, roll), Counter[Outcome]())
    reminded = outcomes[Outcome.REMINDED] + outcomes[Outcome.TOLD]
    args = {"reminded": reminded, "already": outcomes[Outcome.ALREADY], "reported": outcomes[Outcome.REPORTED]}
    args |= {"off": outcomes[Outcome.OFF], "unreachable": outcomes[Outcome.UNREACHABLE]}
    return (Say("remind_done", args),)


def _sizes(ctx: Context, pids: list[bytes]) -> dict[str, Json]:
    """How many want no reminder, how many were reminded today, how many of the others have an account (`to_remind`),
    and how many of these a message reaches now."""
    sizes, reaching, today = Counter[str](), ctx.reaching(), day_of(ctx.clock.now())
    for batch in (pids[n : n + BATCH] for n in range(0, len(pids), BATCH)):
        people = [person for person in ctx.people.read_sound(batch).values() if person.listeners]
        openids = [person.listeners[0][0] for person in people if person.remind != OFF]
        told = ctx.reminded.told(today, openids)
        left = [openid for openid, already in zip(openids, told, strict=True) if not already]
        sizes["off"] += len(people) - len(openids)
        sizes["already"] += len(openids) - len(left)
        sizes["to_remind"] += len(left)
        sizes["reachable"] += reaching.would_be_reminded(left)
    return {name: sizes[name] for name in ("off", "already", "to_remind", "reachable")}
