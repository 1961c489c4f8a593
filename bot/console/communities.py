"""Communities: how each stands today, who is on its roster and silent, the poster for its door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_in, page_of
from bot.console.today import place_in, place_name
from bot.console.visits import Visit
from channel.platform import SendError
from domain.facts import day_of
from domain.missing import missing
from domain.places import Division, children, communities_in, full_name, is_community
from domain.roles import ACTIONS, Action, Refused
from domain.scopes import Communities, GridCells, Target
from domain.verdict import Colour
from flows.welcome import SCENE_PREFIX
from store.calls import Call
from store.changes import Act
from store.keys import pid_text
from store.rosters import RosterCell
from worker.context import Context
from worker.desk.areas import Area, areas_of, people_in
from worker.residents.commands import silent_in
from worker.residents.poster import poster
from worker.staff.today import shown_of

PAGE = 50
LOOKS = (Action.REMIND, Action.ENROL)


@dataclass(frozen=True, slots=True)
class Standing:
    """One community today, or the grid cells of it that are somebody's."""

    area: Area
    people: int
    colours: Counter[Colour]
    missing: int
    tasks: int
    calls: int
    telephone: str


def blueprint(console: Console) -> Blueprint:
    """GET /console/communities, …/<code>/quiet, …/<code>/poster."""
    routes = Blueprint("communities", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        return _listed(ctx, visit)

    def quiet(visit: Visit, code: str) -> ResponseReturnValue:
        return _quiet(ctx, visit, code)

    def door_poster(visit: Visit, code: str) -> ResponseReturnValue:
        where = _seen(visit, code)
        try:
            url = ctx.platform(essential=False).create_qr(f"{SCENE_PREFIX}{where}")
        except SendError:
            raise Refused("no_qr") from None
        response = Response(poster(where, url), mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{where}.pdf"'
        return response

    console.add(routes, "/communities", listed, *LOOKS)
    console.add(routes, "/communities/<code>/quiet", quiet, Action.ENROL)
    console.add(routes, "/communities/<code>/poster", door_poster, Action.ENROL)
    return routes


def _listed(ctx: Context, visit: Visit) -> ResponseReturnValue:
    """Counted for up to thirty; of a wider area, what to choose from."""
    place = place_in()
    try:
        areas = areas_of(visit.staff, Action.REMIND, place)
    except Refused as refused:
        if refused.reason != "too_wide":
            raise
        areas = []
    return page_of(
        "worker/communities.html",
        rows=standing(ctx, areas),
        below=[] if areas else below(visit, place),
        place=place,
        place_name=place_name,
        full_name=full_name,
        enrols=visit.may_somewhere(Action.ENROL),
    )


def _quiet(ctx: Context, visit: Visit, code: str) -> ResponseReturnValue:
    """Masked; the reading is an act."""
    found = [each for each in silent_in(ctx, _seen(visit, code)) if each.identity]
    said = f"{code} {len(found)}"
    ctx.audit.note(Act(visit.staff.id, "list quiet", reason=said, organisation=visit.staff.organisation))
    first, more = page_in(request.args.get("page", ""), len(found), PAGE)
    rows = [shown_of(each) for each in found[first : first + PAGE]]
    return page_of(
        "worker/quiet.html", rows=rows, total=len(found), name=full_name(code), code=code, pid_text=pid_text, **more
    )


def standing(ctx: Context, areas: list[Area]) -> list[Standing]:
    """Of each community, counted from its roster, tasks and calls; three trips in all."""
    moment, codes = ctx.moment(), [area.community for area in areas]
    today = day_of(moment.now)
    rosters: dict[str, dict[bytes, RosterCell]] = {code: {} for code in codes}
    for pid, community, cell in people_in(ctx, areas):
        rosters[community][pid] = cell
    tasks = Counter(task.owner for task in ctx.tasks.open_of(codes) if task.pid in rosters[task.owner])
    calls = ctx.calls.of_all(codes)
    telephones = ctx.worlds.telephones() if areas else {}
    return [
        Standing(
            area,
            len(rosters[area.community]),
            Counter(cell.colour_on(today, moment.world) for cell in rosters[area.community].values()),
            len(missing(rosters[area.community].items(), today, moment.world)),
            tasks[area.community],
            _waiting(calls, rosters[area.community]),
            telephones.get(area.community, ""),
        )
        for area in areas
    ]


def _waiting(calls: Mapping[bytes, Call], cells: Mapping[bytes, RosterCell]) -> int:
    """How many are still to be called."""
    return sum(pid in calls and not calls[pid].is_over(cell.last_own_day) for pid, cell in cells.items())


def below(visit: Visit, place: str) -> list[Division]:
    """The divisions to choose from next: inside the one that is named, or where the scope begins."""
    scopes = [grant.scope for grant in visit.staff.grants if Action.REMIND in ACTIONS[grant.role]]
    prefixes = [each.prefix for each in scopes if isinstance(each, Communities)]
    if any(not isinstance(each, Communities | GridCells) for each in scopes) or visit.may(Action.READ_AUDIT):
        prefixes = [""]
    if place:
        return [each for each in children(place) if any(_meets(each.code, prefix) for prefix in prefixes)]
    return [each for prefix in dict.fromkeys(prefixes) for each in children(prefix)]


def _meets(code: str, prefix: str) -> bool:
    return (code.startswith(prefix) or prefix.startswith(code)) and bool(communities_in(code))


def _seen(visit: Visit, code: str) -> str:
    """Raises Refused: `unknown_division`, `scope`."""
    if not is_community(code):
        raise Refused("unknown_division", code)
    if not visit.sees(Action.ENROL, Target(code)):
        raise Refused("scope")
    return code
