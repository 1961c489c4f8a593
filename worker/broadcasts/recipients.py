"""Whom an audience comes to: rosters by community, persons for their account, the platform for tag and language."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress

from channel.platform import Platform
from domain.broadcasts.account import DELIVERED_OR_MAYBE
from domain.broadcasts.audience import Audience
from domain.facts import day_of
from domain.places import communities
from domain.roles import Refused
from store.broadcasts import Gathered
from worker.context import Context

BATCH = 1_000
PLACES = 100
"""Communities between two marks of how far it is."""
ASKED_AT_ONCE = 100
"""Accounts whose language the platform tells in one call."""

Shown = Callable[[float], None]
"""Is told the share that is done."""


@dataclass(slots=True)
class Found:
    """`people` of the audience; `openids` of those with an account, each once; the others by reason."""

    people: int = 0
    openids: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def find(ctx: Context, platform: Platform, audience: Audience, shown: Shown = lambda _: None) -> Found:
    """Read it from the rosters as they are now. Raises SendError when the platform is asked and does not answer."""
    if audience.recipients_of:
        return _recipients_of(ctx, audience.recipients_of)
    places = communities(audience.prefix)
    accounts: list[str] = []
    for first in range(0, len(places), PLACES):
        accounts += _accounts(ctx, audience, places[first : first + PLACES])
        shown(min(1.0, (first + PLACES) / len(places)))
    with_one = [openid for openid in accounts if openid]
    return _narrowed(platform, audience, with_one, len(accounts) - len(with_one))


def gather(ctx: Context, platform: Platform, number: int, audience: Audience, lost: threading.Event) -> Found:
    """As `find`, kept after every hundred communities: killed on the way, it goes on where it was.

    Raises Refused (`overtaken`) when the lease is lost, SendError.
    """
    if audience.recipients_of:
        return _recipients_of(ctx, audience.recipients_of)
    places = communities(audience.prefix)
    now = ctx.broadcasts.gathered(number) or Gathered(f"{number}-{secrets.token_hex(4)}-g")
    while now.places < len(places):
        accounts = _accounts(ctx, audience, places[now.places : now.places + PLACES])
        with_one = [openid for openid in accounts if openid]
        if lost.is_set():
            raise Refused("overtaken", str(number))
        ctx.piles.put(now.pile, now.chunks, with_one)
        without = now.without + len(accounts) - len(with_one)
        now = Gathered(now.pile, now.places + PLACES, now.chunks + 1, now.people + len(accounts), without)
        ctx.broadcasts.put_gathered(number, now)
    openids = [openid for chunk in range(now.chunks) for openid in ctx.piles.recipients(now.pile, chunk)]
    return _narrowed(platform, audience, openids, now.without)


def _narrowed(platform: Platform, audience: Audience, openids: list[str], without: int) -> Found:
    """Each account once: one telephone for two people hears it once. Tag and language are known of accounts only."""
    found = Found(0, list(dict.fromkeys(openids)), Counter({"no_account": without} if without else {}))
    if audience.tag:
        tagged = {openid for page in platform.tagged(audience.tag) for openid in page}
        found.openids = [openid for openid in found.openids if openid in tagged]
    if audience.language:
        found.openids = _speakers(platform, found.openids, audience.language)
    if audience.tag or audience.language:
        found.left_out.clear()
    found.people = len(found.openids) + found.left_out.total()
    return found


def recipients(ctx: Context, pile: str, chunks: int, letters: frozenset[str]) -> Iterator[str]:
    """The openids of a pile that stand at one of these letters, in order."""
    for chunk in range(chunks):
        state = ctx.piles.states(pile, [chunk])[chunk].decode()
        for openid, letter in zip(ctx.piles.recipients(pile, chunk), state, strict=False):
            if letter in letters:
                yield openid


def _recipients_of(ctx: Context, number: int) -> Found:
    before = ctx.broadcasts.read(number)
    letters = frozenset(mark.value for mark in DELIVERED_OR_MAYBE)
    openids = list(recipients(ctx, before.pile, before.chunks, letters))
    return Found(len(openids), openids)


def _accounts(ctx: Context, audience: Audience, places: Sequence[str]) -> list[str]:
    """One for each person of the audience in these communities; empty where there is none."""
    today, world = day_of(ctx.clock.now()), ctx.watch.current
    pids = [
        pid
        for community in compress(places, ctx.rosters.inhabited(places))
        for pid, cell in ctx.rosters.read(community)
        if audience.takes(cell.colour_on(today, world), cell.level, cell.last_own_day, today)
    ]
    accounts: list[str] = []
    for first in range(0, len(pids), BATCH):
        accounts += ctx.people.accounts(pids[first : first + BATCH])
    return accounts


def _speakers(platform: Platform, openids: Sequence[str], language: str) -> list[str]:
    """Those whose phone speaks it; whoever does not follow any more has no language."""
    kept: list[str] = []
    for first in range(0, len(openids), ASKED_AT_ONCE):
        asked = openids[first : first + ASKED_AT_ONCE]
        speakers = {each.openid for each in platform.users_info(asked) if each.language == language}
        kept += (openid for openid in asked if openid in speakers)
    return kept
