"""Who may be written to, how often and until when."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.errors import ApiError
from sandbox.windows import Bucket, Trigger, paying
from tests.sandbox.conftest import Stage

M, C = Trigger.MESSAGE, Trigger.CLICK


@pytest.mark.parametrize(
    ("buckets", "pays"),
    [
        ([], 45015),
        ([Bucket(M, 5, 100.0)], 45015),
        ([Bucket(M, 5, 100.1)], M),
        ([Bucket(M, 0, 200)], 45047),
        ([Bucket(M, 0, 200), Bucket(C, 3, 99)], 45047),
        ([Bucket(M, 0, 200), Bucket(C, 1, 101)], C),
        ([Bucket(C, 3, 101), Bucket(M, 1, 200)], M),
    ],
)
def test_which_bucket_pays_at_second_100(buckets: list[Bucket], pays: Trigger | int) -> None:
    try:
        found: Trigger | int = paying(buckets, 100.0).trigger
    except ApiError as error:
        found = error.code
    assert found == pays


def send(stage: Stage, phone: dict[str, str], times: int) -> list[int]:
    body = {"touser": phone["openid"], "msgtype": "text", "text": {"content": "提醒"}}
    return [stage.api("/cgi-bin/message/custom/send", body)["errcode"] for _ in range(times)]


@pytest.mark.parametrize(
    ("act", "stated", "credits_", "lasts"),
    [
        ("text", {"content": "在"}, 5, 48 * 3600),
        ("message", {"type": "image"}, 5, 48 * 3600),
        ("click", {"key": "code"}, 3, 60),
        ("follow", {"scene": "community:640106001001"}, 3, 60),
        ("text", {"content": "满意", "menu_id": "1"}, 3, 60),
        ("click", {"url": "https://example.invalid/"}, 0, 0),
        ("event", {"event": "LOCATION"}, 0, 0),
    ],
)
def test_what_each_act_allows(stage: Stage, act: str, stated: dict[str, Any], credits_: int, lasts: int) -> None:
    phone = stage.person()
    stage.post("/sandbox/clock", {"advance": 61})  # the minute after following is over
    stage.act(phone, act, **stated)
    if not credits_:
        assert send(stage, phone, 1) == [45015]
        return
    assert send(stage, phone, credits_ + 1) == [0] * credits_ + [45047]
    stage.act(phone, act, **stated)
    stage.post("/sandbox/clock", {"advance": lasts - 5})
    assert send(stage, phone, 1) == [0]
    stage.post("/sandbox/clock", {"advance": 6})
    assert send(stage, phone, 1) == [45015]


def test_following_allows_three_and_unfollowing_ends_it(stage: Stage) -> None:
    phone = stage.person()
    assert send(stage, phone, 1) == [0]
    stage.act(phone, "unfollow")
    assert send(stage, phone, 1) == [45015]


def test_a_passive_reply_costs_nothing(stage: Stage) -> None:
    phone = stage.person()
    stage.act(phone, "text", content="一")
    assert stage.screen(phone)[-1] == ("account", "收到：一")
    assert send(stage, phone, 5) == [0] * 5
