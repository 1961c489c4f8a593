"""Rosters, and whom the clock looks at in which hour, made anew from the persons: projections, never the truth."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import islice

from store import due, rosters, wards
from store.scripts import queue_script
from worker.context import Context
from worker.settling.cells import due_arguments, roster_cell

BATCH = 500


def rebuild_rosters(ctx: Context) -> int:
    """Delete and write every roster; how many people stand in them. Counts are short until it is done; changes that
    settle meanwhile are kept, because a newer version wins.
    """
    for names in _batches(ctx.redis.scan_iter(match=ctx.keys.any_roster(), count=BATCH)):
        with ctx.redis.pipeline(transaction=False) as trip:
            for name in names:
                trip.unlink(name)
            trip.execute()
    written, moment = 0, ctx.moment()
    for names in _batches(ctx.redis.scan_iter(match=ctx.keys.any_person(), count=BATCH)):
        people = ctx.people.read_sound(base64.urlsafe_b64decode(name.rpartition(b":")[2]) for name in names)
        with ctx.redis.pipeline(transaction=False) as trip:
            for person in people.values():
                if person.community and not person.alias_of:
                    keys, arguments = rosters.put_arguments(
                        ctx.keys, person.community, person.pid, roster_cell(person, moment)
                    )
                    queue_script(trip, rosters.PUT, keys, arguments)
                    written += 1
                queue_script(trip, due.PUT, *due_arguments(ctx.keys, person, moment))
                if person.institution:
                    place = wards.put_arguments(ctx.keys, person.institution, person.pid, person.version, True)
                    queue_script(trip, wards.PUT, *place)
            trip.execute()
    return written


def _batches(names: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(islice(names, BATCH)):
        yield batch
