"""What people type about their family: 家人, 全家 36.5 36.4, 妈妈 36.4, 妈妈的码, 2 36.4, 移除家人 2, 同意家人."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.care import RELATION, Care
from domain.reject import Reject
from flows.temperature import read_temperature
from flows.words import LONGEST, Command, command_in, plain

ENDINGS = "。.!！~～"


class FamilyCommand(StrEnum):
    LIST = "list"
    ADD = "add"
    CHECK_IN = "check_in"
    UNDO = "undo"
    CODES = "codes"
    ACCEPT = "accept"
    DECLINE = "decline"
    DISMISS = "dismiss"
    REMOVE = "remove"


_WHICH = rf"\s*第?(?P<which>\d{{1,2}}|{RELATION})?(?:位|个)?"
_LIST = re.compile(r"(?:我的)?(?:家人|家庭|家属)(?:列表|名单)?|谁(?:在)?照顾我|(?:my )?family", re.IGNORECASE)
_CHECK_IN = re.compile(
    r"(?:全家|一家|(?:my )?family(?= *\d))(?:打卡|体温|报体温)?[\s:,]*(?P<readings>.*)", re.IGNORECASE
)
FORMS = (
    (
        FamilyCommand.LIST,
        re.compile(r"(?:我的)?(?:家人|家庭|家属)(?:列表|名单)?|谁(?:在)?照顾我|(?:my )?family", re.IGNORECASE),
    ),
    (FamilyCommand.ADD, re.compile(r"(?:添加|增加|加)(?:家人|家属|亲属)|add family", re.IGNORECASE)),
    (FamilyCommand.CODES, re.compile(r"(?:全家|家人|一家人?)的?(?:健康码|码|二维码)|family codes?", re.IGNORECASE)),
    (FamilyCommand.UNDO, re.compile(r"(?:全家|家人)(?:撤销|撤回)|(?:撤销|撤回)全家|family undo", re.IGNORECASE)),
    (FamilyCommand.CHECK_IN, _CHECK_IN),
    (FamilyCommand.DECLINE, re.compile(r"(?:(?:不同意|拒绝)家人|decline family)" + _WHICH, re.IGNORECASE)),
    (FamilyCommand.ACCEPT, re.compile(r"(?:同意家人|accept family)" + _WHICH, re.IGNORECASE)),
    (FamilyCommand.DISMISS, re.compile(r"(?:(?:移除|删除)(?:照顾人|代办人)|remove carer)" + _WHICH, re.IGNORECASE)),
    (FamilyCommand.REMOVE, re.compile(r"(?:(?:移除|离开)(?:家人)?|remove family)" + _WHICH, re.IGNORECASE)),
)
"""In this order; the first that fits the whole text."""


def read(text: str) -> tuple[FamilyCommand, str] | None:
    """What is asked about the family, with the number, the word or the readings behind it."""
    bare = plain(text[:LONGEST]).strip(ENDINGS).strip()
    for command, pattern in FORMS:
        if match := pattern.fullmatch(bare):
            return command, next((part for part in match.groups() if part), "")
    return None


@dataclass(frozen=True, slots=True)
class Addressed:
    """Something said about one of the family: the place in the order shown, there or not, and what."""

    place: int
    command: Command | None
    rest: str


ASKS = {
    Command.CODE: Care.CODE,
    Command.STATUS: Care.STATUS,
    Command.WHY: Care.WHY,
    Command.RECORDS: Care.RECORDS,
    Command.CHECKIN: Care.REPORT,
    Command.UNWELL: Care.REPORT,
    Command.UNDO: Care.UNDO,
    Command.EXPOSURE: Care.EXPOSURE,
    Command.APPEAL: Care.APPEAL,
    Command.APPEALS: Care.APPEAL,
    Command.LOOKS: Care.LOOKS,
    Command.AMEND: Care.AMEND,
    Command.MY_DATA: Care.MY_DATA,
    Command.ERASE: Care.ERASE,
    Command.REMINDER: Care.REMIND,
    Command.NO_REMINDER: Care.REMIND,
    Command.REMINDER_AGAIN: Care.REMIND,
}
"""What a command does to whom it is about; the others are about nobody."""

_NUMBERED = re.compile(r"([1-9])(?:\s+|[、:号])\s*(.+)")


def addressed(text: str, called: Sequence[tuple[str, ...]], outside: bool) -> Addressed | None:
    """`妈妈 36.4`, `妈妈的码`, `2 36.4`: a name of the family, by place, before a reading or a command; a name alone
    asks how they stand. Capitals do not matter: phones write one at the beginning. Numbers and names alone only where
    nothing is asked. None for every other text."""
    bare = plain(text[:LONGEST])
    said = ((place, name) for place, names in enumerate(called) for name in names)
    for place, name in sorted(said, key=lambda each: -len(each[1])):
        if name and bare[: len(name)].lower() == name.lower():
            rest = bare[len(name) :].removeprefix("'s ").lstrip(" :,的").strip()
            alone = Addressed(place, Command.STATUS, "") if outside else None
            return _said(place, rest) if rest else alone
    match = _NUMBERED.fullmatch(bare) if outside else None
    if match is None:
        return None
    return _said(int(match[1]) - 1, match[2])


def _said(place: int, rest: str) -> Addressed | None:
    command = command_in(rest)
    if command in ASKS:
        return Addressed(place, command, rest)
    try:
        reading = read_temperature(rest)
    except Reject:
        return Addressed(place, None, rest)
    return None if reading is None else Addressed(place, None, rest)


_BETWEEN = re.compile(r"[\s,，、;；/]+")


def readings_in(text: str) -> list[str]:
    """The readings of `36.5 36.4 36.6`, as typed."""
    return [each for each in _BETWEEN.split(text.strip()) if each]
