"""Asking for a long work, with the file that it needs; looking after it; its end before its time."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from redis.exceptions import RedisError

from domain.roles import Refused, Staff
from domain.works import Args, Made, Work, WorkKind
from store.changes import Act
from worker.context import Context
from worker.queues import WORKS

log = logging.getLogger(__name__)


def start(
    ctx: Context,
    staff: Staff,
    kind: WorkKind,
    args: Args,
    title: str = "",
    *,
    given: tuple[str, Iterable[bytes]] | None = None,
    name: str = "",
) -> str:
    """Put a work down and wake its worker; its id. `given`: name and bytes of a table that it needs.

    Whoever calls has asked the role; the work asks again when it runs. `name`, from `ctx.works.new_name()`, makes a
    form that is sent twice one work.
    """
    name = name or ctx.works.new_name()
    made = None
    if given is not None:
        made = ctx.works.keep_file(name, 0, given[1], Made(given[0], "application/octet-stream", 0, 0))
    ctx.works.start(kind, staff.id, args, title, given=made, name=name)
    try:
        ctx.waker.start(WORKS, name)
    except RedisError as error:
        log.warning("work %s was not woken (%s); the sweep will", name, type(error).__name__)
    return name


def seen(ctx: Context, staff: Staff, name: str) -> Work:
    """A work of one's own. Raises Refused (`unknown_work`): somebody else's looks like none."""
    work = ctx.works.read(name)
    if work.staff != staff.id:
        raise Refused("unknown_work", name)
    return work


def cancel(ctx: Context, staff: Staff, name: str) -> None:
    """Raises Refused: `unknown_work`, `over`."""
    work = seen(ctx, staff, name)
    if not ctx.works.cancel(name, Act(staff.id, f"cancel {work.kind.value}", name, organisation=staff.organisation)):
        raise Refused("over", name)


def fetch(ctx: Context, staff: Staff, name: str) -> tuple[Made, Iterator[bytes]]:
    """The file of one's own work, and that it was fetched is an act. Raises Refused: `unknown_work`, `file_gone`."""
    work = seen(ctx, staff, name)
    if work.result is None or not work.has_file(ctx.clock.now()):
        raise Refused("file_gone", name)
    pieces = ctx.works.file(name, work.result)
    first = next(pieces, b"")  # a file that is gone is refused before anything of it was sent
    ctx.audit.note(Act(staff.id, f"fetch {work.kind.value}", name, work.title, staff.organisation))
    return work.result, _with(first, pieces)


def _with(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others
