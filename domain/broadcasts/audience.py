"""Whom a broadcast is for: residents on the rosters, by place, colour, silence, language and tag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.notice import Colour
from domain.people import Level
from domain.places import WIDTHS, division, full_name
from domain.roles import Refused

COLOUR_WORDS = {
    Colour.GREEN: "绿码",
    Colour.GREY: "灰码",
    Colour.YELLOW: "黄码",
    Colour.RED: "红码",
    Colour.NONE: "无码",
}
LONGEST_SILENCE = 60


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody of whom all of it is true; what is empty or 0 asks for nothing."""

    prefix: str = ""
    """Of the community's code: a division or one community; empty: the whole region."""
    colours: frozenset[Colour] = frozenset()
    silent_days: int = 0
    """No own report on so many days, today included."""
    language: str = ""
    """As the platform names it, such as zh_CN; asked of the platform."""
    tag: int = 0
    """Id of a tag of the platform."""
    recipients_of: int = 0
    """Of a correction: whoever got the broadcast of this number, or may have got it; nothing else is asked for then."""

    def takes(self, colour: Colour, proved: Level, last_own_day: date | None, today: date) -> bool:
        """Whether somebody who stands so on the roster belongs to it.

        A claim that is not proved has no colour that may be told: it belongs to no audience by colour.
        """
        if self.colours and (colour not in self.colours or proved < Level.PHONE):
            return False
        if self.silent_days:
            return last_own_day is None or (today - last_own_day).days >= self.silent_days
        return True

    def words(self) -> str:
        """As officials read it: 金凤区；黄码、红码；3 天未报."""
        if self.recipients_of:
            return f"广播 {self.recipients_of} 的收件人"
        place = (full_name(self.prefix) or self.prefix) if self.prefix else "全区"
        colours = "、".join(COLOUR_WORDS[colour] for colour in Colour if colour in self.colours)
        silent = f"{self.silent_days} 天未报" if self.silent_days else ""
        language = f"语言 {self.language}" if self.language else ""
        tag = f"标签 {self.tag}" if self.tag else ""
        return "；".join(filter(None, (place, colours, silent, language, tag)))


def checked(audience: Audience) -> Audience:
    """Raises Refused with what is wrong with it."""
    if audience.prefix and (len(audience.prefix) not in WIDTHS or division(audience.prefix) is None):
        raise Refused("unknown_place", audience.prefix)
    if not 0 <= audience.silent_days <= LONGEST_SILENCE:
        raise Refused("silent_days", str(LONGEST_SILENCE))
    if audience.tag < 0:
        raise Refused("unknown_tag", str(audience.tag))
    return audience
