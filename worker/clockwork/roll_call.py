"""Roll call: who of a division has not reported today, found from the rosters; and reminding them at an order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.facts import day_of
from domain.missing import Missing, Risk, missing
from domain.places import communities_in
from domain.reminders import is_quiet
from domain.roles import Action, Refused, Staff, require
from domain.scopes import Target
from domain.verdict import Colour
from store.changes import Act
from worker.clockwork.warn import BATCH, Outcome, look_at
from worker.context import Context


@dataclass(frozen=True, slots=True)
class RollCall:
    """Who is missing in a division, those first whom a missed day costs the most."""

    division: str
    pids: Mapping[Risk, Sequence[bytes]]

    def total(self) -> int:
        return sum(len(pids) for pids in self.pids.values())


def missing_in(ctx: Context, community: str) -> list[Missing]:
    """Who of a community has not reported today; one trip."""
    return missing(ctx.rosters.read(community), day_of(ctx.clock.now()), ctx.worlds.read())


def call_roll(ctx: Context, staff: Staff, division: str, colour: Colour | None = None) -> RollCall:
    """Everybody missing in a community or in a larger division, of one colour if it is named; a trip a community.

    Raises Refused: `role`, `scope`, `unknown_division`.
    """
    require(staff, Action.REMIND, Target(division))
    found: dict[Risk, list[bytes]] = {risk: [] for risk in Risk}
    communities = communities_in(division) if division else ()
    if not communities:
        raise Refused("unknown_division", division)
    for community in communities:
        for each in missing_in(ctx, community):
            if colour in (None, each.colour):
                found[each.risk].append(each.pid)
    return RollCall(division, found)


def remind(ctx: Context, staff: Staff, roll: RollCall) -> Iterator[Counter[Outcome]]:
    """Remind them batch by batch: what became of each batch. Whoever was reminded today is not reminded again.

    Raises Refused (`quiet_hours`) at the first batch.
    """
    order_reminding(ctx, staff, roll)
    for pids in roll.pids.values():
        for n in range(0, len(pids), BATCH):
            yield look_at(ctx, pids[n : n + BATCH], by_order=True)


def order_reminding(ctx: Context, staff: Staff, roll: RollCall) -> None:
    """Somebody reminds them all, which is an act. Raises Refused (`quiet_hours`)."""
    if is_quiet(ctx.clock.now()):
        raise Refused("quiet_hours")
    told = " ".join(f"{risk.name.lower()} {len(pids)}" for risk, pids in roll.pids.items() if pids)
    ctx.audit.note(Act(staff.id, "remind", reason=f"{roll.division}: {told}", organisation=staff.organisation))
