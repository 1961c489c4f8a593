"""The job behind every list: whatever is due next with it is done, and may be done twice."""

from __future__ import annotations

import logging

from domain.proposals import Proposal, ProposalState
from store.list_values import ListHead
from worker.context import Context
from worker.lists.applying import apply_list
from worker.lists.checking import RowsGone, check
from worker.lists.deciding import approve_by_standing
from worker.lists.polling import POLL_SECONDS, poll
from worker.queues import LISTS, POLL
from worker.wiring import context

log = logging.getLogger(__name__)

EVERYTHING = "all"


def advance(name: str) -> None:
    """Check what came from upstream, apply what was approved, clear away what is done."""
    advance_list(context(), name)


def advance_list(ctx: Context, name: str) -> None:
    """As `advance`; a list that is not done in one run is woken again."""
    ctx.waker.started(LISTS, name)
    proposal, head = ctx.proposals.read(name), ctx.lists.head(name)
    try:
        if proposal is None or head is None:
            ctx.lists.finish(name)
        elif proposal.state is ProposalState.APPROVED:
            if apply_list(ctx, proposal):
                ctx.waker.start(LISTS, name)
        elif proposal.state is ProposalState.SUBMITTED:
            _check(ctx, proposal, head)
        else:
            ctx.lists.finish(name)
    except RowsGone:
        log.error("list %s waits for rows that are not there any more", name)


def poll_upstream(_: str) -> None:
    """Ask the upstream authority what is new. The mark of the wake is left to expire: once a minute is enough."""
    poll(context())


def sweep_lists(ctx: Context) -> None:
    """Wake every list with which something is due, what a crash or a lost wake left behind; and once in a while have
    the upstream authority asked, if there is one."""
    if ctx.settings.upstream_url:
        ctx.waker.start(POLL, EVERYTHING, POLL_SECONDS)
    for name in ctx.lists.unfinished():
        proposal = ctx.proposals.read(name)
        waits = proposal is not None and proposal.state is ProposalState.SUBMITTED
        if not waits or ctx.lists.report(name) is None:
            ctx.waker.start(LISTS, name)


def _check(ctx: Context, proposal: Proposal, head: ListHead) -> None:
    if ctx.lists.report(proposal.id) is None:
        ctx.lists.put_report(proposal.id, check(ctx, head, lambda _: None))
        approve_by_standing(ctx, proposal, head)
