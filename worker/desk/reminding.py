"""提醒: only those who have not reported, and only after their number was told and confirmed."""

from __future__ import annotations

from collections import Counter

from domain.carry_out import target_of
from domain.missing import Risk
from domain.reminders import is_quiet
from domain.roles import Action, Refused, may
from flows.core import Say
from worker.context import Context
from worker.desk.areas import MOST_PEOPLE
from worker.desk.listing import missing_in
from worker.duties import on_duty
from worker.letters import Sendable
from worker.roll_call import RollCall
from worker.roll_call import remind as remind_all
from worker.warn import Outcome

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
    pids = [each.pid for each in found]
    with_account, now = _reachable(ctx, pids)
    return (Say("remind_size", {"total": len(pids), "with_account": with_account, "reachable": now}),)


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


def _reachable(ctx: Context, pids: list[bytes]) -> tuple[int, int]:
    """How many have an account, and how many of these a reminder reaches now."""
    with_account = reached = 0
    reaching = ctx.reaching()
    for batch in (pids[n : n + BATCH] for n in range(0, len(pids), BATCH)):
        people = ctx.people.read_sound(batch).values()
        openids = [openid for person in people for openid, _ in person.listeners[:1]]
        with_account += len(openids)
        reached += reaching.would_be_reminded(openids)
    return with_account, reached
