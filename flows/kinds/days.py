"""Days as people say them: 今天, 昨天, 三天前, 3月2日, 3.2, 2020-03-02, 周三, yesterday, 2 March, March 2."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from domain.reject import Reject
from flows.core import Say
from flows.plain import Json
from flows.questions import Reading, Scene
from flows.told import told_day
from flows.words import STILL_THERE, word

_NAMED = {"today": 0, "yesterday": 1, "今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2, "大前天": 3}
_HANZI = {each: number for number, each in enumerate("一二三四五六七八九", start=1)} | {"两": 2, "日": 7, "天": 7}
_AGO = re.compile(r"(\d{1,3}|[一二两三四五六七八九]?十?[一二三四五六七八九]?)天(?:以)?前")
_FULL = re.compile(r"(\d{4})(?:年|[-/.])?(\d{1,2})(?:月|[-/.])?(\d{1,2})[日号]?")
_SHORT = re.compile(r"(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ENGLISH = (
    re.compile(rf"{_DAY}(?:of)?{_MONTH},?(?P<year>\d{{4}})?"),
    re.compile(rf"{_MONTH}{_DAY},?(?P<year>\d{{4}})?"),
)
_DAYS_AGO = re.compile(r"(\d{1,3})days?ago")
_YEARS_BACK = 8
"""The 29th of February comes back after eight years at the most."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day from `back` days ago to today, as YYYY-MM-DD. A day without a year is the latest such day.

    Reasons: day_unreadable, day_future, day_early (detail: the earliest day, YYYY-MM-DD).
    """

    back: int
    still: bool = False
    """Whether 仍在 means today."""

    def parse(self, text: str, scene: Scene) -> Reading:
        said = word(text)
        day = scene.today if self.still and said in STILL_THERE else read_day(said, scene.today)
        if day is None:
            raise Reject("day_unreadable")
        if day > scene.today:
            raise Reject("day_future")
        earliest = scene.today - timedelta(days=self.back)
        if day < earliest:
            raise Reject("day_early", earliest.isoformat())
        return day.isoformat()

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_day", {"sentence": sentence, "still": self.still, "example": told_day(scene.today)})

    def tell(self, value: Json) -> Json:
        return told_day(date.fromisoformat(str(value)))


def read_day(said: str, today: date) -> date | None:
    """The day that a word names, seen from today; None when it names none."""
    if said in _NAMED:
        return today - timedelta(days=_NAMED[said])
    if match := _AGO.fullmatch(said):
        days = _number(match[1])
        return today - timedelta(days=days) if days is not None else None
    if match := _DAYS_AGO.fullmatch(said):
        return today - timedelta(days=int(match[1]))
    for form in _ENGLISH:
        if match := form.fullmatch(said):
            month, day = _MONTHS.index(match["month"][:3]) + 1, int(match["day"])
            return _date(int(match["year"]), month, day) if match["year"] else _latest(month, day, today)
    if match := _WEEKDAY.fullmatch(said):
        return today - timedelta(days=(today.isoweekday() - _HANZI[match[1]]) % 7)
    if match := _FULL.fullmatch(said):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _SHORT.fullmatch(said):
        return _latest(int(match[1]), int(match[2]), today)
    return None


def _latest(month: int, day: int, today: date) -> date | None:
    """The latest such day of the calendar until today."""
    days_of_years = (_date(today.year - n, month, day) for n in range(_YEARS_BACK + 1))
    return next((day for day in days_of_years if day is not None and day <= today), None)


def _number(text: str) -> int | None:
    if not text:
        return None
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _HANZI.get(tens)
    return 10 * (_HANZI[tens] if tens else 1) + (_HANZI[ones] if ones else 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
