"""Tasks past their deadline: the county has them from then on, beside the community."""

from __future__ import annotations

from domain.tasks import DEADLINES
from store.changes import Act
from store.tasks import OpenTask, at_county
from worker.context import Context


def escalate_tasks(ctx: Context) -> int:
    """For the clock's leader; how many tasks went to their county."""
    return sum(_escalate(ctx, task) for task in ctx.tasks.overdue(ctx.clock.now()) if task.about in DEADLINES)


def _escalate(ctx: Context, task: OpenTask) -> bool:
    """The county first: died in between, it is done again. Closed in between, it is closed at the county too."""
    ctx.tasks.put(at_county(task))
    if ctx.tasks.escalated(task):
        ctx.audit.note(Act("clock", f"escalate task {task.about}", reason=task.owner), task.pid)
        return True
    if not ctx.tasks.is_open(task):
        ctx.tasks.close(at_county(task))
    return False
