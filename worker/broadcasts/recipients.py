"""Whom an audience comes to: rosters by community, persons for their account, the platform for tag and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from channel.platform import Platform
from domain.broadcasts.account import DELIVERED_OR_MAYBE
from domain.broadcasts.audience import Audience
from domain.facts import day_of
from domain.places import communities
from worker.context import Context

BATCH = 1_000
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
    tagged = {openid for page in platform.tagged(audience.tag) for openid in page} if audience.tag else None
    found, seen = Found(), set[str]()
    for openid in _accounts(ctx, audience, shown):
        found.people += 1
        if not openid:
            found.left_out["no_account"] += 1
        elif tagged is not None and openid not in tagged:
            found.people -= 1
        elif openid in seen:
            found.people -= 1  # one telephone for two people hears it once
        else:
            seen.add(openid)
            found.openids.append(openid)
    if audience.language:
        _keep_speakers(platform, found, audience.language)
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


def _accounts(ctx: Context, audience: Audience, shown: Shown) -> Iterator[str]:
    """One for each person of the audience; empty where there is none."""
    pids = _pids(ctx, audience, shown)
    while batch := list(islice(pids, BATCH)):
        yield from ctx.people.accounts(batch)


def _pids(ctx: Context, audience: Audience, shown: Shown) -> Iterator[bytes]:
    today, world, places = day_of(ctx.clock.now()), ctx.watch.current, communities(audience.prefix)
    for done, community in enumerate(places, 1):
        for pid, cell in ctx.rosters.read(community):
            if audience.takes(cell.colour_on(today, world), cell.level, cell.last_own_day, today):
                yield pid
        shown(done / len(places))


def _keep_speakers(platform: Platform, found: Found, language: str) -> None:
    """Only those whose phone speaks it; whoever does not follow any more has no language."""
    kept: list[str] = []
    for first in range(0, len(found.openids), ASKED_AT_ONCE):
        asked: Sequence[str] = found.openids[first : first + ASKED_AT_ONCE]
        speakers = {each.openid for each in platform.users_info(asked) if each.language == language}
        kept += (openid for openid in asked if openid in speakers)
    found.people = len(kept)
    found.left_out.clear()
    found.openids = kept
