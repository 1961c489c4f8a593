"""A folded history is judged as the whole one, whatever may still come; and it stays small."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.days import last_own_day
from domain.facts import Fact, History, Outage
from domain.fold import fold
from domain.verdict import World, judge
from tests.domain import telling as t
from tests.domain.lives import lives, worlds

FIRST, FOLDED, LAST = 0, 60, 85


@st.composite
def lives_folded_once(draw: st.DrawFn) -> tuple[list[Fact], list[Fact]]:
    """What was recorded by day 60, and what is recorded afterwards, some of it about what was before."""
    before = [t.declared(), *draw(lives(FIRST, FOLDED, busy=8))]
    rows = draw(st.lists(st.tuples(st.integers(1, FOLDED), st.integers(5, 60)), max_size=2))
    before += [fact for first, days in rows for fact in t.daily(first, min(FOLDED, first + days))]
    after = [*draw(lives(FOLDED + 1, LAST, busy=4))]
    about = st.sampled_from([f for f in before if f.id.startswith(("case", "contact", "upstream"))] or [t.case(1)])
    abnormal = st.sampled_from([f for f in before if " 37.3 " in f.id or " 38.0 " in f.id] or [t.report(1, "38.0")])
    after += draw(st.lists(st.builds(t.withdraw, about, st.integers(FOLDED + 1, LAST)), max_size=2))
    after += draw(st.lists(st.builds(t.review, abnormal, st.integers(FOLDED + 1, LAST), st.just("36.5")), max_size=2))
    after += draw(st.lists(st.builds(t.case, st.integers(0, FOLDED), recorded=st.just(FOLDED + 1)), max_size=1))
    after += draw(
        st.lists(st.builds(t.cured, st.integers(FOLDED - 29, FOLDED), recorded=st.just(FOLDED + 1)), max_size=1)
    )
    after += draw(
        st.lists(st.builds(t.outage, st.integers(FOLDED - 13, FOLDED), recorded=st.just(FOLDED + 1)), max_size=1)
    )
    return before, after


@settings(max_examples=400, deadline=None)
@given(lives_folded_once(), worlds(FOLDED), st.integers(FOLDED, LAST), st.integers(FOLDED - 40, FOLDED))
def test_folding_changes_no_verdict(
    life: tuple[list[Fact], list[Fact]], world: World, n: int, folded_before: int
) -> None:
    before, after = life
    whole = History(tuple(before))
    once = fold(whole, t.day(FOLDED), world)
    earlier = fold(
        History(tuple(f for f in before if f.at < t.when(folded_before + 1, "00:00:00"))), t.day(folded_before), world
    )
    twice = fold(
        earlier.plus(*(f for f in before if f.at >= t.when(folded_before + 1, "00:00:00"))), t.day(FOLDED), world
    )
    expected = judge(whole.plus(*after), t.when(n, "12:00:00"), world)
    assert judge(once.plus(*after), t.when(n, "12:00:00"), world) == expected
    assert judge(twice.plus(*after), t.when(n, "12:00:00"), world) == expected
    assert fold(once, t.day(FOLDED), world) == once
    assert fold(History(tuple(reversed(before))), t.day(FOLDED), world) == once
