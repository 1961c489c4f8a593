"""An hour of the day at which somebody wants to be reminded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.reject import Reject
from domain.reminders import EARLIEST, LATEST
from flows.core import Say
from flows.plain import Json
from flows.questions import Scene
from flows.told import words
from flows.words import word

_DIGITS = {name: number for number, name in enumerate("零一二三四五六七八九")} | {"两": 2}
_AFTERNOON = ("下午", "傍晚", "晚上", "晚间", "夜里")
_NIGHT = ("晚上", "晚间", "夜里", "半夜", "凌晨")
_NOON = 12
_HOUR = re.compile(
    r"(?:每天)?(?P<part>早上|早晨|清晨|上午|中午|下午|傍晚|晚上|晚间|夜里|凌晨|半夜)?"
    r"(?P<hour>[0-9]{1,2}|[零一二两三四五六七八九]?十?[零一二两三四五六七八九]?)"
    r"(?P<whole>点整|点钟|点|时|:00)?(?P<more>(?<=[点时]).{1,4}|:[0-9]{2})?(?P<half>am|pm|o'clock)?"
)
_ASKED = (
    re.compile(r"(?:请|打卡)*提醒(?:我|时间|改成|改为|改到|设为|设在|在|:)*(.+)"),
    re.compile(r"(?:请)?(.+?)(?:再|打卡)*提醒(?:我)?(?:打卡)?"),
    re.compile(r"remind(?:me|er|ers)?(?:at)?(.+)"),
)


@dataclass(frozen=True, slots=True)
class Hour:
    """A whole hour from 8 to 20, by number, clock or words, also as in 提醒20点. Reasons: hour_unreadable; hour_whole;
    hour_quiet (detail: the hour)."""

    def parse(self, text: str, scene: Scene) -> Json:
        if (asked := hour_asked(text)) is not None:
            return asked
        match = _HOUR.fullmatch(word(text))
        if match is None or not match["hour"]:
            raise Reject("hour_unreadable")
        return _hour_of(match)

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_hour", {"sentence": sentence, "choice": scene.known.remind if scene.known else 0})

    def tell(self, value: Json) -> Json:
        return words("{hour}点", hour=value)


def hour_asked(text: str) -> int | None:
    """The hour in 提醒20点 or 晚上八点提醒我; None when the text asks for no such thing. Raises Reject like `Hour`."""
    for needs_mark, form in enumerate(_ASKED):
        found = form.fullmatch(word(text))
        match = _HOUR.fullmatch(found[1]) if found else None
        if match is not None and match["hour"] and (match["whole"] or match["more"] or match["half"] or not needs_mark):
            return _hour_of(match)
    return None


def _hour_of(match: re.Match[str]) -> int:
    hour = _number(match["hour"])
    if match["part"] in _NIGHT and hour == _NOON:
        hour = 2 * _NOON
    if (match["part"] in _AFTERNOON and hour < _NOON) or (match["part"] == "中午" and hour <= 2):
        hour += _NOON
    if match["half"] == "pm" and hour < _NOON:
        hour += _NOON
    if match["more"]:
        raise Reject("hour_whole")
    if hour > 2 * _NOON:
        raise Reject("hour_unreadable")
    if not EARLIEST <= hour <= LATEST:
        raise Reject("hour_quiet", str(hour))
    return hour


def _number(text: str) -> int:
    """8, 八, 十, 十二, 二十."""
    if text.isascii():
        return int(text)
    tens, ten, units = text.rpartition("十")
    return (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(units, 0)
