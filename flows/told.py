"""Values that are ours to word: how a day, a span or a sentence of ours stands in a Say, and how it becomes text.

Flows speak Chinese, the source of all catalogues. What goes into a reply is data and is worded when the reply is
written, in the language of whoever reads it: {"~day": "2020-03-02"} is 3月2日 or 2 March. What residents or offices
wrote is plain text and is never translated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from domain.care import RELATIONS
from domain.facts import SHANGHAI
from flows.plain import Json

Translate = Callable[[str], str]
"""A sentence of ours, in Chinese, into the reader's language; the sentence itself where there is no other."""

MARK = "~"
_PLAIN = (str, int, float, type(None))
ABOUT = " || "
"""In a translation: before it what is said to the reader, behind it the same about somebody else, {who}. Chinese says
您 or 妈妈 in the same place; other languages have other words around it."""
READER: Json = {MARK: "您"}
"""Whom a sentence is about that names nobody else."""
_MONTHS = ("1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月")


def words(sentence: str, **parts: Json) -> Json:
    """A sentence of ours; `parts` are put where it has their names in braces."""
    return {MARK: sentence, **parts}


def relative(relation: str) -> Json:
    """What somebody calls a relative: a word of ours, or their own."""
    return words(RELATIONS[relation][0]) if relation in RELATIONS else relation


def told_day(day: date) -> Json:
    return {"~day": day.isoformat()}


def told_moment(at: datetime) -> Json:
    """A day and a time of day in Ningxia."""
    return {"~moment": at.astimezone(SHANGHAI).isoformat(timespec="minutes")}


def told_left(left: timedelta) -> Json:
    """2 天 3 小时, or minutes in the last hour. Rounded down: nobody is promised time that is not there."""
    return {"~minutes": max(0, int(left.total_seconds()) // 60)}


def listed(items: Iterable[Json]) -> Json:
    return {"~list": list(items)}


def quoted(text: str) -> Json:
    """The notice's own words: whoever reads another language gets the original beside."""
    return {"~quote": text}


def cut(value: Json, most: int) -> Json:
    """The first of it: at most so many bytes of UTF-8."""
    return {"~cut": value, "most": most}


def worded(value: Json, translate: Translate) -> Json:
    """The value with everything in it that is ours to word as text."""
    if isinstance(value, _PLAIN):
        return value
    if not isinstance(value, dict):  # the store's lists come back as tuples
        return [worded(each, translate) for each in value]
    mark = next(iter(value), "")
    if mark.startswith(MARK):
        return _marked(value, mark, translate)
    return {name: worded(each, translate) for name, each in value.items()}


def in_chinese(value: Json) -> str:
    """A value as staff read it, and as it is stored."""
    return str(worded(value, str))


def _marked(value: dict[str, Json], mark: str, translate: Translate) -> str:
    inside = value[mark]
    match mark, inside:
        case "~", str(sentence):
            parts = {name: worded(each, translate) for name, each in value.items() if name != MARK}
            mine, _, theirs = translate(sentence).partition(ABOUT)
            said = theirs if theirs and value.get("who", READER) != READER else mine
            return said.format(**parts) if parts else said
        case "~day", str(day):
            return _day(date.fromisoformat(day), translate)
        case "~moment", str(moment):
            at = datetime.fromisoformat(moment)
            return f"{_day(at.date(), translate)} {at:%H:%M}"
        case "~minutes", int(minutes):
            return _span(minutes, translate)
        case "~list", list() | tuple():
            return translate("、").join(str(worded(each, translate)) for each in inside)
        case "~quote", str(text):
            other = translate(text)
            return text if other == text else translate("{gloss}（原文：{text}）").format(gloss=other, text=text)
        case "~cut", _:
            whole = str(worded(inside, translate)).encode()
            return whole[: int(str(value["most"]))].decode(errors="ignore")
        case _:
            raise ValueError(f"not a value that is told: {mark}")


def _day(day: date, translate: Translate) -> str:
    return translate("{month}{day}日").format(month=translate(_MONTHS[day.month - 1]), day=day.day)


def _span(minutes: int, translate: Translate) -> str:
    days, hours = divmod(minutes // 60, 24)
    if days and hours:
        return translate("{days} 天 {hours} 小时").format(days=days, hours=hours)
    if days:
        return translate("{days} 天").format(days=days)
    if hours:
        return translate("{hours} 小时").format(hours=hours)
    return translate("{minutes} 分钟").format(minutes=minutes)
