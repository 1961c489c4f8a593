"""What holds of every life: `judge` against the policy written out plainly, and the promises of the policy."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import Fact, History, Withdraw, day_of
from domain.notices import NOTICES, in_force
from domain.verdict import Colour, Verdict, World, colour_under, judge
from tests.domain import telling as t
from tests.domain.lives import lives, worlds
from tests.domain.naive import Naive

LAST = 45
NOWHERE = World()

declared_lives = lives(0, LAST).map(lambda facts: [t.declared(), *facts])
days = st.integers(0, LAST)


def judged(facts: Sequence[Fact], n: int = LAST, world: World = NOWHERE) -> Verdict:
    """The verdict at the end of a day."""
    return judge(History(tuple(facts)), t.when(n, "23:59:59"), world)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(declared_lives, worlds(LAST), days)
def test_it_judges_as_the_plain_policy_does(facts: list[Fact], world: World, n: int) -> None:
    at = t.when(n, "12:00:00")
    verdict, plain = judge(History(tuple(facts)), at, world), Naive(History(tuple(facts)), at, world)
    assert (verdict.colour.value, verdict.since, verdict.until) == plain.verdict()


@settings(max_examples=50, deadline=None, derandomize=True)
@given(lives(0, LAST), worlds(LAST), days)
def test_the_colour_alone_is_that_of_the_verdict(facts: list[Fact], world: World, n: int) -> None:
    at, notice = t.when(n, "12:00:00"), in_force(t.day(n))
    for history in (History(tuple(facts)), History((t.declared(), *facts))):
        assert colour_under(notice, history, at, world) is judge(history, at, world).colour


@settings(max_examples=50, deadline=None, derandomize=True)
@given(declared_lives, worlds(LAST), days, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_of_facts_matters(
    facts: list[Fact], world: World, n: int, chance: random.Random
) -> None:
    shuffled = facts + chance.sample(facts, len(facts) // 2)
    chance.shuffle(shuffled)
    assert judged(shuffled, n, world) == judged(facts, n, world)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(lives(0, LAST), worlds(LAST), days)
def test_without_a_declaration_there_is_never_a_colour(facts: list[Fact], world: World, n: int) -> None:
    undeclared = [fact for fact in facts if not fact.id.startswith("declared")]
    assert judged(undeclared, n, world).colour is Colour.NONE


@settings(max_examples=50, deadline=None, derandomize=True)
@given(declared_lives, worlds(LAST), days)
def test_a_verdict_names_clauses_of_the_notice_in_force(facts: list[Fact], world: World, n: int) -> None:
    verdict = judged(facts, n, world)
    notice = in_force(t.day(n))
    assert verdict.notice == notice.number
    assert verdict.clauses
    assert set(verdict.clauses) <= {clause.id for clause in notice.clauses}


@settings(max_examples=50, deadline=None, derandomize=True)
@given(declared_lives, days)
def test_red_never_becomes_green_from_one_day_to_the_next(facts: list[Fact], n: int) -> None:
    """Of our own colour, and unless a record is taken back as if it had never been."""
    lasting = [fact for fact in facts if not isinstance(fact, Withdraw) and not fact.id.startswith("upstream")]
    known = [fact for fact in lasting if day_of(fact.at) <= t.day(n)]
    if judged(known, n).colour is Colour.RED:
        assert judged(lasting, n + 1).colour in (Colour.RED, Colour.YELLOW)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(declared_lives, days)
def test_time_alone_only_turns_green_into_grey(facts: list[Fact], n: int) -> None:
    """And yellow whose days are done into what a person without it would be, on the day that was told."""
    known = [fact for fact in facts if day_of(fact.at) <= t.day(n)]
    today, tomorrow = judged(known, n), judged(known, n + 1)
    if today.colour is not tomorrow.colour:
        assert today.until == t.day(n)
        assert (today.colour, tomorrow.colour) == (Colour.GREEN, Colour.GREY) or today.colour is Colour.YELLOW


@settings(max_examples=50, deadline=None, derandomize=True)
@given(declared_lives, st.frozensets(st.integers(0, LAST), max_size=4), days)
def test_an_outage_of_the_world_is_an_outage_on_record(facts: list[Fact], outages: frozenset[int], n: int) -> None:
    recorded: list[Fact] = [t.outage(day, recorded=0) for day in outages]
    assert judged(facts + recorded, n) == judged(facts, n, World(frozenset(map(t.day, outages))))


def test_every_threshold_of_the_notice_is_its_own() -> None:
    """A changed number is a changed policy: it belongs into a new notice, with a date."""
    (notice,) = NOTICES
    values = [threshold.value for threshold in notice.limits.all()]
    assert values == [Decimal("37.3"), 3, 14, 14, 14, 14, 14, 3, 10]
