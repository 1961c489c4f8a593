"""What a broadcast would take, shown before anybody approves it; and the recipients, frozen once somebody has."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from channel.ladder import Reach, Rung
from channel.platform import Platform
from channel.platform.api import CUSTOM_SEND, MASS_SEND, TEMPLATE_SEND
from domain.broadcasts.account import Mark, Plan, sizes
from domain.broadcasts.broadcast import UNDER_WAY, Broadcast, Frozen, Route
from domain.broadcasts.steps import frozen
from domain.budgets import A_MONTH
from store.changes import Act
from store.lease import lease
from worker.broadcasts.outcomes import mark_of
from worker.broadcasts.recipients import Found, Shown, find, gather, recipients
from worker.context import Context

CHUNK = 500
LEASE_SECONDS = 3
"""So long a dead worker holds up the freezing."""
MASS_CHUNK = 10_000
"""The most that the platform takes in one call."""
CALLS = {Route.WINDOW: CUSTOM_SEND, Route.TEMPLATE: TEMPLATE_SEND, Route.MASS: MASS_SEND}
LOOKED_BACK = 500
"""Broadcasts; more than anybody sends in a month."""


def obstacles(ctx: Context, openids: Sequence[str], route: Route) -> list[Mark | None]:
    """Why each of these accounts cannot get it now, None where it can: as for any letter, from the same ledger."""
    now, found = ctx.clock.now(), list[Mark | None]()
    for account, sent in zip(ctx.accounts.windows(openids), ctx.reaches.read_all(openids), strict=True):
        acts = (account.following, account.heard_at, account.tapped_at)
        reach = Reach(*acts, sent.sends, sent.closed_at, sent.gone_at)
        # Whether a mass message comes depends on what a template message does; a broadcast brings its own template.
        rung = Rung.CUSTOM if route is Route.WINDOW else Rung.TEMPLATE
        why = reach.obstacle(rung, now, template=route.value)
        found.append(None if why is None else mark_of(why))
    return found


def plan(ctx: Context, platform: Platform, broadcast: Broadcast, shown: Shown = lambda _: None) -> Plan:
    """Counted now, without writing. Raises SendError when the platform is asked and does not answer."""
    found = find(ctx, platform, broadcast.audience, shown)
    unreachable, reached = Counter(found.left_out), list[str]()
    for openid, why in _judged(ctx, found.openids, broadcast.route):
        if why is None:
            reached.append(openid)
        else:
            unreachable[why.value] += 1
    left = dict[int, int]()
    if broadcast.route is Route.MASS:
        left = _mass_left(ctx, reached)
        unreachable["mass_used_up"] = left.pop(-1, 0)
    reachable = len(reached) - unreachable["mass_used_up"]
    calls = len(sizes(reachable, MASS_CHUNK, 2)) if broadcast.route is Route.MASS else reachable
    granted = {usage.path: usage.left for usage in ctx.quota.usages() if usage.granted}
    return Plan(found.people, reachable, +unreachable, calls, granted.get(CALLS[broadcast.route]), left)


def freeze(ctx: Context, platform: Platform, number: int) -> None:
    """Write the recipients of an approved broadcast, once. Killed on the way, whoever comes next goes on."""
    with lease(ctx.redis, ctx.keys.broadcast_lease(number), LEASE_SECONDS) as held:
        broadcast = ctx.broadcasts.read(number)
        if held is None or broadcast.pile or broadcast.state not in UNDER_WAY:
            return
        found = gather(ctx, platform, number, broadcast.audience, held.lost)
        is_mass = broadcast.route is Route.MASS
        if is_mass:
            _leave_out_the_gone(ctx, found)
        cut = sizes(len(found.openids), MASS_CHUNK if is_mass else CHUNK, 2 if is_mass else 1)
        pile, first = f"{number}-{secrets.token_hex(4)}", 0
        for chunk, size in enumerate(cut):
            ctx.piles.put(pile, chunk, found.openids[first : first + size])
            first += size
        act = Act("broadcasts", "freeze broadcast", str(number), f"{found.people} 人，{len(found.openids)} 个账号")
        written = Frozen(pile, len(cut), found.people, len(found.openids), dict(found.left_out))
        ctx.broadcasts.change(number, lambda before: frozen(before, written, ctx.clock.now()), act)
        if (gathered := ctx.broadcasts.gathered(number)) is not None:
            ctx.piles.drop(gathered.pile, gathered.chunks)


def _leave_out_the_gone(ctx: Context, found: Found) -> None:
    """A mass message to accounts that do not follow any more costs its call and reaches nobody."""
    judged = list(_judged(ctx, found.openids, Route.MASS))
    found.left_out.update(why.value for _, why in judged if why is not None)
    found.openids = [openid for openid, why in judged if why is None]


def _judged(ctx: Context, openids: Sequence[str], route: Route) -> Iterator[tuple[str, Mark | None]]:
    for first in range(0, len(openids), CHUNK):
        some = openids[first : first + CHUNK]
        yield from zip(some, obstacles(ctx, some, route), strict=True)


def _mass_left(ctx: Context, openids: Sequence[str]) -> dict[int, int]:
    """Mass messages left this month after this one -> how many people; -1: how many have none left for it."""
    got = _massed(ctx, ctx.clock.now())
    return dict(Counter(max(-1, A_MONTH - 1 - got[_short(openid)]) for openid in openids))


def _massed(ctx: Context, now: datetime) -> Counter[int]:
    """How many mass messages everybody got or may have got this month, as far as this house sent them."""
    got: Counter[int] = Counter()
    letters = frozenset((Mark.SENT.value, Mark.IN_FLIGHT.value, Mark.UNKNOWN_KILLED.value))
    for sent in ctx.broadcasts.latest(LOOKED_BACK):
        at = sent.started_at
        if sent.route is Route.MASS and at is not None and (at.year, at.month) == (now.year, now.month):
            got.update(_short(openid) for openid in recipients(ctx, sent.pile, sent.chunks, letters))
    return got


def _short(openid: str) -> int:
    """Eight bytes that stand for an account in a count of millions."""
    return int.from_bytes(hashlib.blake2b(openid.encode(), digest_size=8).digest())
