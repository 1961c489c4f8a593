"""A folded history is judged as the whole one, whatever may still come; and it stays small."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.days import last_own_day
from domain.facts import Fact, History
from domain.fold import KEPT_DAYS, UNFOLDED_DAYS, fold
from domain.verdict import Colour, World, judge
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


@settings(max_examples=150, deadline=None, derandomize=True)
@given(lives_folded_once(), worlds(FOLDED), st.integers(FOLDED, LAST), st.integers(FOLDED - 40, FOLDED))
def test_folding_changes_no_verdict(
    life: tuple[list[Fact], list[Fact]], world: World, n: int, folded_before: int
) -> None:
    before, after = life
    whole = History(tuple(before))
    once = fold(whole, t.day(FOLDED), world)
    midnight = t.when(folded_before + 1, "00:00:00")
    earlier = fold(History(tuple(f for f in before if f.at < midnight)), t.day(folded_before), world)
    twice = fold(earlier.plus(*(f for f in before if f.at >= midnight)), t.day(FOLDED), world)
    expected = judge(whole.plus(*after), t.when(n, "12:00:00"), world)
    assert judge(once.plus(*after), t.when(n, "12:00:00"), world) == expected
    assert judge(twice.plus(*after), t.when(n, "12:00:00"), world) == expected
    assert fold(once, t.day(FOLDED), world) == once
    assert fold(History(tuple(reversed(before))), t.day(FOLDED), world) == once


def test_a_year_of_reports_takes_no_more_room_than_a_month() -> None:
    history = History((t.declared(), *t.daily(1, 365)))
    folded = fold(history, t.day(365))
    assert len(folded.facts) == 1 + UNFOLDED_DAYS + 1
    assert len(folded.normal) <= KEPT_DAYS + 2
    verdict = judge(folded, t.when(365, "12:00:00"))
    assert (verdict.colour, verdict.since, verdict.until) == (Colour.GREEN, t.day(0), t.day(368))
    assert last_own_day(folded) == t.day(365)


def test_folding_day_by_day_comes_to_the_same() -> None:
    history = History((t.declared(),))
    for n in range(1, 100):
        history = fold(history.plus(t.report(n)), t.day(n))
    assert history == fold(History((t.declared(), *t.daily(1, 99))), t.day(99))


def test_what_is_abnormal_undone_or_recent_stays_a_fact() -> None:
    slip, ill = t.report(50, "38.0"), t.report(2, "37.3")
    facts = (t.declared(), ill, slip, t.undo(slip, minutes=1), t.report(56), t.report(57))
    assert fold(History(facts), t.day(60)).facts == (t.declared(), ill, slip, t.undo(slip, minutes=1), t.report(57))
    assert slip not in fold(History(facts), t.day(69)).facts


def test_it_keeps_the_days_behind_a_yellow_that_was_never_served() -> None:
    """Reports every other day for half a year after a fever: the last fourteen in a row still end it."""
    facts: tuple[Fact, ...] = (t.declared(), t.report(1, "38.0"), *(t.report(n) for n in range(3, 180, 2)))
    folded = fold(History(facts), t.day(180))
    assert {bits for _, bits in folded.normal} == {1}
    served = folded.plus(*t.daily(181, 192))
    assert judge(served, t.when(192, "12:00:00")).colour is Colour.YELLOW
    assert judge(served.plus(t.attest(180, recorded=181)), t.when(192, "12:00:00")).colour is Colour.GREEN
