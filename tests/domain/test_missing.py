"""Who has not reported today, in the order of what it costs them."""

from __future__ import annotations

from datetime import date

from domain.missing import Risk, missing
from domain.verdict import Colour, World
from store.rosters import RosterCell

TODAY = date(2020, 3, 10)


def cell(colour: Colour, own: int | None, until: int | None = None, present: bool = True) -> RosterCell:
    march = [None if day is None else date(2020, 3, day) for day in (own, until)]
    return RosterCell(1, present, colour, march[0], march[1])


ROSTER = {
    b"green": cell(Colour.GREEN, 9, 12),
    b"reported": cell(Colour.GREEN, 10, 13),
    b"last day": cell(Colour.GREEN, 7, 10),
    b"ran out": cell(Colour.GREEN, 6, 9),
    b"grey, long": cell(Colour.GREY, 1),
    b"yellow": cell(Colour.YELLOW, 9, 20),
    b"yellow, reported": cell(Colour.YELLOW, 10, 20),
    b"yellow, never": cell(Colour.YELLOW, None, 20),
    b"red": cell(Colour.RED, 1),
    b"undeclared": cell(Colour.NONE, None),
}


def test_who_is_missing_and_in_which_order() -> None:
    found = missing(ROSTER.items(), TODAY)
    assert [(each.pid, each.risk) for each in found] == [
        (b"yellow, never", Risk.YELLOW),
        (b"yellow", Risk.YELLOW),
        (b"last day", Risk.LAST_DAY),
        (b"grey, long", Risk.GREY),
        (b"ran out", Risk.GREY),
        (b"green", Risk.GREEN),
    ]
    assert {each.pid: each.colour for each in found}[b"ran out"] is Colour.GREY


def test_a_day_credited_to_everybody_and_a_notice_that_ended_miss_nobody() -> None:
    assert missing(ROSTER.items(), TODAY, World(outages=frozenset({TODAY}))) == []
    assert missing(ROSTER.items(), TODAY, World(ends_on=date(2020, 3, 9))) == []


def test_the_last_day_of_the_notice_is_no_last_green_day() -> None:
    found = missing([(b"last day", ROSTER[b"last day"])], TODAY, World(ends_on=TODAY))
    assert [each.risk for each in found] == [Risk.GREEN]
