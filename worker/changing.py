"""One change of one person outside settle: read, decide, write."""

from __future__ import annotations

from collections.abc import Callable

from domain.person import Person
from domain.roles import Refused
from store.changes import Change
from worker.context import Context

TRIES = 5


def change_person(ctx: Context, pid: bytes, decide: Callable[[Person], Change]) -> Change:
    """Read, decide, write; again when the person changed meanwhile.

    Raises whatever `decide` raises, and Refused (`keeps_changing`).
    """
    for _ in range(TRIES):
        change = decide(ctx.people.read([pid])[pid])
        if ctx.people.write([change])[0]:
            ctx.changed(pid)
            return change
    raise Refused("keeps_changing")
