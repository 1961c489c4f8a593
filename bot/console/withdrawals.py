"""Withdrawals: what one person proposed to take back, and another approves or turns down. The record stays visible."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.forms import pid_in, tried
from bot.console.lists import STATES
from bot.console.residents.wording import said
from bot.console.visits import Visit
from domain.carry_out import target_of
from domain.proposals import Proposal, ProposalKind, ProposalState
from domain.roles import Action
from store.keys import pid_text
from worker.context import Context
from worker.operate.withdrawals import settle, turn_down
from worker.staff.today import Shown, shown_of

MOST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """One proposal with whom and which record it is about; None where the reader may not look at the person."""

    proposal: Proposal
    who: Shown | None
    fact: str
    decides: bool


def blueprint(console: Console) -> Blueprint:
    """GET /console/withdrawals; POST …/<id>/approve, …/<id>/reject."""
    routes = Blueprint("withdrawals", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        return page_of("worker/withdrawals.html", rows=asked(ctx, visit), states=STATES, pid_text=pid_text)

    def approve(visit: Visit, id: str) -> ResponseReturnValue:
        return tried(lambda: settle(ctx, visit.staff, id), url_for("console.withdrawals.listed"), "approved")

    def reject(visit: Visit, id: str) -> ResponseReturnValue:
        reason = request.form.get("reason", "")
        back = url_for("console.withdrawals.listed")
        return tried(lambda: turn_down(ctx, visit.staff, id, reason), back, "rejected")

    console.add(routes, "/withdrawals", listed, Action.SUBMIT_WITHDRAWAL, Action.APPROVE_WITHDRAWAL)
    console.add(routes, "/withdrawals/<id>/approve", approve, Action.APPROVE_WITHDRAWAL, methods=("POST",))
    console.add(routes, "/withdrawals/<id>/reject", reject, Action.APPROVE_WITHDRAWAL, methods=("POST",))
    return routes


def asked(ctx: Context, visit: Visit) -> list[Asked]:
    """Those of their own area and their own, the latest first."""
    found = [each for each in ctx.proposals.all() if each.kind is ProposalKind.WITHDRAW][:MOST]
    people = ctx.people.read_sound(pid_in(each.subject.partition(" ")[0]) for each in found)
    rows = []
    for each in found:
        pid, _, of = each.subject.partition(" ")
        person = people.get(pid_in(pid))
        sees = person is not None and visit.sees(Action.SUBMIT_WITHDRAWAL, target_of(person))
        if person is None or not (sees or each.submitted_by == visit.staff.id):
            continue
        fact = next((said(fact) for fact in person.history.facts if fact.id == of), of)
        decides = each.state is ProposalState.SUBMITTED and visit.may(Action.APPROVE_WITHDRAWAL, target_of(person))
        rows.append(Asked(each, shown_of(person), fact, decides and each.submitted_by != visit.staff.id))
    return rows
