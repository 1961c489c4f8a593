"""Reminding a division as a work: those first whom a missed day costs the most, nobody twice a day."""

from __future__ import annotations

from collections import Counter

from domain.reminders import is_quiet
from domain.roles import Refused
from domain.verdict import Colour
from worker.clockwork.roll_call import call_roll, order_reminding
from worker.clockwork.warn import BATCH, look_at
from worker.works.running import Done, Run


def remind_division(run: Run) -> Done | None:
    """Arguments: `division`, and `colour` where only those are meant. Parted by who was looked at last."""
    ctx, args = run.ctx, run.work.args
    colour = Colour(str(args["colour"])) if args.get("colour") else None
    roll = call_roll(ctx, run.staff, str(args["division"]), colour)
    if not run.mark:
        order_reminding(ctx, run.staff, roll)
    told = Counter[str](run.mark.get("counts", {}))
    waiting = sorted((place, pid.hex()) for place, pids in enumerate(roll.pids.values()) for pid in pids)
    after = tuple(run.mark.get("after", ()))
    left = [each for each in waiting if each > after]
    total = told.total() + len(left)
    for first in range(0, len(left), BATCH):
        if run.time_is_over:
            return None
        if is_quiet(ctx.clock.now()):
            raise Refused("quiet_hours")
        batch = left[first : first + BATCH]
        told.update({each.name.lower(): n for each, n in look_at(ctx, _pids(batch), by_order=True).items()})
        run.step(told.total(), total, {"after": batch[-1], "counts": dict(told)})
    return Done(dict(told))


def _pids(batch: list[tuple[int, str]]) -> list[bytes]:
    return [bytes.fromhex(pid) for _, pid in batch]
