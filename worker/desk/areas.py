"""Where somebody of the staff works: the communities, or some grid cells of them, in which they may do something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.places import communities_in
from domain.roles import ACTIONS, Action, Refused, Staff, holds
from domain.scopes import Communities, GridCells
from store.rosters import RosterCell
from worker.context import Context

MOST_COMMUNITIES = 30
"""More are no list for a telephone: a street has about ten, a county about a hundred."""

MOST_PEOPLE = 5_000
"""Of whom something is done one by one: two seconds' work on an idle machine, while other letters of the lane wait."""


@dataclass(frozen=True, slots=True)
class Area:
    """A community, or those of its grid cells; None: all, and whoever is in none."""

    community: str
    cells: frozenset[int] | None = None

    def has(self, grid: int) -> bool:
        return self.cells is None or grid in self.cells


def areas_of(staff: Staff, action: Action) -> list[Area]:
    """In the order of their codes. Raises Refused: `role`, or `too_wide` (how many communities)."""
    if not holds(staff, action):
        raise Refused("role", action.value)
    found: dict[str, frozenset[int] | None] = {}
    for grant in staff.grants:
        for area in _areas(grant.scope) if action in ACTIONS[grant.role] else ():
            earlier = found.get(area.community, frozenset())
            found[area.community] = None if earlier is None or area.cells is None else earlier | area.cells
    if len(found) > MOST_COMMUNITIES:
        raise Refused("too_wide", str(len(found)))
    return [Area(community, cells) for community, cells in sorted(found.items())]


def people_in(ctx: Context, areas: list[Area]) -> Iterator[tuple[bytes, str, RosterCell]]:
    """(pid, community, cell) of everybody there; a trip a community."""
    for area in areas:
        for pid, cell in ctx.rosters.read(area.community):
            if area.has(cell.grid):
                yield pid, area.community, cell


def _areas(scope: object) -> list[Area]:
    match scope:
        case Communities(prefix):
            return [Area(community) for community in communities_in(prefix)]
        case GridCells(community, cells):
            return [Area(community, frozenset(cells))]
        case _:
            return []
