"""到访: somebody scanned a place's code in the chat."""

from __future__ import annotations

from datetime import datetime

from domain.facts import SHANGHAI
from domain.venues import Proof
from flows.core import Say
from worker.context import Context
from worker.delivery.letters import Sendable
from worker.gate.visiting import visit


def note(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """The visit, written once; a venue that asks for more sends to its page. Raises Refused (`no_such_venue`)."""
    at = datetime.fromisoformat(str(letter.args["at"])).astimezone(SHANGHAI)
    pid = ctx.accounts.read(letter.openid).self_pid
    venue = visit(ctx, str(letter.args["venue"]), pid, letter.ref, at)
    told = at.strftime("%H:%M")
    if venue.proof is Proof.NOTHING:
        return (Say("visited", {"venue": venue.name, "time": told}),)
    return (Say("visit_proof", {"venue": venue.name}),)
