"""What an administrator answers about a notice: whom it is for, its words, a picture, a card, when it goes out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.broadcasts.audience import COLOUR_WORDS, LONGEST_SILENCE, Audience
from domain.broadcasts.content import Card, Text, checked
from domain.places import find
from domain.reject import Reject
from domain.roles import Refused
from flows.core import Say
from flows.plain import Json
from flows.questions import Reading, Scene
from flows.words import plain, word

EVERYWHERE = frozenset({"全区", "全部", "所有人", "全体", "全宁夏", "宁夏"})
NOW = frozenset({"现在", "马上", "立即", "立刻", "批准后"})
_PARTS = re.compile(r"[\s,，、;；和及]+")
_SILENT = re.compile(r"(?:连续)?(\d{1,2}|[一二两三四五六七八九十]{1,3})天(?:以上)?(?:未报|没报|未打卡|没打卡)")
_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_COLOURS = {spoken: colour for colour, name in COLOUR_WORDS.items() for spoken in (name, name[0])}
_TIME = re.compile(r"(?:(?:(\d{1,2})月)?(\d{1,2})日|(今天|明天|后天))?(\d{1,2})[:点](\d{2})?分?")
_DAYS = {"今天": 0, "明天": 1, "后天": 2}


@dataclass(frozen=True, slots=True)
class Whom:
    """全区, 金凤区黄码, 黄码和红码 三天未报: {place, colours, silent}. Reasons: audience, audience_place (detail: the
    words that are no place)."""

    def parse(self, text: str, scene: Scene) -> Reading:
        left, silent = plain(text), 0
        if match := _SILENT.search(left):
            silent = _number(match[1])
            left = left.replace(match[0], " ")
        colours: list[Json] = []
        for spoken, colour in sorted(_COLOURS.items(), key=lambda each: -len(each[0])):
            if spoken in left and (len(spoken) > 1 or spoken in _PARTS.split(left)):
                left = left.replace(spoken, " ")
                colours.append(colour.value)
        words = [each for each in _PARTS.split(left.replace("的", "")) if each]
        place = _place(words)
        if not (words or colours or silent) or not 0 <= silent <= LONGEST_SILENCE:
            raise Reject("audience")
        return {"place": place, "colours": colours, "silent": silent}

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_text", {"sentence": sentence, "example": "全区；金凤区黄码；三天未报"})

    def tell(self, value: Json) -> str:
        return audience_of(value).words()


@dataclass(frozen=True, slots=True)
class Notice:
    """The text as it will be sent, lines kept. Reasons: notice_long (detail: bytes), notice_empty."""

    def parse(self, text: str, scene: Scene) -> Reading:
        try:
            content = checked(Text(text))
        except Refused as refused:
            raise Reject("notice_long" if refused.reason == "text_long" else "notice_empty", refused.detail) from None
        return content.text if isinstance(content, Text) else ""

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_text", {"sentence": sentence, "example": ""})

    def tell(self, value: Json) -> str:
        text = str(value)
        return text if len(text) <= 60 else f"{text[:60]}……"


@dataclass(frozen=True, slots=True)
class CardLines:
    """Title, description and address, a line each: {title, description, url}. Reason: card_lines."""

    def parse(self, text: str, scene: Scene) -> Reading:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if not 2 <= len(lines) <= 3:
            raise Reject("card_lines")
        title, description, url = lines[0], lines[1] if len(lines) == 3 else "", lines[-1]
        try:
            checked(Card(title, description, url))
        except Refused:
            raise Reject("card_lines") from None
        return {"title": title, "description": description, "url": url}

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_text", {"sentence": sentence, "example": "复工须知（换行）请先看（换行）https://…"})

    def tell(self, value: Json) -> str:
        return str(value["title"]) if isinstance(value, dict) else ""


@dataclass(frozen=True, slots=True)
class OnePicture:
    """A picture, as the platform's id. Reason: picture_wanted."""

    def parse(self, text: str, scene: Scene) -> Reading:
        raise Reject("picture_wanted")

    def take(self, media: str, scene: Scene) -> Reading:
        return media

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_text", {"sentence": sentence, "example": ""})

    def tell(self, value: Json) -> str:
        return "一张图片"


@dataclass(frozen=True, slots=True)
class SendTime:
    """现在, or an instant to come within 30 days, as ISO 8601; empty for now. Reason: send_time."""

    def parse(self, text: str, scene: Scene) -> Reading:
        if word(text) in NOW:
            return ""
        match = _TIME.fullmatch(plain(text).replace(" ", ""))
        try:
            at = _instant(match, scene.at) if match else None
        except ValueError:
            at = None
        if at is None or not timedelta(0) < at - scene.at <= timedelta(days=30):
            raise Reject("send_time")
        return at.isoformat()

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_text", {"sentence": sentence, "example": "现在；明天 9:00；3月5日 9:00"})

    def tell(self, value: Json) -> str:
        return f"{datetime.fromisoformat(str(value)):%m月%d日 %H:%M}" if value else "批准后马上发"


def audience_of(value: Json) -> Audience:
    """The audience that `Whom` read, as it was or out of a packed letter, where lists are tuples.

    Raises ValueError for anything else: what cannot be read must not mean everybody.
    """
    if not isinstance(value, Mapping) or not isinstance(value["colours"], Sequence):
        raise ValueError("no audience")
    colours = frozenset(colour for colour in COLOUR_WORDS if colour.value in value["colours"])
    return Audience(str(value["place"]), colours, int(str(value["silent"])))


def _place(words: list[str]) -> str:
    """The code of the one division that the words name; empty for everywhere."""
    named = [each for each in words if each not in EVERYWHERE]
    if not named:
        return ""
    found = find("".join(named))
    if not found or (len(found) > 1 and len(found[0].code) == len(found[1].code)):
        raise Reject("audience_place", "".join(named)[:20])
    return found[0].code


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    if "十" in text:
        return _NUMERALS.get(tens, 1) * 10 + _NUMERALS.get(ones, 0)
    return _NUMERALS.get(text, 0)


def _instant(match: re.Match[str], now: datetime) -> datetime:
    """Raises ValueError for a day or an hour that does not exist."""
    month, day, spoken, hour, minute = match.groups()
    at = now.replace(hour=int(hour), minute=int(minute or 0), second=0, microsecond=0)
    if day:
        at = at.replace(month=int(month or now.month), day=int(day))
        return at.replace(year=at.year + 1) if at < now and month else at
    return at + timedelta(days=_DAYS.get(spoken or "今天", 0))
