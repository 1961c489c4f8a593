"""Numbers of pass cards, and which card holds on which day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import (
    KEPT,
    VALID_DAYS,
    Ending,
    PassCard,
    current,
    issued,
    new_number,
    read_number,
    reported_lost,
    told_number,
)
from domain.facts import SHANGHAI
from domain.roles import Refused

NOON = datetime(2020, 3, 2, 12, 0, 0, 500, tzinfo=SHANGHAI)
NUMBERS = st.builds(lambda _: new_number(), st.integers())


@given(NUMBERS, st.integers(0, 9), st.integers(1, 9))
def test_one_digit_mistyped_is_never_another_card(number: str, place: int, by: int) -> None:
    assert read_number(f" {number[:4]} {number[4:7]}-{number[7:]} ") == number
    slip = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(Refused, match="card_number"):
        read_number(slip)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("yc-0001234", "YC-0001234"), ("ＹＣ１２３４", "YC1234"), ("640106", "640106")],
)
def test_numbers_of_before_are_taken_as_they_are(typed: str, read: str) -> None:
    assert read_number(typed) == read
    assert told_number(read) == read


@pytest.mark.parametrize("typed", ["", "123", "卡号一", "A" * 25, "12;34"])
def test_what_can_be_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="card_number"):
        read_number(typed)


@given(st.lists(st.sampled_from(["issue", "lose"]), max_size=12))
def test_whatever_is_issued_and_lost_at_most_the_newest_holds(acts: list[str]) -> None:
    cards: tuple[PassCard, ...] = ()
    for hours, act in enumerate(acts):
        at = NOON + timedelta(hours=hours)
        if act == "issue":
            cards = issued(cards, f"{hours:010}", "凤凰社区", at)
        elif cards:
            cards = reported_lost(cards, cards[-1].number, at)
        assert [card for card in cards if card.holds_on(at.date())] in ([], [cards[-1]] if cards else [])
        assert len(cards) <= KEPT


def test_a_card_holds_through_its_last_day_and_a_void_one_keeps_its_first_reason() -> None:
    cards = issued((), "1", "凤凰社区", NOON)
    last = date(2020, 3, 2) + timedelta(days=VALID_DAYS)
    assert current(cards, last) == cards[-1]
    assert current(cards, last + timedelta(days=1)) is None
    assert cards[-1].expires == datetime(last.year, last.month, last.day, tzinfo=SHANGHAI) + timedelta(days=1)
    lost = reported_lost(cards, "1", NOON)
    assert reported_lost(lost, "1", NOON + timedelta(days=1)) == lost
    assert issued(lost, "2", "凤凰社区", NOON)[0].ending is Ending.LOST
    with pytest.raises(Refused, match="no_such_card"):
        reported_lost(cards, "2", NOON)
