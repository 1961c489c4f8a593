"""What holds of every life: `judge` against the policy written out plainly, and the promises of the policy."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import Fact, History
from domain.notices import in_force
from domain.verdict import Colour, Verdict, World, judge
from tests.domain import telling as t
from tests.domain.lives import lives, worlds
from tests.domain.naive import Naive

LAST = 45
EXAMPLES = 250


def judged(facts: list[Fact], n: int = LAST, world: World = World()) -> Verdict:  # noqa: B008
    return judge(History(tuple(facts)), t.when(n, "12:00:00"), world)


declared_lives = lives(0, LAST).map(lambda facts: [t.declared(), *facts])


@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(lives(0, LAST), st.booleans(), worlds(LAST), st.integers(0, LAST))
def test_it_judges_as_the_plain_policy_does(facts: list[Fact], declares: bool, world: World, n: int) -> None:
    history = History((t.declared(), *facts) if declares else tuple(facts))
    verdict = judge(history, t.when(n, "12:00:00"), world)
    assert (verdict.colour.value, verdict.since, verdict.until) == Naive(
        history, t.when(n, "12:00:00"), world
    ).verdict()
