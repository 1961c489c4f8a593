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
from domain.broadcasts.broadcast import UNDER_WAY, Broadcast, Frozen, Route, frozen
from domain.budgets import A_MONTH
from store.accounts import Window
from store.changes import Act
from store.lease import lease
from worker.broadcasts.recipients import Found, Shown, find, recipients
from worker.context import Context

CHUNK = 500
MASS_CHUNK = 10_000
"""The most that the platform takes in one call."""
CALLS = {Route.WINDOW: CUSTOM_SEND, Route.TEMPLATE: TEMPLATE_SEND, Route.MASS: MASS_SEND}
LOOKED_BACK = 500
"""Broadcasts; more than anybody sends in a month."""


def obstacle(account: Window, route: Route, now: datetime) -> Mark | None:
    """Why this account cannot get it now; None when it can."""
    if not account.following:
        return Mark.NOT_FOLLOWING
    if route is not Route.WINDOW:
        return None
    reach = Reach(account.following, account.heard_at, account.tapped_at)
    return Mark.NO_WINDOW if reach.obstacle(Rung.CUSTOM, now) else None


def plan(ctx: Context, platform: Platform, broadcast: Broadcast, shown: Shown = lambda _: None) -> Plan:
    """Counted now, without writing. Raises SendError when the platform is asked and does not answer."""
    found = find(ctx, platform, broadcast.audience, shown)
    unreachable, reached = Counter(found.left_out), list[str]()
    for account in _accounts(ctx, found.openids):
        why = obstacle(account, broadcast.route, ctx.clock.now())
        if why is None:
            reached.append(account.openid)
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
    """Write the recipients of an approved broadcast, once. Killed on the way, it is done anew into another pile."""
    with lease(ctx.redis, ctx.keys.broadcast_lease(number)) as held:
        broadcast = ctx.broadcasts.read(number)
        if held is None or broadcast.pile or broadcast.state not in UNDER_WAY:
            return
        found = find(ctx, platform, broadcast.audience)
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


def _leave_out_the_gone(ctx: Context, found: Found) -> None:
    """A mass message to accounts that do not follow any more costs its call and reaches nobody."""
    kept = [account.openid for account in _accounts(ctx, found.openids) if account.following]
    found.left_out[Mark.NOT_FOLLOWING.value] += len(found.openids) - len(kept)
    found.openids = kept


def _accounts(ctx: Context, openids: Sequence[str]) -> Iterator[Window]:
    for first in range(0, len(openids), CHUNK):
        yield from ctx.accounts.windows(openids[first : first + CHUNK])


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
