"""Temperatures as people type them; what is no temperature and what is an impossible one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.reject import Reject
from flows.temperature import HIGHEST, LOWEST, read_temperature

READ = {
    "36.5": "36.5",
    " 36.5 ": "36.5",
    "36度5": "36.5",
    "36度5分": "36.5",
    "36度半": "36.5",
    "３６．５℃": "36.5",
    "36.5℃": "36.5",
    "36.5°C": "36.5",
    "36.5c": "36.5",
    "36.5度": "36.5",
    "36.5摄氏度": "36.5",
    "体温36.5": "36.5",
    "体温：36.5": "36.5",
    "体温是36.5": "36.5",
    "今天体温36.5℃": "36.5",
    "我今天的体温是三十六度五。": "36.5",
    "打卡36.5": "36.5",
    "36。5": "36.5",
    "36,5": "36.5",
    "36，5": "36.5",
    "36、5": "36.5",
    "36·5": "36.5",
    "36点5": "36.5",
    "36 .5": "36.5",
    "36.5！": "36.5",
    "36.5了": "36.5",
    "36.50": "36.50",
    "36.55": "36.55",
    "37": "37.0",
    "37度": "37.0",
    "三十七": "37.0",
    "三十七度": "37.0",
    "三十七度二": "37.2",
    "三十六点八": "36.8",
    "三十六度半": "36.5",
    "四十度": "40.0",
    "34.0": "34.0",
    "42.9": "42.9",
}

REFUSED = {
    "36.55555": ("temp_decimals", ""),
    "36.555": ("temp_decimals", ""),
    "365": ("temp_point", "36.5"),
    "3.65": ("temp_point", "36.5"),
    "0.365": ("temp_decimals", ""),
    "3655": ("temp_point", "36.55"),
    "377": ("temp_point", "37.7"),
    "50": ("temp_high", "50"),
    "43.0": ("temp_high", "43.0"),
    "100": ("temp_high", "100"),
    "33.9": ("temp_low", "33.9"),
    "30": ("temp_low", "30"),
    "五十": ("temp_high", "50"),
    "-36.5": ("temp_negative", ""),
    "－36.5": ("temp_negative", ""),
}

NOT_ONE = [
    "",
    " ",
    "NaN",
    "Infinity",
    "inf",
    "1e2",
    "5",
    "13800000000",
    "640106198001010024",
    "36..5",
    "36.5.5",
    "三百六",
]
NOT_ONE += ["36.5 37.0", "今天天气不错", "健康码", "我36岁", "36号楼", "36,5,6"]


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_it_reads(text: str, value: str) -> None:
    assert read_temperature(text) == Decimal(value)


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_it_refuses_with_a_reason(text: str, why: tuple[str, str]) -> None:
    with pytest.raises(Reject) as refused:
        read_temperature(text)
    assert (refused.value.reason, refused.value.detail) == why


@pytest.mark.parametrize("text", NOT_ONE)
def test_it_sees_no_temperature_in(text: str) -> None:
    assert read_temperature(text) is None


@given(st.text(max_size=30) | st.from_regex(r"[0-9.,。℃度一二三四五六七八九十点]{1,9}", fullmatch=True))
def test_whatever_it_reads_is_plausible(text: str) -> None:
    try:
        value = read_temperature(text)
    except Reject:
        return
    assert value is None or (value.is_finite() and LOWEST <= value <= HIGHEST)
