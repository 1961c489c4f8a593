"""What is packed is unpacked as it was, and stays small."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.facts import History
from domain.person import Person
from flows.effects import Ask
from store.codec import EFFECT, dumps, from_plain, loads, to_plain
from tests.stage import declare, identity

DAYS = st.dates(date(2020, 1, 1), date(2022, 12, 31))


@given(st.dictionaries(DAYS, st.integers(1, 15), max_size=40))
def test_folded_days_come_back_however_they_lie(days: dict[date, int]) -> None:
    history = History((), tuple(sorted(days.items())))
    assert loads(History, dumps(History, history)) == history


def test_a_far_away_first_day_costs_a_few_bytes_not_one_a_day() -> None:
    last = [(date(2021, 3, 1) + timedelta(days=n), 1) for n in range(18)]
    alone, far = History((), tuple(last)), History((), ((date(2020, 3, 2), 8), *last))
    assert len(dumps(History, far)) - len(dumps(History, alone)) <= 8


def test_a_value_of_the_version_before_takes_the_defaults_of_what_was_appended() -> None:
    whole = to_plain(Person, Person(b"p" * 12, version=3))
    assert from_plain(Person, whole[:3]).version == 3


def test_an_effect_comes_back_as_it_was() -> None:
    effect = declare(identity(1), "tag")
    assert loads(EFFECT, dumps(EFFECT, effect)) == effect


def test_what_somebody_asked_for_has_lists_again() -> None:
    asked = Ask(what="broadcast", args={"colours": ["green", "grey"], "who": {"places": [1, [2]]}, "at": None})
    assert loads(EFFECT, dumps(EFFECT, asked)) == asked
