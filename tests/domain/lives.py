"""Hypothesis strategies: invented lives, as facts between day 0 and a last day."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from domain.facts import CaseKind, Fact, Isolation, Symptom
from domain.world import RiskArea, World
from tests.domain import telling as t

DEGREES = st.sampled_from(["36.5"] * 12 + ["37.2", "37.3", "38.0"])
CLOCKS = st.sampled_from(["00:00:00", "08:30:00", "12:00:00", "23:59:59"])
BY = st.sampled_from([t.SELF] * 4 + [t.CARER, t.WORKER, t.INSTITUTION, t.INSTITUTION, t.GATE])
PLACES = st.sampled_from(["湖北省武汉市", "武汉", "宁夏银川", "北京市丰台区"])


@st.composite
def lives(draw: st.DrawFn, first: int, last: int, *, busy: int = 6) -> list[Fact]:
    """Facts recorded on the days first..last: rows of daily reports, single ones, and events that change colours."""
    facts: list[Fact] = []
    for _ in range(draw(st.integers(0, 3))):
        begun = draw(st.integers(first, last))
        row = t.daily(begun, min(last, begun + draw(st.integers(0, 30))), draw(BY))
        facts += [fact for fact in row if draw(st.integers(0, 15))]
    for _ in range(draw(st.integers(0, busy))):
        facts += draw(events(facts, first, last))
    return facts


@st.composite
def events(draw: st.DrawFn, known: list[Fact], first: int, last: int) -> list[Fact]:
    n = draw(st.integers(first, last))
    back = draw(st.integers(0, 16))
    reports = [f for f in known if f.id.startswith(("report", "declared")) and f.at >= t.when(first, "00:00:00")]
    listed = [f for f in known if f.id.startswith(("case", "contact", "upstream"))]
    every = [f for f in known if f.id.startswith(("report", "declared"))]
    isolated = draw(st.none() | st.builds(Isolation, st.sampled_from([t.HOME, t.CENTRAL]), st.just(t.day(n - back))))
    been = t.stays((draw(PLACES), n - back))
    late = draw(st.integers(0, 3))
    made = [
        [t.report(n, draw(DEGREES), by=draw(BY), clock=draw(CLOCKS))],
        [t.report(n, draw(DEGREES), Symptom.DRY_COUGH)],
        [t.gate(n, draw(DEGREES), taken=(n - late, "06:00:00"))],
        [t.declared(n, draw(DEGREES), clock=draw(CLOCKS))],
        [t.declared(n, clock="11:00:00", contact=n - back)],
        [t.told(n, risk=n - back)],
        [t.told(n, contact=n - back, isolated=isolated, been=been)],
        [t.told(n, been=been)],
        [t.case(n - 2 * back, draw(st.sampled_from(CaseKind)), recorded=n)],
        [t.cured(n - late, recorded=n)],
        [t.cured(n), *t.daily(n + 1, min(last, n + 14), t.INSTITUTION)],
        [t.contact(n, isolated)],
        [t.recheck(n)],
        [t.attest(n - draw(st.integers(0, 4)), recorded=n)],
        [t.outage(n - late, recorded=n)],
        [t.upstream(n, draw(st.sampled_from(["none", "green", "grey", "yellow", "red"])))],
    ]
    if reports:
        made.append([t.undo(draw(st.sampled_from(reports)), minutes=draw(st.sampled_from([0, 10, 11])))])
    if every:
        measured = draw(st.sampled_from([None, "36.6", "37.3"]))
        made.append([t.review(draw(st.sampled_from(every)), n, measured)])
    if listed:
        made.append([t.withdraw(draw(st.sampled_from(listed)), n)])
    return draw(st.sampled_from(made))


@st.composite
def worlds(draw: st.DrawFn, last: int) -> World:
    outages = draw(st.frozensets(st.integers(0, last), max_size=4))
    areas = draw(st.lists(st.tuples(PLACES, st.integers(-5, last), st.none() | st.integers(0, 20)), max_size=2))
    return World(
        frozenset(t.day(n) for n in outages),
        tuple(
            RiskArea(name, t.day(since), None if days is None else t.day(since) + timedelta(days))
            for name, since, days in areas
        ),
        draw(st.sampled_from([None] * 6 + [t.day(last - 2)])),
    )
