"""When the platform lets a customer-service message through, on both sides of each limit."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from channel.ladder import Reach
from domain.facts import SHANGHAI

NOW = datetime(2020, 3, 2, 8, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("following", "heard", "tapped", "open_"),
    [
        (True, timedelta(hours=47, minutes=59), None, True),
        (True, timedelta(hours=48), None, False),
        (True, None, timedelta(seconds=59), True),
        (True, None, timedelta(seconds=60), False),
        (True, timedelta(hours=60), timedelta(seconds=1), True),
        (True, None, None, False),
        (False, timedelta(seconds=1), timedelta(seconds=1), False),
    ],
)
def test_a_window_opens_with_a_message_or_a_tap_and_closes(
    following: bool, heard: timedelta | None, tapped: timedelta | None, open_: bool
) -> None:
    said, pressed = (None if ago is None else NOW - ago for ago in (heard, tapped))
    reach = Reach(following, said, pressed)
    assert (reach.obstacle(NOW) == "") is open_
