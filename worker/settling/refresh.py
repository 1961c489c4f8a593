"""What follows when something becomes true for everybody: rosters are judged anew, and who has another colour is told.

A view needs nothing, for it is judged on reading; a roster keeps the colour of when its person was last written. So a
cell shows what somebody was last known as, and the person is written once when that is not so any more; a second run
finds nothing to do. Done in steps, so that the clock's leader does not stop sweeping.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import islice

from domain.facts import day_of
from domain.person import Person
from domain.places import WIDTHS, children
from store import rosters
from store.keys import SHARDS
from store.rosters import RosterCell
from store.scripts import queue_script
from store.world import REFRESH_SECONDS, Concerned, Refresh
from worker.context import Context
from worker.decisions.moment import Moment
from worker.decisions.recording import rejudge
from worker.settling.cells import roster_cell

log = logging.getLogger(__name__)

SETTLED_SECONDS = 2 * REFRESH_SECONDS
"""By then every process judges by the new world: what is written from here on needs no second look."""
STEP_SECONDS = 0.5
TRIES = 30
"""How often a step waits for persons whose roster has not followed them yet, before it goes on without them."""
BATCH = 500


def refresh(ctx: Context) -> None:
    """Take what follows half a second further."""
    end = time.monotonic() + STEP_SECONDS
    while time.monotonic() < end:
        due = [work for work in ctx.worlds.refreshes() if time.time() - work.changed >= SETTLED_SECONDS]
        if not due or not step(ctx, due[0]):
            return


def step(ctx: Context, work: Refresh) -> bool:
    """One community, or the travellers of one shard. False when it has to be looked at again a little later."""
    units = SHARDS if work.concerned is Concerned.TRAVELLERS else len(communities())
    waits = mend(ctx, _pids(ctx, work))
    if waits and work.tries < TRIES:
        ctx.worlds.advance(work, replace(work, tries=work.tries + 1))
        return False
    if waits:
        log.warning("%d persons were not judged anew: their rosters do not follow", waits)
    done = work.done + 1
    ctx.worlds.advance(work, replace(work, done=done, tries=0) if done < units else None)
    return True


def mend(ctx: Context, pids: Iterable[bytes]) -> int:
    """Judge these persons anew where their roster shows something else; of how many it is not up to date yet."""
    waits, all_of_them = 0, iter(pids)
    while batch := list(islice(all_of_them, BATCH)):
        people = ctx.people.read_sound(batch)
        cells = ctx.rosters.cells({pid: p.community for pid, p in people.items() if p.community and not p.alias_of})
        moment = _moment(ctx)
        waits += sum(_mend(ctx, people[pid], cell, moment) for pid, cell in cells.items())
    return waits


def _mend(ctx: Context, person: Person, cell: RosterCell, moment: Moment) -> bool:
    """Whether this person has to be looked at again."""
    if cell.version != person.version:
        return True
    fresh, shown = roster_cell(person, moment), cell.colour_on(day_of(moment.now), moment.world)
    if fresh.colour is not shown:
        written = ctx.people.write([rejudge(person, shown, moment)])[0]
        ctx.changed(person.pid)
        return not written
    if fresh != cell:
        names, arguments = rosters.put_arguments(ctx.keys, person.community, person.pid, fresh)
        feeder = ctx.feeding.open()
        linked = ctx.people.read_sound(link.pid for link in person.links).values() if person.links else ()
        with ctx.redis.pipeline(transaction=False) as trip:
            feeder.queue_persons(trip, (person, *linked))
            queue_script(trip, rosters.MEND, names, arguments)
            trip.execute()
    return False


def _moment(ctx: Context) -> Moment:
    """Judged by the world as it is, not as this process remembers it."""
    return replace(ctx.moment(), world=ctx.worlds.read())


def _pids(ctx: Context, work: Refresh) -> list[bytes]:
    if work.concerned is Concerned.EVERYBODY:
        return [pid for pid, _ in ctx.rosters.read(communities()[work.done])]
    return ctx.people.travelled(work.done)


@cache
def communities() -> tuple[str, ...]:
    """Their codes, in the order in which they are walked."""
    codes = [""]
    for _ in WIDTHS[1:]:
        codes = [child.code for code in codes for child in children(code)]
    return tuple(codes)
