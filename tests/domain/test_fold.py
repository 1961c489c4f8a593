"""A folded history is judged as the whole one, whatever may still come; and it stays small."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.days import last_own_day
from domain.facts import Fact, History
from domain.fold import KEPT_DAYS, UNFOLDED_DAYS, fold
from domain.verdict import Colour, RiskArea, World, judge
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


@settings(max_examples=60, deadline=None, derandomize=True)
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


ill = t.report(20, "38.0")
wuhan = World(risk_areas=(RiskArea("武汉市", t.day(12)),))

COMES_LATE: list[tuple[str, tuple[Fact, ...], tuple[int, ...], tuple[Fact, ...], World, Colour, int]] = [
    (
        "病例与治愈都在30天后才入库：机构的14天和本人的14天都在",
        (t.declared(), *t.daily(21, 34, t.INSTITUTION), *t.daily(35, 49)), (49,),
        (t.case(1, recorded=50), t.cured(20, recorded=50)), World(), Colour.GREEN, 48,
    ),
    (
        "治愈早已入库，病例名单70天后才到",
        (t.declared(), t.cured(20), *t.daily(21, 34, t.INSTITUTION), *t.daily(35, 90)), (90,),
        (t.case(1, recorded=91),), World(), Colour.GREEN, 48,
    ),
    (
        "病例早已入库，治愈80天后才入库",
        (t.declared(), t.case(1), *t.daily(21, 34, t.INSTITUTION), *t.daily(35, 100)), (100,),
        (t.cured(20, recorded=101),), World(), Colour.GREEN, 48,
    ),
    (
        "所到地点两个月后才列入名单，而期满已久",
        (t.declared(), *t.daily(1, 9), t.told(10, been=t.stays(("武汉", 9))), *t.daily(10, 70)), (70,),
        (), wuhan, Colour.GREEN, 26,
    ),
    (
        "旧的一段打卡与新的一段之间变过灰：绿码只自新的一段算起",
        (t.declared(), *t.daily(1, 19), ill, *t.daily(21, 40), *t.daily(60, 100)), (60, 100),
        (), World(), Colour.GREEN, 60,
    ),
    (
        "灰码期间上级也定为灰：自本人变灰之日算起",
        (t.declared(), t.report(1), t.upstream(5, "grey"), t.report(6)), (20, 60),
        (), World(), Colour.GREY, 5,
    ),
    (
        "早已期满的黄码，异常后来复核为正常：绿码自申报之日算起",
        (t.declared(), *t.daily(1, 19), ill, *t.daily(21, 90)), (60, 90),
        (t.review(ill, 91),), World(), Colour.GREEN, 0,
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", COMES_LATE, ids=[case[0] for case in COMES_LATE])
def test_what_comes_late_finds_the_days_it_needs(
    case: tuple[str, tuple[Fact, ...], tuple[int, ...], tuple[Fact, ...], World, Colour, int],
) -> None:
    _, before, folded_on, after, world, colour, since = case
    folded = History()
    for n, earlier in zip(folded_on, (None, *folded_on), strict=False):
        new = (f for f in before if f.at < t.when(n + 1) and (earlier is None or f.at >= t.when(earlier + 1)))
        folded = fold(folded.plus(*new), t.day(n))
    n = folded_on[-1] + 1
    verdict = judge(folded.plus(*after), t.when(n, "23:00:00"), world)
    assert (verdict.colour, verdict.since) == (colour, t.day(since))
    assert verdict == judge(History((*before, *after)), t.when(n, "23:00:00"), world)


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
