"""Each way of answering as a table: what a text means, and why it is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.facts import SHANGHAI
from domain.reject import Reject
from domain.world import World
from flows.core import Desk, Session
from flows.kinds.days import Day
from flows.kinds.documents import DocumentKindChoice, DocumentNumber, IdNumber
from flows.kinds.health import Symptoms, Temperature
from flows.kinds.phones import PROVED, SKIPPED, Phone, SmsCode
from flows.kinds.places import PickDivision
from flows.kinds.summary import Summary
from flows.kinds.texts import Choice, ExactWord, PersonName, Text, YesNo
from flows.plain import Json
from flows.questions import Kind, Question, Redo, Scene, Stay, answered

NOW = datetime(2020, 3, 2, 8, 0, tzinfo=SHANGHAI)
"""A Monday, in a leap year."""


def scene(state: Json = None, at: datetime = NOW, **answers: Json) -> Scene:
    desk = Desk(at, World(), sms=True, sms_code=lambda phone, nonce: "246810")
    return Scene(Session("wangfang"), None, desk, at, at, answers, state)


CHOICE = Choice((("home", "居家隔离"), ("central", "集中隔离")))

TAKEN: list[tuple[Kind, str, object]] = [
    (PersonName(), "王芳", "王芳"),
    (PersonName(), "阿依古丽•买买提", "阿依古丽·买买提"),
    (Text(), " 长城花园 3号楼 ", "长城花园 3号楼"),
    (Text(), "武汉\n市", "武汉 市"),
    (Text(most=2), "武汉", "武汉"),
    (YesNo(), "是", True),
    (YesNo(), "有。", True),
    (YesNo(), "没有", False),
    (YesNo(), "“否”", False),
    (CHOICE, "1", "home"),
    (CHOICE, "２", "central"),
    (CHOICE, "集中隔离", "central"),
    (ExactWord("确认删除"), "“确认删除”", True),
    (IdNumber(), "640106 19800101 0024", {"kind": "10", "number": "640106198001010024"}),
    (IdNumber(), "其他证件", "other"),
    (Choice((("none", "没有隔离"), ("home", "居家隔离")), no="none"), "否", "none"),
    (Choice((("none", "没有隔离"), ("home", "居家隔离")), no="none"), "没有", "none"),
    (DocumentKindChoice(), "4", "20"),
    (DocumentKindChoice(), "护照", "20"),
    (Phone(), "+86 138-0000-0000", "13800000000"),
    (Phone(), "+852 9123 4567", "+85291234567"),
    (Phone(may_lack=True), "没有", ""),
    (Day(back=14), "今天", "2020-03-02"),
    (Day(back=14), "昨天", "2020-03-01"),
    (Day(back=14), "大前天", "2020-02-28"),
    (Day(back=14), "三天前", "2020-02-28"),
    (Day(back=14), "十二天前", "2020-02-19"),
    (Day(back=14), "14天前", "2020-02-17"),
    (Day(back=14), "3月1日", "2020-03-01"),
    (Day(back=14), "3月1号", "2020-03-01"),
    (Day(back=14), "3.1", "2020-03-01"),
    (Day(back=14), "2/29", "2020-02-29"),
    (Day(back=14), "2020-02-29", "2020-02-29"),
    (Day(back=14), "20200229", "2020-02-29"),
    (Day(back=14), "2020年2月29日", "2020-02-29"),
    (Day(back=14), "周日", "2020-03-01"),
    (Day(back=14), "星期一", "2020-03-02"),
    (Day(back=90), "12月31日", "2019-12-31"),
    (Day(back=14, still=True), "还在", "2020-03-02"),
    (Symptoms(), "无", []),
    (Symptoms(), "1 3", ["fever", "fatigue"]),
    (Symptoms(), "31", ["fever", "fatigue"]),
    (Symptoms(), "１、３和１", ["fever", "fatigue"]),
    (Symptoms(), "咳嗽，嗓子疼", ["dry_cough", "sore_throat"]),
    (Temperature(), "36度5", "36.5"),
    (PickDivision(), "长城花园社区", "640106003004"),
    (PickDivision(), "640106003004", "640106003004"),
    (Summary(lambda: ()), "确认！", True),
]

REFUSED: list[tuple[Kind, str, str]] = [
    (PersonName(), "没有", "name_word"),
    (PersonName(), "OK", "name_word"),
    (PersonName(), "123", "name_digits"),
    (PersonName(), "王" * 2_000, "name_length"),
    (Text(), "3-2-501", "text_short"),
    (Text(), "36.5", "text_short"),
    (Text(), "长" * 61, "text_long"),
    (YesNo(), "1", "yes_no"),
    (YesNo(), "不知道", "yes_no"),
    (CHOICE, "3", "choice"),
    (CHOICE, "0", "choice"),
    (ExactWord("确认删除"), "是", "exact_word"),
    (IdNumber(), "640106198001010023", "id_check_digit"),
    (IdNumber(), "E1234567", "id_characters"),
    (Phone(), "没有", "phone_format"),
    (Phone(), "1380000000", "phone_length"),
    (Phone(), "+852 12", "phone_foreign"),
    (Day(back=14), "3月3日", "day_early"),
    (Day(back=14), "2020-03-03", "day_future"),
    (Day(back=14), "15天前", "day_early"),
    (Day(back=14), "2月30日", "day_unreadable"),
    (Day(back=14), "天前", "day_unreadable"),
    (Day(back=14), "上次", "day_unreadable"),
    (Day(back=14), "仍在", "day_unreadable"),
    (Symptoms(), "0 1", "symptoms_number"),
    (Symptoms(), "不发烧", "symptoms_unreadable"),
    (Symptoms(), "1发热", "symptoms_unreadable"),
    (Symptoms(some=True), "无", "symptoms_some"),
    (Temperature(), "不高", "temp_unreadable"),
    (Temperature(), "NaN", "temp_unreadable"),
    (Temperature(), "365", "temp_point"),
    (PickDivision(), "6", "place_number"),
    (PickDivision(), "0", "place_number"),
    (PickDivision(), "火星社区", "place_unknown"),
    (PickDivision(), "下一页", "place_page"),
    (Summary(lambda: ()), "好", "summary"),
]


def _shown(each: object) -> str:
    return str(each)[:24] if isinstance(each, str) else type(each).__name__


@pytest.mark.parametrize(("kind", "text", "value"), TAKEN, ids=_shown)
def test_it_takes(kind: Kind, text: str, value: object) -> None:
    assert kind.parse(text, scene()) == value


@pytest.mark.parametrize(("kind", "text", "reason"), REFUSED, ids=_shown)
def test_it_refuses(kind: Kind, text: str, reason: str) -> None:
    with pytest.raises(Reject) as refused:
        kind.parse(text, scene())
    assert refused.value.reason == reason


def test_a_day_without_a_year_is_the_latest_one() -> None:
    new_year = scene(at=datetime(2021, 1, 2, 8, 0, tzinfo=SHANGHAI))
    assert Day(back=14).parse("12月31日", new_year) == "2020-12-31"


def test_a_document_number_is_checked_by_its_kind() -> None:
    passport = scene(document_kind="20")
    assert DocumentNumber("document_kind").parse("e1234567", passport) == {"kind": "20", "number": "E1234567"}
    with pytest.raises(Reject, match="hk_macao_format"):
        DocumentNumber("document_kind").parse("e1234567", scene(document_kind="14"))


def test_a_community_is_found_step_by_step_and_back() -> None:
    kind, state = PickDivision(), None
    for number in ("1", "3", "1"):
        step = kind.parse(number, scene(state))
        assert isinstance(step, Stay)
        state = step.state
    community = kind.parse("1", scene(state))
    assert isinstance(community, str)
    assert len(community) == 12
    steps = 0
    while (step := kind.step_back(state)) is not None:
        state, steps = step.state, steps + 1
    assert steps == 3


def test_a_summary_sends_back_to_the_numbered_answer() -> None:
    questions = (
        Question("hidden", "?", YesNo()),
        Question("contact", "?", YesNo(), label="接触"),
        Question("where", "?", Text(), answered("contact", True), "地方"),
        Question("address", "?", Text(), label="住址"),
    )
    told = scene(hidden=True, contact=False, where="武汉", address="长城花园")
    assert Summary(lambda: questions).parse("2", told) == Redo("address")


# --- the code by text message ----------------------------------------------------------------------------------------


def opened(at: datetime = NOW) -> Json:
    return SmsCode("phone").open(scene(at=at, phone="13800000000")).state


def test_opening_sends_one_code() -> None:
    stay = SmsCode("phone").open(scene(phone="13800000000"))
    assert [type(effect).__name__ for effect in stay.effects] == ["SendSms"]
    assert SmsCode("phone").open(scene(stay.state, phone="13800000000")).effects == ()


@pytest.mark.parametrize(
    ("text", "after", "read"),
    [
        ("246810", timedelta(minutes=10), PROVED),
        ("２４６ ８１０", timedelta(0), PROVED),
        ("收不到", timedelta(0), SKIPPED),
    ],
)
def test_a_code_is_taken(text: str, after: timedelta, read: str) -> None:
    assert SmsCode("phone").parse(text, scene(opened(), NOW + after, phone="13800000000")) == read


@pytest.mark.parametrize(
    ("text", "after", "reason"),
    [
        ("111111", timedelta(0), "code_wrong"),
        ("246810", timedelta(minutes=10, seconds=1), "code_dead"),
    ],
)
def test_a_code_is_not_taken(text: str, after: timedelta, reason: str) -> None:
    stay = SmsCode("phone").parse(text, scene(opened(), NOW + after, phone="13800000000"))
    assert isinstance(stay, Stay)
    assert [say.args["reason"] for say in stay.says] == [reason]


def test_the_fifth_wrong_try_ends_the_code() -> None:
    state = opened()
    for _ in range(5):
        stay = SmsCode("phone").parse("111111", scene(state, phone="13800000000"))
        assert isinstance(stay, Stay)
        state = stay.state
    assert SmsCode("phone").parse("246810", scene(state, phone="13800000000")) != PROVED


def test_a_code_for_another_telephone_proves_nothing() -> None:
    assert SmsCode("phone").parse("246810", scene(opened(), phone="13900000000")) != PROVED
