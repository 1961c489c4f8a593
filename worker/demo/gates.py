"""Gates of an invented house: venues, who passed and who visited, a partner's system, codes to try a scan with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from domain import passes
from domain.gate import Passage, of_colour, outcome_of
from domain.notice import Colour
from domain.partners.rights import Right
from domain.people import Level
from domain.person import Person
from domain.roles import Staff
from domain.venues import new_venue
from worker.context import Context
from worker.demo.colleagues import HOME
from worker.gate import gating, visiting
from worker.partners import admin

GATE, MARKET = "demo-gate", "demo-market"
PASSED, VISITED = 24, 60
CLIENT = "demo-gate"


def open_gates(ctx: Context, staff: Mapping[str, Staff], people: Sequence[Person]) -> str:
    """Venues with what has been going on at them, and a partner's system; its secret, which is shown once."""
    for id, name in ((GATE, "中强巷东门"), (MARKET, "中强巷菜市场")):
        visiting.put(ctx, staff["demo.worker"], new_venue(id, name, HOME))
    for number, person in enumerate(people[:PASSED]):
        _pass(ctx, staff["demo.gate"], person, number)
    for number, person in enumerate(people[:VISITED]):
        at = ctx.clock.now() - timedelta(minutes=11 * number)
        visiting.visit(ctx, MARKET, person.pid, f"demo-visit-{number:06}", at)
    rights = [Right.QUERY, Right.VERIFY, Right.UPLOAD, Right.CHANGES]
    made = admin.create(ctx, staff["demo.admin"], CLIENT, "中强巷门禁（示例）", "中强巷物业", rights)
    admin.set_contract(ctx, staff["demo.admin"], CLIENT, [HOME])
    return made.secret


def _pass(ctx: Context, guard: Staff, person: Person, number: int) -> None:
    now, reading = ctx.clock.now(), Decimal("36.2") + Decimal(number % 7) / 10
    shown = of_colour(ctx.moment().colour(person))
    outcome = outcome_of(shown, reading)
    passage = Passage(
        f"demo-passage-{number:06}", GATE, guard.id, now, "", shown, outcome, temperature=reading, pid=person.pid
    )
    gating.write(ctx, guard, passage, ctx.scanner())


def codes_to_scan(ctx: Context, people: Iterable[Person]) -> Iterator[tuple[Colour, str]]:
    """One code of each colour, as a link."""
    moment, seen = ctx.moment(), {Colour.NONE}
    for person in people:
        verdict = moment.judge(person)
        if verdict.colour not in seen and person.proof >= Level.PHONE:
            seen.add(verdict.colour)
            until = passes.expiry(moment.now, verdict.until)
            yield verdict.colour, ctx.signer().pass_for(person.pid, verdict.colour, moment.now, until)
