"""The desk behind: what accounts ask for that needs other slots than their own. Carried out by the deliver lane,
answered by a text, within the window that the question itself has opened.

An ask may be carried out twice: its answer was not sent, or a machine died after it. Each function is idempotent, by
the letter's `ref` where nothing else makes it so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.roles import Refused
from flows.core import Say
from worker.context import Context
from worker.delivery.letters import Sendable
from worker.desk import (
    authorising,
    broadcasting,
    chores,
    joining,
    listing,
    posts,
    reminding,
    reporting,
    signing,
    visiting,
)

Says = tuple[Say, ...]

ASKS: Mapping[str, Callable[[Context, Sendable], Says]] = {
    "bind": posts.bind,
    "post": posts.post,
    "unbind_sure": posts.unbind,
    "join_offer": joining.offer,
    "join_sure": joining.join,
    "memberships": joining.memberships,
    "leave_organisation": joining.leave,
    "visit": visiting.note,
    "sign_in": signing.sign_in,
    "console": signing.address,
    "sign_out": signing.sign_out,
    "list": listing.list_missing,
    "phone": listing.phone,
    "remind": reminding.size,
    "remind_sure": reminding.remind,
    "report_for": reporting.report_for,
    "report_sure": reporting.confirmed,
    "tasks": chores.list_tasks,
    "done": chores.done,
    "authorise": authorising.show,
    "authorise_answer": authorising.answer,
    "authorisations": authorising.list_them,
    "authorisation_end": authorising.end,
    "broadcast_draft": broadcasting.draft,
    "broadcast_preview": broadcasting.preview,
    "broadcast_submit": broadcasting.submit,
    "broadcast_approve": broadcasting.approve,
    "broadcast_reject": broadcasting.reject,
    "broadcast_progress": broadcasting.progress,
    "broadcast_pause": broadcasting.pause,
    "broadcast_resume": broadcasting.resume,
    "broadcast_cancel": broadcasting.cancel,
    "broadcast_correct": broadcasting.correct,
}
"""What is asked -> who does it: (context, letter) -> what is answered. Raises Refused for what may not be done."""


@dataclass(frozen=True, slots=True)
class AskDesk:
    """Answers desk letters; thread-safe."""

    ctx: Context

    def answer(self, letter: Sendable) -> Says:
        """Do it. Raises what a later try may cure."""
        carry_out = ASKS.get(letter.what)
        if carry_out is None:
            return (Say("desk_refused", {"reason": "unknown_ask", "detail": ""}),)
        try:
            return carry_out(self.ctx, letter)
        except Refused as refused:
            return (Say("desk_refused", {"reason": refused.reason, "detail": refused.detail}),)

    def failed(self, letter: Sendable) -> Says:
        """What somebody is told whose ask failed at every try."""
        return (Say("desk_failed"),)
