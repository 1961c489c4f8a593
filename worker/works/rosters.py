"""A roster from a community's own table as a work: tried first, then taken in; the faults row by row as a file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence

from domain.facts import day_of
from domain.roles import Action, may
from domain.scopes import Target
from worker.exports.sheets import safe
from worker.residents.enrolling import BATCH, Fate, enrol_batch, fates
from worker.residents.registering import Entry
from worker.residents.table import Fault, Mapped, read_rows
from worker.residents.tables import read, save
from worker.works.running import Done, File, Run

REASON = "社区名册"
CSV = "text/csv; charset=utf-8"


def import_roster(run: Run) -> Done | None:
    """Arguments: `table`, and `dry` to write nothing. Rows with a fault are left out and named, nobody is twice."""
    ctx = run.ctx
    table = read(ctx, run.staff, str(run.work.args["table"]))
    mapped = Mapped(table.heading, table.places, table.community)
    rows, faults = read_rows(save(ctx, table, run.folder), day_of(ctx.clock.now()), mapped)
    good = [(row, entry) for row, entry in rows if may(run.staff, Action.ENROL, Target(entry.community))]
    taken = {row for row, _ in good}
    faults += [Fault(row, "社区代码", "不在您的负责范围内") for row, _ in rows if row not in taken]
    told = _tried(run, good, faults) if run.work.args["dry"] else _taken(run, good)
    return None if told is None else Done({**told, "faults": len(faults)}, _faults_file(run, faults))


def _tried(run: Run, good: Sequence[tuple[int, Entry]], faults: list[Fault]) -> dict[str, int]:
    told = Counter[str]()
    for first in range(0, len(good), BATCH):
        batch = good[first : first + BATCH]
        found = fates(run.ctx, run.staff, [entry for _, entry in batch], REASON)
        told.update(fate.value for fate in found)
        faults += [
            Fault(row, "证件号码", "已登记在您负责范围之外的社区")
            for (row, _), fate in zip(batch, found, strict=True)
            if fate is Fate.ELSEWHERE
        ]
        run.step(first + len(batch), len(good))
    return {"rows": len(good), **told}


def _taken(run: Run, good: Sequence[tuple[int, Entry]]) -> dict[str, int] | None:
    """Parted by the rows that are done."""
    told = Counter[str](run.mark.get("told", {}))
    for first in range(run.mark.get("done", 0), len(good), BATCH):
        if run.time_is_over:
            return None
        batch = [entry for _, entry in good[first : first + BATCH]]
        told.update({fate.value: n for fate, n in enrol_batch(run.ctx, run.staff, batch, REASON).items()})
        run.step(first + len(batch), len(good), {"done": first + len(batch), "told": dict(told)})
    return {"rows": len(good), **told}


def _faults_file(run: Run, faults: Sequence[Fault]) -> File | None:
    """No name and no number stands in it."""
    if not faults:
        return None
    path = run.folder / "faults.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("行号", "列", "原因"))
        writer.writerows((fault.row, fault.column, safe(fault.reason)) for fault in sorted(faults, key=_row))
    return File(path, "有误的行.csv", CSV)


def _row(fault: Fault) -> int:
    return fault.row
