"""The cursor feed, for those who poll."""

from __future__ import annotations

from typing import cast

from bot.api import models
from bot.api.operations import Call, Operation
from bot.api.problems import Problem
from bot.api.told import resident
from domain.partners.rights import Right
from store.feed import CursorGone, is_cursor
from worker.partners.seeing import seen


def read(call: Call) -> models.Changes:
    """What a handle shows is read now: a change that was overtaken is told once, as it is."""
    asked = cast(models.ChangesQuery, call.query)
    if not is_cursor(asked.cursor):
        raise Problem("cursor")
    try:
        page = call.ctx.feeds.read(call.client.id, asked.cursor, asked.limit)
    except CursorGone:
        raise Problem("cursor-gone") from None
    changes = [resident(each) for each in seen(call.ctx, call.client, page.handles)]
    return models.Changes(changes=changes, cursor=page.cursor, more=page.more)


OPERATIONS = (
    Operation("readChanges", "GET", "/changes", Right.CHANGES, "What changed after a cursor, at least once", read,
              models.Changes, query=models.ChangesQuery, problems=("cursor", "cursor-gone")),
)  # fmt: skip
