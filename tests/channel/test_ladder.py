"""Which rung bears: the platform's windows and credits on both sides of each limit, consents, what is set up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from channel import ladder
from channel.ladder import RUNGS, Purpose, Reach, Rung, Step, Why
from domain.facts import SHANGHAI

NOW = datetime(2020, 3, 2, 8, tzinfo=SHANGHAI)
T = "T" * 43


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def sends(*seconds_ago: float) -> tuple[datetime, ...]:
    return tuple(ago(seconds=seconds) for seconds in seconds_ago)


@pytest.mark.parametrize(
    ("reach", "why"),
    [
        (Reach(True, ago(hours=47, minutes=59)), None),
        (Reach(True, ago(hours=48)), Why.NO_WINDOW),
        (Reach(True, None, ago(seconds=59)), None),
        (Reach(True, None, ago(seconds=60)), Why.NO_WINDOW),
        (Reach(True, ago(hours=60), ago(seconds=1)), None),
        (Reach(True), Why.NO_WINDOW),
        (Reach(False, ago(seconds=1), ago(seconds=1)), Why.NOT_FOLLOWING),
        (Reach(True, ago(hours=1), sends=sends(50, 40, 30, 20)), None),
        (Reach(True, ago(hours=1), sends=sends(50, 40, 30, 20, 10)), Why.NO_CREDITS),
        (Reach(True, ago(seconds=5), sends=sends(50, 40, 30, 20, 10)), None),
        (Reach(True, None, ago(seconds=30), sends=sends(20, 10)), None),
        (Reach(True, None, ago(seconds=30), sends=sends(20, 10, 5)), Why.NO_CREDITS),
        (Reach(True, None, ago(seconds=6), sends=sends(50, 10, 5)), None),
        (Reach(True, ago(hours=1), ago(seconds=30), sends=sends(25, 20, 15, 10, 5)), None),
        (Reach(True, ago(hours=1), ago(seconds=30), sends=sends(25, 20, 15, 10, 5, 4, 3, 2)), Why.NO_CREDITS),
        (Reach(True, ago(hours=1), closed_at=ago(minutes=1)), Why.NO_WINDOW),
        (Reach(True, ago(seconds=30), closed_at=ago(minutes=1)), None),
        (Reach(True, ago(hours=1), gone_at=ago(minutes=1)), Why.NOT_FOLLOWING),
        (Reach(True, ago(seconds=30), gone_at=ago(minutes=1)), None),
    ],
)
def test_a_customer_service_message(reach: Reach, why: Why | None) -> None:
    assert reach.obstacle(Rung.CUSTOM, NOW) is why
    assert (reach.credits(NOW) > 0) is (why is None or why is Why.NOT_FOLLOWING)


def test_the_bucket_that_lasts_longest_pays_first() -> None:
    """A tap at the end of the 48 hours outlives them, and the platform takes its credits first."""
    reach = Reach(True, NOW - timedelta(hours=47, minutes=59, seconds=30), NOW, sends=(NOW,) * 3)
    assert reach.credits(NOW) == 5
    assert reach.obstacle(Rung.CUSTOM, NOW + timedelta(seconds=31)) is Why.NO_CREDITS


@pytest.mark.parametrize(
    ("reach", "template", "why"),
    [
        (Reach(True, agreed={T: ago(days=30)}), T, None),
        (Reach(True, agreed={T: ago(days=30)}), "", Why.NOT_SET_UP),
        (Reach(True), T, Why.NO_CONSENT),
        (Reach(True, agreed={"another": NOW}), T, Why.NO_CONSENT),
        (Reach(True, agreed={T: ago(days=30)}, refused={T: ago(days=3)}), T, Why.NO_CONSENT),
        (Reach(True, agreed={T: ago(days=2)}, refused={T: ago(days=3)}), T, None),
        (Reach(False, agreed={T: ago(days=30)}), T, Why.NOT_FOLLOWING),
    ],
)
def test_a_subscription_notice(reach: Reach, template: str, why: Why | None) -> None:
    assert reach.obstacle(Rung.SUBSCRIPTION, NOW, template) is why


def test_a_template_message_needs_nothing_but_a_follower_and_a_template() -> None:
    assert Reach(True).obstacle(Rung.TEMPLATE, NOW, T) is None
    assert Reach(True).obstacle(Rung.TEMPLATE, NOW) is Why.NOT_SET_UP
    assert replace(Reach(True), gone_at=NOW).obstacle(Rung.TEMPLATE, NOW, T) is Why.NOT_FOLLOWING


def test_nobody_is_reminded_by_template_message() -> None:
    assert Rung.TEMPLATE not in RUNGS[Purpose.REMINDER]
    assert Rung.SUBSCRIPTION not in RUNGS[Purpose.NOTICE]


def test_a_trail_is_told_in_chinese_and_anything_else_as_it_is() -> None:
    trail = (Step(Rung.CUSTOM, Why.NO_WINDOW), Step(Rung.TEMPLATE, Why.REJECTED, 47003))
    assert ladder.write(trail) == "custom:no-window|template:rejected:47003"
    assert ladder.told(ladder.write(trail)) == "客服消息：不在可回复的时间内；模板消息：平台不接受（47003）"
    for rung in Rung:
        for why in Why:
            assert str(why) not in ladder.told(ladder.write((Step(rung, why),)))
    assert ladder.told("BadRecord") == "BadRecord"
    assert ladder.told("custom:unheard-of") == "custom:unheard-of"
