"""Where somebody of the staff works: the communities, or some grid cells of them, in which they may do something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.places import communities_in
from domain.roles import ACTIONS, Action, Refused, Staff, holds
from domain.scopes import Communities, Everywhere, GridCells, Scope
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


def areas_of(staff: Staff, action: Action, place: str = "") -> list[Area]:
    """In the order of their codes; with `place`, a division of whichever level, only what lies inside it, where an
    auditor reads too. Raises Refused: `role`, or `too_wide` (how many communities)."""
    reads = holds(staff, Action.READ_AUDIT)
    if not holds(staff, action) and not reads:
        raise Refused("role", action.value)
    found: dict[str, frozenset[int] | None] = {}
    scopes: list[Scope] = [grant.scope for grant in staff.grants if action in ACTIONS[grant.role]]
    for scope in [*scopes, *([Everywhere()] if reads else [])]:
        for area in _areas(scope, place):
            earlier = found.get(area.community, frozenset())
            found[area.community] = None if earlier is None or area.cells is None else earlier | area.cells
    if len(found) > MOST_COMMUNITIES:
        raise Refused("too_wide", str(len(found)))
    return [Area(community, cells) for community, cells in sorted(found.items())]


def people_in(ctx: Context, areas: list[Area]) -> Iterator[tuple[bytes, str, RosterCell]]:
    """(pid, community, cell) of everybody there; one trip."""
    of_community = {area.community: area for area in areas}
    for pid, community, cell in ctx.rosters.read_all(of_community):
        if of_community[community].has(cell.grid):
            yield pid, community, cell


def _areas(scope: Scope, place: str) -> list[Area]:
    match scope:
        case Communities(prefix) if prefix.startswith(place):
            return [Area(community) for community in communities_in(prefix)]
        case Communities(prefix) if place.startswith(prefix):
            return [Area(community) for community in communities_in(place)]
        case GridCells(community, cells) if community.startswith(place):
            return [Area(community, frozenset(cells))]
        case Everywhere() if place:
            return [Area(community) for community in communities_in(place)]
        case _:
            return []
