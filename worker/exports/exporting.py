"""An export as a work: whom, which columns, masked or not; community by community into one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.carry_out import reason_of
from domain.days import last_own_day
from domain.exports import Chosen, Column, FileKind, Style
from domain.facts import day_of
from domain.notice import Colour
from domain.person import Person
from domain.places import communities_in, full_name
from domain.roles import Action, Refused, Staff, holds, may
from domain.scopes import MOST_CELLS, Target
from domain.works import Args
from store.changes import Act
from store.keys import WORK_FILE_SECONDS
from worker.context import Context
from worker.exports.marks import Mark
from worker.exports.rows import Seen, row_of
from worker.exports.sheets import MEDIA, Sheet, open_sheet
from worker.works.running import Done, File, Run

MOST_ROWS = 2_000_000
"""Of one file; larger ones nobody opens. A province is exported by prefecture."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. Without `colours` everybody; `missing`: only who has not reported today."""

    division: str
    name: str
    columns: tuple[Chosen, ...]
    kind: FileKind
    colours: frozenset[Colour] = frozenset()
    missing: bool = False
    full: bool = False
    reason: str = ""

    def args(self) -> Args:
        return {
            "division": self.division,
            "name": self.name,
            "columns": ["\t".join((each.column.value, each.heading, each.style.value)) for each in self.columns],
            "kind": self.kind.value,
            "colours": sorted(each.value for each in self.colours),
            "missing": self.missing,
            "full": self.full,
            "reason": self.reason,
        }

    @classmethod
    def of(cls, args: Mapping[str, Any]) -> Wanted:
        cells = (text.split("\t") for text in args["columns"])
        return cls(
            args["division"],
            args["name"],
            tuple(Chosen(Column(column), heading, Style(style)) for column, heading, style in cells),
            FileKind(args["kind"]),
            frozenset(Colour(each) for each in args["colours"]),
            args["missing"],
            args["full"],
            args["reason"],
        )


def permit(ctx: Context, staff: Staff, wanted: Wanted) -> tuple[str, ...]:
    """The communities that they may export of what they want.

    Raises Refused: `role`, `scope`, `unknown_division`, `no_reason`, `too_large`.
    """
    action = Action.EXPORT_FULL if wanted.full else Action.EXPORT
    if not holds(staff, action):
        raise Refused("role", action.value)
    reason_of(wanted.reason)
    communities = communities_in(wanted.division)
    if not communities:
        raise Refused("unknown_division", wanted.division)
    if not _reaches(staff, action, wanted.division):
        raise Refused("scope", wanted.division)
    if ctx.rosters.size(communities) > MOST_ROWS:
        raise Refused("too_large", str(MOST_ROWS))
    return communities


def _reaches(staff: Staff, action: Action, division: str) -> bool:
    """Whether a division, or at least a grid cell of it, lies in a scope."""
    cells = range(MOST_CELLS + 1)
    return any(may(staff, action, Target(division, grid=cell)) for cell in cells)


def export(run: Run) -> Done:
    """Arguments: as of `Wanted.args`. Killed, it begins anew: a file is whole or there is none."""
    ctx, wanted = run.ctx, Wanted.of(run.work.args)
    communities = permit(ctx, run.staff, wanted)
    extension, media_type = MEDIA[wanted.kind]
    path, mark = run.folder / f"export.{extension}", mark_of(run.work.id, run.staff, wanted, run.work.asked_at)
    sheet = open_sheet(wanted.kind, path, [each.title for each in wanted.columns], mark)
    rows = _write(run, sheet, wanted, communities)
    sheet.close()
    told = f"{wanted.division or '64'} {wanted.name} {'完整' if wanted.full else '遮盖'} {rows} 行：{wanted.reason}"
    ctx.audit.note(Act(run.staff.id, "export", run.work.id, told, run.staff.organisation))
    day = day_of(run.work.asked_at)
    return Done({"rows": rows}, File(path, f"{wanted.name} {full_name(wanted.division)} {day}.{extension}", media_type))


def mark_of(id: str, staff: Staff, wanted: Wanted, at: datetime) -> Mark:
    where = f"{wanted.name} {full_name(wanted.division) or '宁夏'}"
    until = at + timedelta(seconds=WORK_FILE_SECONDS)
    return Mark(id, staff.name, staff.organisation, at, wanted.reason, where, wanted.full, until)


def _write(run: Run, sheet: Sheet, wanted: Wanted, communities: tuple[str, ...]) -> int:
    total, read, rows = max(1, run.ctx.rosters.size(communities)), 0, 0
    for community in communities:
        for person in _people(run, community):
            read += 1
            run.step(read, total)
            seen = _seen(run, wanted, person, rows + 1)
            if seen is not None:
                sheet.write(row_of(seen, wanted.columns))
                rows += 1
    return rows


def _people(run: Run, community: str) -> Iterator[Person]:
    """Those of a community, homes together; no more than one community is held at once."""
    pids, found = [pid for pid, _ in run.ctx.rosters.read(community)], list[Person]()
    for first in range(0, len(pids), BATCH):
        found += run.ctx.people.read_sound(pids[first : first + BATCH]).values()
    yield from sorted(found, key=lambda person: (person.grid, person.address, person.pid))


def _seen(run: Run, wanted: Wanted, person: Person, number: int) -> Seen | None:
    """None: not one of those who are wanted, or moved away since the roster was read."""
    target = Target(person.community, person.institution, person.grid)
    action = Action.EXPORT_FULL if wanted.full else Action.EXPORT
    if not person.community.startswith(wanted.division) or not may(run.staff, action, target):
        return None
    moment = run.ctx.moment()
    verdict, today = moment.judge(person), day_of(moment.now)
    if wanted.colours and verdict.colour not in wanted.colours:
        return None
    if wanted.missing and last_own_day(person.history) == today:
        return None
    return Seen(person, verdict, today, number, wanted.full)
