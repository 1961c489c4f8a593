"""When a colour can change at the earliest: the day on which it does if every day is reported."""

from __future__ import annotations

from datetime import date

import pytest

from domain.facts import Fact, History
from domain.outlook import earliest_change
from domain.verdict import Colour, judge
from tests.domain import telling as t

CURED = [t.case(1), t.cured(5)]
AT_HOME = t.contact(1, t.isolation(t.HOME, 1))
CENTRAL = t.contact(1, t.isolation(t.CENTRAL, 5))


@pytest.mark.parametrize(
    ("facts", "n", "expected"),
    [
        ([], 1, None),
        ([], 6, None),
        ([t.report(1, "38.0")], 1, (Colour.GREEN, t.day(15))),
        ([t.report(1, "38.0"), *t.daily(2, 5)], 5, (Colour.GREEN, t.day(15))),
        ([t.report(1, "38.0"), *t.daily(2, 4)], 5, (Colour.GREEN, t.day(15))),
        ([t.report(1, "38.0"), *t.daily(2, 3)], 5, (Colour.GREEN, t.day(18))),
        ([AT_HOME], 3, None),
        ([AT_HOME, t.recheck(3)], 3, (Colour.GREEN, t.day(16))),
        ([CENTRAL, *t.daily(2, 3)], 3, (Colour.GREEN, t.day(19))),
        ([t.case(1)], 3, None),
        (CURED, 5, (Colour.YELLOW, t.day(19))),
        ([*CURED, *t.daily(6, 19, t.INSTITUTION)], 19, (Colour.GREEN, t.day(33))),
        ([t.upstream(2, "yellow")], 3, None),
    ],
)
def test_the_earliest_change(facts: list[Fact], n: int, expected: tuple[Colour, date] | None) -> None:
    assert earliest_change(History((t.declared(0), *facts)), t.when(n, "12:00:00")) == expected


def test_it_comes_true() -> None:
    facts: list[Fact] = [t.declared(0), t.report(1, "38.0"), *t.daily(2, 14)]
    assert judge(History((*facts, t.report(15))), t.when(15)).colour is Colour.GREEN
    assert judge(History(tuple(facts)), t.when(15)).colour is Colour.YELLOW
