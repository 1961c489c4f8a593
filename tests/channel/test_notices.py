"""Templates as they are set, and the rules that the platform holds their values to."""

from __future__ import annotations

from datetime import datetime

import pytest

from channel.notices import ABOUT, REMINDER, WARNINGS, BadTemplate, fitted, parse, values
from channel.render import LIMIT, render
from domain.facts import SHANGHAI
from flows.core import Say
from settings import PROJECT

ID = "Q0hBTkdFTUVDSEFOR0VNRUNIQU5HRU1FQ0hBTkdFTUU"
URL = "https://jiankangma.wsjkw.yinchuan.example.gov.cn/yima/subscribe"


@pytest.mark.parametrize(
    ("keyword", "value", "fit"),
    [
        ("thing1", "每日健康打卡", "每日健康打卡"),
        ("thing1", "一" * 20, "一" * 20),
        ("thing12", "一" * 21, "一" * 19 + "…"),
        ("thing1", "两行\n文字\t和\u2028控制", "两行 文字 和 控制"),
        ("phrase3", "待打卡", "待打卡"),
        ("phrase3", "待打卡 2 次，好吗", "待打卡次好"),
        ("const4", "一" * 30, "一" * 19 + "…"),
        ("character_string2", "A1 中文 " + "9" * 40, "A1  " + "9" * 28),
    ],
)
def test_a_value_is_cut_to_its_rule(keyword: str, value: str, fit: str) -> None:
    assert fitted(keyword, value) == fit


def test_a_notice_fills_the_keywords_of_the_account() -> None:
    template = parse(f"{ID}; thing1=what; time2=when ;thing3=advice;phrase4=result;date5=when")
    at = datetime(2020, 3, 2, 8, 5, tzinfo=SHANGHAI)
    assert values(template, REMINDER, at) == {
        "thing1": "每日健康打卡",
        "time2": "2020-03-02 08:05",
        "thing3": "今天还没有打卡，回复体温即可",
        "phrase4": "待打卡",
        "date5": "2020-03-02",
    }


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "43"),
        ("short;thing1=what", "43"),
        (f"{ID};thing=what", "part 1"),
        (f"{ID};thing1=what;first=what", "part 2"),
        (f"{ID};thing1", "thing1"),
        (f"{ID};thing1=when", "thing1 takes what"),
        (f"{ID};time2=advice", "time2 takes when"),
        (f"{ID};thing1=what;thing1=advice", "stands twice"),
        (f"{ID};time1=when", "what"),
        (ID, "what"),
    ],
)
def test_nonsense_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(BadTemplate, match=named):
        parse(text)


def test_every_notice_stands_for_a_sentence_of_ours_fits_uncut_and_says_nothing_of_health() -> None:
    for sentence, notice in [*ABOUT.items(), *WARNINGS.items(), ("help", REMINDER)]:
        assert (PROJECT / "templates" / f"{sentence}.txt").exists()
        said = (notice.what, notice.advice)
        assert all(fitted("thing1", value) == value for value in said)
        assert fitted("phrase1", notice.result) == notice.result
        assert not any(word in value for value in said for word in ("红", "黄", "绿", "灰", "隔离", "确诊"))


@pytest.mark.parametrize("declared", [True, False])
def test_help_with_the_question_for_consent_fits_one_message(declared: bool) -> None:
    text = render((Say("help", {"declared": declared, "short": False}), Say("invite", {"url": URL})))
    assert len(text.encode()) <= LIMIT
    assert URL in text
