"""What follows a short declaration at a gate: the passage is recorded, and there is a code at once."""

from __future__ import annotations

from dataclasses import dataclass

from bot.gate.checking import Answer
from bot.gate.guards import Gate, Guard
from bot.pages import asked_language
from channel.render import render_one
from domain import passes
from domain.gate import Outcome, Passage, Result, outcome_of
from domain.person import Person
from domain.reject import Reject
from domain.roles import Refused
from domain.venues import Venue
from domain.verdict import Colour
from flows.engine import reject_say
from worker.gate import gating
from worker.operate.asking import WHY

CODED = (Result.GREEN, Result.GREY, Result.YELLOW, Result.RED)


@dataclass(frozen=True, slots=True)
class Declared:
    answer: Answer
    outcome: Outcome


def enter(gate: Gate, guard: Guard, venue: Venue, person: Person, said: gating.ShortDeclaration) -> Declared:
    """Record the passage of somebody who has just declared. Raises Refused."""
    answer, now = gate.checker.of_person(person.pid), gate.ctx.clock.now()
    outcome = outcome_of(answer.result, said.temperature)
    staff = guard.visit.staff.id
    passage = Passage(
        said.id, venue.id, staff, now, "", answer.result, outcome, temperature=said.temperature, pid=person.pid
    )
    return Declared(answer, gate.write(guard, passage).outcome)


def told(problem: Refused | Reject) -> str:
    """What is wrong, in words: of something typed, as the chat says it."""
    if isinstance(problem, Reject):
        return render_one(reject_say(problem), asked_language())
    return WHY.get(problem.reason, problem.reason)


def code_of(gate: Gate, person: Person, answer: Answer) -> str:
    """What the QR of their code holds; empty where there is none to show."""
    if answer.result not in CODED:
        return ""
    ctx = gate.ctx
    now, until = ctx.clock.now(), ctx.moment().judge(person).until
    return ctx.signer().pass_for(person.pid, Colour(answer.result.value), now, passes.expiry(now, until))
