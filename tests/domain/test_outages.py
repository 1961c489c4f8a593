"""Which silences of the heartbeat credit a day: four hours in the daytime, in one piece."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from domain.facts import SHANGHAI
from domain.outages import credited, silent_days
from domain.roles import Refused
from domain.world import World


def instant(text: str) -> datetime:
    return datetime.strptime(f"2020-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("last", "now", "days"),
    [
        ("03-02 08:00", "03-02 11:59", []),
        ("03-02 08:00", "03-02 12:00", [2]),
        ("03-02 00:00", "03-02 09:59", []),
        ("03-02 00:00", "03-02 10:00", [2]),
        ("03-02 20:00", "03-03 06:00", [2]),
        ("03-02 20:01", "03-03 09:59", []),
        ("03-02 22:00", "03-03 10:00", [3]),
        ("03-02 18:00", "03-05 07:00", [2, 3, 4]),
        ("02-28 23:00", "03-01 12:00", [29, 1]),
        ("03-02 08:00", "03-02 07:00", []),
        ("03-02 08:00", "03-16 08:00", [*range(2, 16)]),
        ("03-02 08:00", "03-16 08:01", []),
    ],
)
def test_a_silence_credits_the_days_that_it_fills(last: str, now: str, days: list[int]) -> None:
    assert [day.day for day in silent_days(instant(last), instant(now))] == days


def test_a_day_is_credited_once_and_neither_ahead_nor_long_after() -> None:
    now = instant("03-16 08:00")
    world = credited(World(), [date(2020, 3, 2)], now)
    assert credited(world, [date(2020, 3, 2)], now) == world
    assert world.outages == {date(2020, 3, 2)}
    for day, reason in ((date(2020, 3, 17), "to_come"), (date(2020, 3, 1), "too_late")):
        with pytest.raises(Refused, match=reason):
            credited(World(), [day], now)
