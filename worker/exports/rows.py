"""A person as the cells of a row. Pure: a form's columns, one function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from domain import cards
from domain.days import last_own_day
from domain.exports import COLOURS, PRIVATE, Chosen, Column, Style, told_day, told_yes
from domain.facts import Contact, Declaration, Exposure, IsolationMode, Report
from domain.notices import in_force
from domain.people import DocumentKind, Level, mask_document, mask_name, mask_phone
from domain.person import Person
from domain.places import path
from domain.verdict import Verdict

KINDS = {
    DocumentKind.RESIDENT_ID: "居民身份证",
    DocumentKind.HK_MACAO_PERMIT: "港澳居民来往内地通行证",
    DocumentKind.TAIWAN_PERMIT: "台湾居民来往大陆通行证",
    DocumentKind.TAIWAN_RESIDENT: "港澳台居民居住证",
    DocumentKind.PASSPORT: "护照",
    DocumentKind.PERMANENT_RESIDENT: "外国人永久居留身份证",
    DocumentKind.OTHER: "其他",
}
LEVELS = {Level.UNVERIFIED: "未核验", Level.PHONE: "手机核验", Level.MATCHED: "系统核验", Level.CONFIRMED: "人工核验"}
MODES = {IsolationMode.HOME: "居家", IsolationMode.CENTRAL: "集中"}
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Seen:
    """A person at the moment of the export; `full` says that nothing is masked."""

    person: Person
    verdict: Verdict
    today: date
    number: int
    full: bool


Cell = Callable[[Seen, Style], str]


def row_of(seen: Seen, columns: tuple[Chosen, ...]) -> list[str]:
    """The texts of a row, in the order of the columns."""
    return [CELLS[each.column](seen, each.style) for each in columns]


def is_private(columns: tuple[Chosen, ...]) -> bool:
    """Whether a full export of these says more than a masked one."""
    return any(each.column in PRIVATE for each in columns)


def _name(seen: Seen, _: Style) -> str:
    who = seen.person.identity
    return "" if who is None else who.name if seen.full else mask_name(who.name)


def _document(seen: Seen, _: Style) -> str:
    who = seen.person.identity
    return "" if who is None else who.document.number if seen.full else mask_document(who.document)


def _phone(seen: Seen, _: Style) -> str:
    who = seen.person.identity
    return "" if who is None or not who.phone else who.phone if seen.full else mask_phone(who.phone)


def _address(seen: Seen, _: Style) -> str:
    return seen.person.address if seen.full or not seen.person.address else HIDDEN


def _id_number(seen: Seen) -> str:
    """The number that says sex and birthday, or empty."""
    who = seen.person.identity
    return who.document.number if who and who.document.kind is DocumentKind.RESIDENT_ID else ""


def _sex(seen: Seen, style: Style) -> str:
    number = _id_number(seen)
    if not number:
        return ""
    man = int(number[16]) % 2 == 1
    return ("1" if man else "2") if style is Style.COMPACT else ("男" if man else "女")


def _age(seen: Seen, _: Style) -> str:
    number = _id_number(seen)
    if not number:
        return ""
    born = (int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return str(seen.today.year - born[0] - ((seen.today.month, seen.today.day) < born[1:]))


def _place(width: int) -> Cell:
    return lambda seen, _: _names(seen.person.community).get(width, "")


@lru_cache(maxsize=4_096)
def _names(community: str) -> Mapping[int, str]:
    return {len(each.code): each.name for each in path(community)}


def _last_report(seen: Seen, style: Style) -> str:
    return told_day(last_own_day(seen.person.history), style)


def _temperature(seen: Seen, _: Style) -> str:
    """The latest one that is still known; a folded day only says that it was normal."""
    said = [fact for fact in seen.person.history.facts if isinstance(fact, Report | Declaration)]
    return str(max(said, key=lambda fact: fact.at).temperature) if said else ""


def _isolation(seen: Seen, style: Style) -> str:
    facts = seen.person.history.facts
    found = [f.isolation for f in facts if isinstance(f, Contact | Declaration) and f.isolation is not None]
    return f"{MODES[found[-1].mode]} {told_day(found[-1].begun, style)}" if found else ""


def _stays(seen: Seen, style: Style) -> str:
    facts = [fact for fact in seen.person.history.facts if isinstance(fact, Declaration | Exposure)]
    return "；".join(f"{stay.place} {told_day(stay.last_on, style)}" for fact in facts for stay in fact.stays)


def _card(seen: Seen, _: Style) -> str:
    newest = cards.current(seen.person.cards, seen.today)
    return cards.told_number(newest.number) if newest else ""


def _clauses(seen: Seen, _: Style) -> str:
    return "；".join(f"{id} {in_force(seen.today).clause(id).words}" for id in seen.verdict.clauses)


CELLS: Mapping[Column, Cell] = {
    Column.NUMBER: lambda seen, _: str(seen.number),
    Column.NAME: _name,
    Column.SEX: _sex,
    Column.AGE: _age,
    Column.DOCUMENT_KIND: lambda seen, _: KINDS[seen.person.identity.document.kind] if seen.person.identity else "",
    Column.DOCUMENT: _document,
    Column.PHONE: _phone,
    Column.COUNTY: _place(6),
    Column.STREET: _place(9),
    Column.COMMUNITY: _place(12),
    Column.COMMUNITY_CODE: lambda seen, _: seen.person.community,
    Column.GRID: lambda seen, _: str(seen.person.grid or ""),
    Column.ADDRESS: _address,
    Column.COLOUR: lambda seen, style: COLOURS[style][seen.verdict.colour],
    Column.SINCE: lambda seen, style: told_day(seen.verdict.since, style),
    Column.UNTIL: lambda seen, style: told_day(seen.verdict.until, style),
    Column.CLAUSES: _clauses,
    Column.REPORTED_TODAY: lambda seen, style: told_yes(last_own_day(seen.person.history) == seen.today, style),
    Column.LAST_REPORT: _last_report,
    Column.TEMPERATURE: _temperature,
    Column.ISOLATION: _isolation,
    Column.STAYS: _stays,
    Column.LEVEL: lambda seen, _: LEVELS[seen.person.proof],
    Column.CARD: _card,
    Column.ON_WECHAT: lambda seen, style: told_yes(bool(seen.person.account), style),
}
