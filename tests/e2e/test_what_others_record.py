"""Facts that others record, and fevers at home: the phone, the picture and the checkpoint tell the same colour."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.house import House, eventually
from tests.e2e.resident import Resident, move_in


def record(house: House, resident: Resident, **fact: Any) -> str:
    """Record a fact as an operator does; its id."""
    given = {"document": {"number": resident.document}, "by": "网格员 李强", "reason": "名单核对", "fact": fact}
    return house.operate("record", given=given).split()[0]


@pytest.mark.parametrize(
    ("fact", "word", "clause"),
    [
        ({"kind": "contact", "exposed_on": "2020-03-01"}, "黄码", "附件四(一)3"),
        ({"kind": "case", "case": "confirmed", "since": "2020-03-02"}, "红码", "附件四(一)4"),
    ],
    ids=["a contact", "a case"],
)
def test_a_recorded_fact_shows_on_the_phone_and_at_the_gate_until_it_is_withdrawn(
    house: House, fact: dict[str, str], word: str, clause: str
) -> None:
    resident = move_in(house)
    green = resident.declare()
    before = resident.newest()
    name = record(house, resident, **fact)
    told, line = resident.told_after(before)
    picture = resident.picture_after(line)
    assert f"由绿码变为{word}" in told
    assert clause in told
    assert (picture.word, house.check(picture.link).word, house.check(green.link).word) == (word, word, word)
    assert clause in resident.say("状态")

    before = resident.newest()
    record(house, resident, kind="withdraw", of=name, reason="记录有误")
    told, line = resident.told_after(before)
    assert f"由{word}变为绿码" in told
    assert (resident.picture_after(line).word, house.check(picture.link).word) == ("绿码", "绿码")


def test_a_fever_at_home_is_yellow_and_can_be_taken_back_within_ten_minutes(house: House) -> None:
    resident = move_in(house)
    code = resident.declare()
    assert "黄码" in resident.say("38.0")
    eventually("the checkpoint sees the fever", lambda: house.check(code.link).word == "黄码")
    house.pass_time(minutes=9)
    assert "绿码" in resident.say("撤销")
    assert resident.look().word == "绿码"
    eventually("the checkpoint sees that it was a slip", lambda: house.check(code.link).word == "绿码")


def test_a_fever_of_eleven_minutes_ago_stays(house: House) -> None:
    resident = move_in(house)
    code = resident.declare()
    resident.say("38.0")
    house.pass_time(minutes=11)
    assert "没有可以撤销的上报" in resident.say("撤销")
    assert (resident.look().word, house.check(code.link).word) == ("黄码", "黄码")
