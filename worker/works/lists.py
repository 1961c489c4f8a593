"""A list of cases or contacts read, checked and submitted as a work; what it would change is then on its page."""

from __future__ import annotations

from domain.lists.rows import ListKind
from worker.lists.deciding import submit_file
from worker.works.running import Done, Run

SHARES = 1_000


def check_list(run: Run) -> Done:
    """Argument: `list`, which kind; the table was handed in. The same file again is the same proposal.

    Counts say how many rows there are; `list:<id>` among them names the proposal.
    """
    kind = ListKind(str(run.work.args["list"]))
    proposal = submit_file(run.ctx, run.staff, kind, run.given(), lambda share: run.step(int(share * SHARES), SHARES))
    head = run.ctx.lists.head(proposal.id)
    counted = {"rows": head.rows, "refused": head.refused, "duplicates": head.duplicates} if head else {}
    return Done({f"list:{proposal.id}": 1, **counted})
