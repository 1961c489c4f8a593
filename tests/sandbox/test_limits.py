"""The limits while the sandbox runs: changed at once, kept over a restart, refused by name; and the bounded record."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.calls import Calls, Kind
from sandbox.config import Limits
from tests.sandbox.conftest import Open, Stage

TEXT = {"msgtype": "text", "text": {"content": "好"}}


def test_a_limit_holds_at_once_over_a_restart_and_until_it_is_taken_back(open_stage: Open) -> None:
    stage = open_stage(message_credits=2)
    changed = stage.post("/sandbox/limits", {"message_credits": 1, "daily": {"/cgi-bin/getcallbackip": 1}})["limits"]
    assert (changed["message_credits"]["value"], changed["message_credits"]["default"]) == (1, 5)
    assert changed["message_credits"]["changed"] is True
    assert changed["daily"]["value"]["/cgi-bin/token"] == 2000
    stage = open_stage(message_credits=2)
    phone = stage.person()
    stage.post("/sandbox/clock", {"advance": 120})
    stage.act(phone, "text", content="在吗")
    codes = [stage.api("/cgi-bin/message/custom/send", {"touser": phone["openid"], **TEXT})["errcode"] for _ in "ab"]
    assert codes == [0, 45047]
    assert [stage.api("/cgi-bin/getcallbackip").get("errcode") for _ in "ab"] == [None, 45009]
    back = stage.post("/sandbox/limits", {"message_credits": None, "daily": None})["limits"]
    assert (back["message_credits"]["value"], back["message_credits"]["changed"]) == (2, False)
    assert "/cgi-bin/getcallbackip" not in back["daily"]["value"]


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ({"patience": 1}, "patience: unknown"),
        ({"tries": 2.5}, "tries: a whole number"),
        ({"tries": True}, "tries: a whole number"),
        ({"reply_cut": -1}, "reply_cut: a number of zero or more"),
        ({"daily": {"/cgi-bin/token": "many"}}, "daily: an object of whole numbers"),
    ],
)
def test_a_wrong_limit_is_refused_by_name_and_nothing_changes(stage: Stage, stated: dict[str, Any], why: str) -> None:
    assert why in stage.post("/sandbox/limits", {"reply_text": 7, **stated}, 400)["error"]
    assert stage.get("/sandbox/limits")["limits"]["reply_text"]["value"] == 2048


def test_every_limit_is_listed(stage: Stage) -> None:
    listed = stage.get("/sandbox/limits")["limits"]
    assert set(listed) == set(Limits.__dataclass_fields__)
    assert listed["tries"]["about"] == "Deliveries of one push in all."


def test_the_record_of_calls_is_bounded_in_entries_and_bytes() -> None:
    limits = Limits(calls_kept=100, call_bytes=1000, record_bytes=20_000)
    calls = Calls(limits)
    for _ in range(300):
        rest = {"query": {}, "headers": {}, "request": "x" * 5000, "status": 200, "answer": "", "seconds": 0.0}
        calls.add(0.0, Kind.API, "POST", "/cgi-bin/message/mass/send", **rest)
    kept = calls.listing()
    assert 10 <= len(kept["calls"]) <= 13
    assert kept["calls"][-1]["n"] == 300
    assert kept["calls"][0]["request"].endswith("… (5000 characters)")
    assert kept["counts"] == {"/cgi-bin/message/mass/send": 300}
