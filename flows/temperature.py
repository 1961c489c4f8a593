"""Temperatures as people type them: 36.5, 36度5, ３６．５℃, 体温36.5, 三十六度五, 36。5."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from domain.reject import Reject
from flows.words import LONGEST

LOWEST = Decimal("34.0")
HIGHEST = Decimal("42.9")
"""A reading outside is a slip of the finger or of the thermometer: it is asked again, never recorded."""
MOST_DECIMALS = 2
"""Household thermometers show one or two."""

_BEFORE = re.compile(
    r"^(?:我|本人)?(?:今天|今日|今早|早上|早晨|上午|中午|下午|晚上|现在|刚才)?的?"
    r"(?:体温|温度|额温|腋温|测温|打卡|量了|报|my|temperature|temp|today)*(?:是|为|is|:)?"
)
_POINT = re.compile(r"(?<=\d)[。,、·・点](?=\d)")
_UNIT = r"(?:°c|°|c|度c?|摄氏度)?"
_NUMBER = re.compile(rf"(?P<sign>-?)(?P<whole>\d{{2,4}}|\d(?=\.))(?:\.(?P<part>\d+))?{_UNIT}")
"""One digit alone is the number of a list, five or more are a code or a telephone: no temperatures."""
_DEGREES = re.compile(r"(?P<sign>-?)(?P<whole>\d{2,4})度(?P<part>\d+|半)(?:分|度)?")
_HANZI = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SPOKEN = re.compile(
    r"(?P<tens>[二三四五六]?)十(?P<ones>[一二三四五六七八九]?)(?:(?:度|点)(?P<part>[〇零一二三四五六七八九]{1,5}|半)?)?"
    rf"{_UNIT}"
)


def read_temperature(text: str) -> Decimal | None:
    """The temperature that the whole text states, in degrees Celsius; None when it states no temperature.

    Raises Reject: temp_decimals, temp_point (with the reading that was probably meant), temp_low, temp_high,
    temp_negative.
    """
    bare = _bare(text)
    spoken = _SPOKEN.fullmatch(bare)
    if spoken:
        return _checked("", str(10 * _HANZI.get(spoken["tens"], 1) + _HANZI.get(spoken["ones"], 0)), _part(spoken))
    match = _DEGREES.fullmatch(bare) or _NUMBER.fullmatch(bare)
    return _checked(match["sign"], match["whole"], _part(match)) if match else None


def _bare(text: str) -> str:
    narrow = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    bare = "".join(narrow.split()).rstrip("。.!,;~了吧啊呢")
    return _POINT.sub(".", _BEFORE.sub("", bare))


def _part(match: re.Match[str]) -> str:
    part = match["part"] or ""
    if part == "半":
        return "5"
    return "".join(str(_HANZI.get(each, each)) for each in part)


def _checked(sign: str, whole: str, part: str) -> Decimal:
    if sign:
        raise Reject("temp_negative")
    if len(part) > MOST_DECIMALS:
        raise Reject("temp_decimals")
    value = Decimal(f"{whole}.{part or 0}")
    if LOWEST <= value <= HIGHEST:
        return value
    digits = (whole + part).lstrip("0")
    meant = Decimal(f"{digits[:2]}.{digits[2:4] or 0}") if len(digits) >= 2 else Decimal(0)
    if 3 <= len(digits) <= 4 and LOWEST <= meant <= HIGHEST:
        raise Reject("temp_point", str(meant))
    raise Reject("temp_low" if value < LOWEST else "temp_high", whole if not part else f"{whole}.{part}")
