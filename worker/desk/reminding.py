"""提醒: only those who have not reported, and only after their number was told and confirmed."""

from __future__ import annotations

from channel.ladder import Reach
from domain.carry_out import target_of
from domain.roles import Action, Refused, may
from flows.core import Say
from store.changes import Act
from worker.context import Context
from worker.desk.listing import missing_in
from worker.duties import on_duty
from worker.letters import Sendable
from worker.warn import Outcome, look_at

REMIND = "remind"
BATCH = 500


def size(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """提醒: how many it would be."""
    staff, moment = on_duty(ctx, letter.openid), ctx.moment()
    pids = [each.pid for each, _ in missing_in(ctx, staff)]
    if not pids:
        return (Say("remind_nobody"),)
    ctx.notes.put(letter.openid, REMIND, pids, moment.now)
    with_account, now = _reachable(ctx, pids)
    return (Say("remind_size", {"total": len(pids), "with_account": with_account, "reachable": now}),)


def remind(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """确认提醒: those who still have not reported, each once today whoever else reminds them."""
    staff, moment = on_duty(ctx, letter.openid), ctx.moment()
    pids = ctx.notes.get(letter.openid, REMIND, moment.now)
    if not pids:
        raise Refused("nothing_to_confirm", "提醒")
    people = ctx.people.read_sound(pids)
    mine = [pid for pid, person in people.items() if may(staff, Action.REMIND, target_of(person))]
    if not mine:
        raise Refused("scope", Action.REMIND.value)
    outcomes = look_at(ctx, mine, by_order=True)
    reminded = outcomes[Outcome.REMINDED] + outcomes[Outcome.TOLD]
    reason = f"{reminded} of {len(pids)}"
    ctx.audit.note(Act(staff.id, "remind", letter.ref, reason, staff.organisation))
    args = {"reminded": reminded, "already": outcomes[Outcome.ALREADY], "reported": outcomes[Outcome.REPORTED]}
    args |= {"off": outcomes[Outcome.OFF], "unreachable": outcomes[Outcome.UNREACHABLE]}
    return (Say("remind_done", args),)


def _reachable(ctx: Context, pids: list[bytes]) -> tuple[int, int]:
    """How many have an account, and how many of these a message reaches now."""
    with_account = reached = 0
    now = ctx.moment().now
    for batch in (pids[n : n + BATCH] for n in range(0, len(pids), BATCH)):
        openids = [person.account for person in ctx.people.read_sound(batch).values() if person.account]
        accounts = ctx.accounts.read_all(openids)
        with_account += len(accounts)
        reached += sum(not Reach(a.session.following, a.heard_at, a.tapped_at).obstacle(now) for a in accounts)
    return with_account, reached
