"""What a client sees: per handle, the display as it is now with its version; nothing of whom it may not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.partners.bindings import bound, pair, unpair
from domain.partners.client import Client
from domain.partners.display import WITHDRAWN, Display, display, version_of
from domain.partners.rights import Right
from domain.person import Person
from domain.places import communities_in
from domain.roles import Refused
from worker.context import Context
from worker.decisions.moment import as_of

PAGE = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """One handle to this client. A newer `version` replaces an older one."""

    handle: str
    version: int
    display: Display


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody that a client names: their record, and the person that it leads to."""

    record: Person
    main: Person


def seen(ctx: Context, client: Client, handles: Sequence[str]) -> list[Seen]:
    """In their order, without those that are no handles of this client. Two trips at most."""
    opened = {handle: found for handle in handles if (found := unpair(ctx.settings.handle_key, client.id, handle))}
    records = ctx.people.read_sound(pid for pid, _ in opened.values())
    mains = ctx.people.read_main([pid for pid, each in records.items() if each.alias_of])
    return [
        _seen(ctx, client, handle, records[pid], mains.get(pid, records[pid]), generation)
        for handle, (pid, generation) in opened.items()
        if pid in records and records[pid].version
    ]


def _seen(ctx: Context, client: Client, handle: str, record: Person, main: Person, generation: int) -> Seen:
    moment = ctx.moment()
    version = version_of(record, main, moment.world, client.terms)
    if record.generation != generation or not may_see(client, record, main):
        return Seen(handle, version, WITHDRAWN)
    now = max(as_of(each.history, moment.now) for each in (record, main))
    return Seen(handle, version, display(record, main, now, moment.world))


def may_see(client: Client, record: Person, main: Person) -> bool:
    """Whether the person allowed it, or the contract with the community does."""
    if record.identity is None or main.identity is None or client.stopped:
        return False
    held = bound(record.bindings, client.id)
    return (held is not None and Right.QUERY in held.rights) or client.covers(main.community)


def subject(ctx: Context, client: Client, handle: str, right: Right) -> Subject:
    """Whom a handle means, if they allowed this. Raises Refused: `unknown_handle`, `not_allowed`."""
    opened = unpair(ctx.settings.handle_key, client.id, handle)
    if opened is None:
        raise Refused("unknown_handle")
    pid, generation = opened
    record = ctx.people.read([pid])[pid]
    if record.generation != generation or record.identity is None:
        raise Refused("unknown_handle")
    main = ctx.people.read_main([pid])[pid] if record.alias_of else record
    held = bound(record.bindings, client.id)
    allowed = right in held.rights if held else False
    if not allowed and not (right is Right.QUERY and may_see(client, record, main)):
        raise Refused("not_allowed", right.value)
    return Subject(record, main)


def handle_of(ctx: Context, client: Client, record: Person) -> str:
    return pair(ctx.settings.handle_key, client.id, record.pid, record.generation)


def handles_in(ctx: Context, client: Client, community: str) -> list[str]:
    """Of everybody on a community's roster, and of the records that lead to them."""
    people = ctx.people.read_sound(pid for pid, _ in ctx.rosters.read(community))
    seconds = ctx.people.read_sound(link.pid for each in people.values() for link in each.links)
    return [handle_of(ctx, client, each) for each in {**people, **seconds}.values()]


# --- everybody: the snapshot -----------------------------------------------------------------------------------------


def snapshot(ctx: Context, client: Client, after: str) -> tuple[list[Seen], str]:
    """A page of all whom the client sees now, and where the next one begins; empty: that was the last.

    `after` is a part (bound, or a community) and the last handle in it. Raises Refused (`cursor`).
    """
    part, _, last = after.partition(":") if after else ("bound", "", "")
    parts = ["bound", *(code for division in client.divisions for code in communities_in(division))]
    if part not in parts:
        raise Refused("cursor")
    for each in parts[parts.index(part) :]:
        handles = _handles(ctx, client, each, last)
        if handles:
            page = [one for one in seen(ctx, client, handles) if one.display is not WITHDRAWN]
            return page, f"{each}:{handles[-1]}"
        last = ""
    return [], ""


def _handles(ctx: Context, client: Client, part: str, last: str) -> list[str]:
    if part == "bound":
        return ctx.feeds.bound(client.id, last, PAGE)
    opened = unpair(ctx.settings.handle_key, client.id, last)
    after = opened[0] if opened else b""
    pids = sorted(pid for pid, _ in ctx.rosters.read(part) if pid > after)[:PAGE]
    return [handle_of(ctx, client, each) for each in ctx.people.read_sound(pids).values()]
