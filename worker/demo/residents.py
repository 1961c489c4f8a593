"""Invented people: the one of a number is always the same, lives in a household and has a document of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from domain.people import Document, DocumentKind, Identity, resident_id
from domain.places import children

MOST = 12_000_000
"""How many there are: as many as there are birthdays and serial numbers."""

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
GIVEN = "芳伟娜敏静强磊洋艳勇军杰娟涛超明霞平刚桂兰秀英建国文斌丽华玉梅红宁燕雪峰海波亮"
STREETS = ("幸福路", "解放街", "长城路", "黄河街", "贺兰山路", "凤凰街")

HOUSEHOLDS = ((1, 0), (2, 1), (2, 0), (3, 1), (2, 2))
"""Adults and children of one household after another, and so on from the first."""
CYCLE = tuple((home, is_child, place) for home, (adults, kids) in enumerate(HOUSEHOLDS)
              for is_child, many in ((False, adults), (True, kids)) for place in range(many))  # fmt: skip
ADULTS, KIDS = sum(a for a, _ in HOUSEHOLDS), sum(k for _, k in HOUSEHOLDS)

BORN = {False: (date(1935, 1, 1), 24_851), True: (date(2004, 1, 1), 5_903)}
"""The first birthday of grown-ups and of children, and how many days there are from there: no multiple of `STRIDE`, so
that steps of so many days come to each of them once before they come to the first again."""
STRIDE = 7_919


@dataclass(frozen=True, slots=True)
class Resident:
    """An invented person and where they live."""

    identity: Identity
    address: str
    community: str


def resident(number: int) -> Resident:
    """The one of this number, from 0 to `MOST` - 1. The document has a valid check digit and is nobody else's here."""
    cycle, place = divmod(number, len(CYCLE))
    home, is_child, among = CYCLE[place]
    household = cycle * len(HOUSEHOLDS) + home
    community = communities()[household * STRIDE % len(communities())]
    surname = SURNAMES[(household + (0 if is_child else among * 7)) % len(SURNAMES)]
    shape = household * STRIDE + among * 31 + is_child * 17
    name = surname + GIVEN[shape % len(GIVEN)] + (GIVEN[shape // 7 % len(GIVEN)] if shape % 3 else "")
    nth = cycle * (KIDS if is_child else ADULTS) + _before(place, is_child)
    first, days = BORN[is_child]
    serial, day = divmod(nth, days)
    document = resident_id(community[:6], first + timedelta(day * STRIDE % days), serial)
    phone = "" if is_child else f"19{number % 10**9:09d}"
    street = (
        f"{STREETS[household % len(STREETS)]}{household // 6 % 300 + 1}号{household % 20 + 1}-{household % 6 + 1}01"
    )
    return Resident(Identity(name, Document(DocumentKind.RESIDENT_ID, document), phone), street, community)


@cache
def communities() -> tuple[str, ...]:
    """All of Ningxia's, 12 digits each."""
    codes = [""]
    while len(codes[0]) < 12:
        codes = [child.code for code in codes for child in children(code)]
    return tuple(codes)


@cache
def _before(place: int, is_child: bool) -> int:
    """How many of the same age stand before this place of the cycle."""
    return sum(kind is is_child for _, kind, _ in CYCLE[:place])
