"""Scopes: where a role holds, and whether somebody lies in it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.places import full_name

ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
"""What members of staff, institutions and organisations are called by."""


@dataclass(frozen=True, slots=True)
class Communities:
    """All communities whose code begins with `prefix`: 4 digits a prefecture, 6 a county, 9 a street, 12 one."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Institution:
    """Whoever is admitted to this isolation institution."""

    id: str


@dataclass(frozen=True, slots=True)
class Everywhere:
    pass


@dataclass(frozen=True, slots=True)
class GridCells:
    """Some of the grid cells (1 to 99) that a community is parted into."""

    community: str
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whoever has joined this employer, school or park."""

    id: str


@dataclass(frozen=True, slots=True)
class Venue:
    """One venue: a gate, or a place whose code residents scan."""

    id: str


Scope = Communities | Institution | Everywhere | GridCells | Organisation | Venue
"""Append only: a member's place is its number in stored values."""
MOST_CELLS = 99
EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an action concerns: the community and the institution of a person, an organisation's members, or none of
    these: everybody. `grid` is the cell of the community, 0 for somebody who is in none."""

    community: str = ""
    institution: str = ""
    grid: int = 0
    organisation: str = ""
    venue: str = ""


EVERYBODY = Target()


def covers(scope: Scope, target: Target) -> bool:
    """Whether the target lies in the scope. What concerns everybody, or somebody of no community, lies in no part."""
    match scope:
        case Everywhere():
            return True
        case Communities(prefix):
            return bool(prefix) and target.community.startswith(prefix)
        case Institution(id):
            return bool(id) and target.institution == id
        case GridCells(community, cells):
            return bool(community) and target.community == community and target.grid in cells
        case Organisation(id):
            return bool(id) and target.organisation == id
        case Venue(id):
            return bool(id) and target.venue == id


def is_somewhere(scope: Scope) -> bool:
    """Whether a scope names anything at all."""
    match scope:
        case Communities(prefix):
            return re.fullmatch(r"64[0-9]{2,10}", prefix) is not None
        case Institution(id) | Organisation(id) | Venue(id):
            return ID.fullmatch(id) is not None
        case GridCells(community, cells):
            whole = bool(cells) and all(1 <= each <= MOST_CELLS for each in cells)
            return whole and re.fullmatch(r"64[0-9]{10}", community) is not None
        case Everywhere():
            return True


def scope_of(text: str, kinds: tuple[type[Scope], ...]) -> Scope:
    """A scope as it is typed: a division code (4 to 12 digits), grid cells of a community such as 640106001001/3,4,
    `everywhere`, or the id of what else `kinds`, the scopes that a role can have, name."""
    if text == EVERYWHERE:
        return Everywhere()
    community, slash, cells = text.partition("/")
    if slash and all(each.isdecimal() for each in (community, *cells.split(","))):
        return GridCells(community, tuple(sorted({int(each) for each in cells.split(",")})))
    if text.isdecimal():
        return Communities(text)
    other = next((kind for kind in (Organisation, Venue) if kind in kinds), Institution)
    return other(text)


def scope_text(scope: Scope) -> str:
    """The same text."""
    match scope:
        case Everywhere():
            return EVERYWHERE
        case Communities(prefix):
            return prefix
        case Institution(id) | Organisation(id) | Venue(id):
            return id
        case GridCells(community, cells):
            return f"{community}/{','.join(map(str, cells))}"


def told_scope(scope: Scope) -> str:
    """A scope as staff read it in the chat, in Chinese."""
    match scope:
        case Communities(prefix):
            return full_name(prefix) or prefix
        case GridCells(community, cells):
            return f"{full_name(community) or community}第{'、'.join(map(str, cells))}网格"
        case Institution(id):
            return f"隔离机构 {id}"
        case Organisation(id):
            return f"单位 {id}"
        case Venue(id):
            return f"场所 {id}"
        case Everywhere():
            return "全区"
