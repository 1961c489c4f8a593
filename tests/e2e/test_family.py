"""A family of four for five days, as a new user would: three relatives added by chat, then one message a day."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator
from datetime import date

from PIL import Image

from domain.people import resident_id
from tests.decoders import zbar_texts, zxing_texts
from tests.e2e.house import House
from tests.e2e.resident import NoAnswer, Resident, move_in

RELATIVES = (
    ("奶奶", "阿依古丽·买买提", date(1948, 5, 6)),
    ("大宝", "王", date(2012, 3, 4)),
    ("小宝", "𠮷乐", date(2016, 7, 8)),
)
DAYS = 5

ANSWERS = (
    ("自己用微信申报过", "否"),
    ("和您住在一起吗", "是"),
    ("是否离开过宁夏", "否"),
    ("是否接触过", "否"),
    ("现在是否正在隔离观察", "1"),
    ("有没有下面这些不舒服", "无"),
    ("请量一下体温", "36.6"),
    ("请核对。", "确认"),
)


def document_of(resident: Resident, number: int) -> str:
    """A number of a relative's that nobody else in the house has."""
    return resident_id("640106", RELATIVES[number][2], int(resident.id.removeprefix("p")) * 3 % 997 + number)


def add(resident: Resident, number: int) -> int:
    """Add one relative, answering whatever is asked; how many messages that took."""
    called, name, _ = RELATIVES[number]
    known = (
        ("您怎么称呼", called),
        ("的姓名？", name),
        ("的居民身份证号码？", document_of(resident, number)),
        *ANSWERS,
    )
    asked, sent = resident.say("添加家人"), 1
    while "申报已收到" not in asked:
        answer = next((answer for question, answer in known if question in asked), None)
        if answer is None:
            raise NoAnswer(asked)
        asked, sent = resident.say(answer), sent + 1
    return sent


def codes_in(png: bytes) -> set[str]:
    """What the codes of one picture hold, as two decoders both read them."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    zxing = set(zxing_texts(image))
    assert zxing == set(zbar_texts(image))
    return zxing


def told_until(resident: Resident, after: int, words: str) -> Iterator[str]:
    """The texts that came by themselves, up to the one with these words."""
    while True:
        text, after = resident.told_after(after)
        yield text
        if words in text:
            return


def test_a_family_of_four_is_checked_in_with_one_message_a_day(house: House) -> None:
    begun = time.perf_counter()
    resident = move_in(house, "王芳")
    resident.declare()
    declared = time.perf_counter()
    sent = 0
    for number, (called, _, _) in enumerate(RELATIVES):
        before = resident.newest()
        sent += add(resident, number)
        assert f"已把{called}加进您的家人" in [*told_until(resident, before, "加进您的家人")][-1]
    added = time.perf_counter()
    assert [line[:3] for line in resident.say("家人").splitlines()[1:5]] == ["1 您", "2 奶", "3 大", "4 小"]

    before = resident.newest()
    resident.say("小宝的码")
    assert resident.picture_after(before).word == "待核实"
    worker = house.appoint("li.qiang", "community_worker", "6401", "凤凰社区")
    for number, (called, _, _) in enumerate(RELATIVES):
        before = resident.newest()
        house.operate(
            "order",
            "confirm",
            "--as",
            worker,
            given={"document": {"number": document_of(resident, number)}, "reason": "看过户口本"},
        )
        assert f"已经确认{called}的身份" in [*told_until(resident, before, "的身份")][-1]

    waits = []
    for day in range(DAYS):
        house.next_morning()
        clock = time.perf_counter()
        answer = resident.say(f"全家 36.{day} 36.4 36.5 36.6")
        waits.append(time.perf_counter() - clock)
        lines = [line for line in answer.splitlines() if "℃，绿码" in line]
        assert [line.split()[1] for line in lines] == ["您", "奶奶", "大宝", "小宝"], answer

    before, clock = resident.newest(), time.perf_counter()
    assert "合成一张图" in resident.say("全家码")
    together = resident.picture_after(before)
    drawn = time.perf_counter() - clock
    links = codes_in(together.png)
    assert sorted(house.check(link).word for link in links) == ["绿码"] * 4
    assert {house.check(link).name for link in links} == {"王*", "阿***提", "𠮷*"}
    figures = f"declared {declared - begun:.1f} s; three relatives {added - declared:.1f} s, {sent} messages; "
    figures += f"{DAYS} days, one message each, longest answer {max(waits) * 1000:.0f} ms; four codes {drawn:.1f} s"
    sys.stdout.write(f"\na family of four: {figures}; one picture of {len(together.png)} bytes\n")
