"""Staging: a file becomes a list that waits, row by row, with everything that is wrong with it. Nothing is applied."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import numpy as np

from domain.lists.cells import Cell
from domain.lists.columns import HEADING_WITHIN, BadList, Column, Layout, find_layout, title_of
from domain.lists.reading import is_blank, placed, read_row
from domain.lists.rows import Fault, ListKind, Row
from domain.people import birthplace_unknown
from domain.roles import Staff
from store.list_values import ListHead, ListRow
from store.lists import CHUNK, FAULTS_KEPT, Lists
from store.sealing import person_id
from worker.lists.tables import Table, open_table, texts_of
from worker.lists.twice import Numbers, TwiceFinder

Shown = Callable[[float], None]
"""Told from time to time which share of the work is done."""
MERGED_ROWS = 10_000
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Submission:
    """Who hands in what, and when."""

    id: str
    kind: ListKind
    origin: str
    staff: Staff
    now: datetime
    as_of: datetime | None = None


def id_of_file(kind: ListKind, path: Path) -> str:
    """The same file handed in again is the same list. 12 hex digits."""
    digest = hashlib.sha256(kind.value.encode())
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()[:12]


def stage_file(lists: Lists, pid_key: bytes, submission: Submission, path: Path, shown: Shown) -> ListHead:
    """Read a file to its end and leave it waiting. Raises BadList when it cannot be read at all; OSError."""
    table = open_table(path)
    top = list(islice(table.rows, HEADING_WITHIN))
    layout = find_layout(submission.kind, [(number, texts_of(cells)) for number, cells in top])
    below = [row for row in top if row[0] > layout.heading]
    read = _read(submission, layout, below, table, shown)
    return stage(lists, pid_key, submission, read, layout.ignored, lambda: _merged_rows(table, layout))


def stage(
    lists: Lists,
    pid_key: bytes,
    submission: Submission,
    read: Iterable[Row | tuple[Fault, ...]],
    ignored: tuple[str, ...] = (),
    merged: Callable[[], Mapping[int, str]] = dict,
) -> ListHead:
    """Leave rows waiting. `merged`, asked at the end: rows that lie in merged cells, and the column's title."""
    draft = _Draft(lists, pid_key, submission.id)
    for each in read:
        draft.add(each)
    rows, duplicates = draft.finish(merged())
    head = ListHead(
        submission.id,
        submission.kind,
        submission.origin,
        submission.staff.id,
        submission.staff.organisation,
        rows,
        draft.refused,
        duplicates,
        draft.chunks,
        ignored,
        submission.as_of,
        draft.birthplace_unknown,
    )
    lists.put_head(head)
    return head


class _Draft:
    """The rows and faults of a list while it is read; both leave the memory by the thousand."""

    def __init__(self, lists: Lists, pid_key: bytes, name: str) -> None:
        self._lists, self._pid_key, self._name = lists, pid_key, name
        self._rows: list[ListRow] = []
        self._faults: list[Fault] = []
        self._faults_kept = 0
        self._twice = TwiceFinder(pid_key)
        self._spans: list[tuple[int, int]] = []
        self._understood = 0
        self.refused = 0
        self.birthplace_unknown = 0
        lists.begin(name)

    @property
    def chunks(self) -> int:
        return len(self._spans)

    def add(self, read: Row | tuple[Fault, ...]) -> None:
        if not isinstance(read, Row):
            self.refused += 1
            self._fault(*read)
            return
        self._understood += 1
        self._twice.add(read)
        document = read.document
        self.birthplace_unknown += birthplace_unknown(document)
        pid = person_id(self._pid_key, document.kind.value, document.number)
        self._rows.append(ListRow(read.number, pid, read.entry))
        if len(self._rows) == CHUNK:
            self._put()

    def finish(self, merged: Mapping[int, str]) -> tuple[int, int]:
        """Take out what turned out to be about the same or merged; rows that stay, and repeated ones."""
        if self._rows:
            self._put()
        twice, kept = self._twice.found(), 0
        inside = np.array(sorted(merged), np.uint32)
        out = np.unique(np.concatenate((twice.repeats, twice.contradicts, inside)))
        for chunk, (first, last) in enumerate(self._spans):
            gone = set(_between(out, first, last).tolist())
            rows = self._lists.rows(self._name, chunk) or ()
            if gone:
                rows = tuple(row for row in rows if row.number not in gone)
                self._lists.put_rows(self._name, chunk, rows)
            kept += len(rows)
        repeats = np.setdiff1d(twice.repeats, inside, assume_unique=True)
        self.refused += self._understood - kept - len(repeats)
        self._tell(repeats, twice.contradicts, merged)
        self._lists.add_faults(self._name, self._faults)
        return kept, len(repeats)

    def _tell(self, repeats: Numbers, contradicts: Numbers, merged: Mapping[int, str]) -> None:
        number = title_of(Column.NUMBER)
        for row in repeats.tolist():
            self._fault(Fault(row, number, "与前面的一行完全相同，只取一次"))
        for row in contradicts.tolist():
            self._fault(Fault(row, number, "同一证件在本名单中另有一行，内容不一致；两行都没有采用"))
        for row, column in merged.items():
            self._fault(Fault(row, column, "有合并单元格，请拆分后逐行填写"))

    def _put(self) -> None:
        self._lists.put_rows(self._name, len(self._spans), self._rows)
        self._spans.append((self._rows[0].number, self._rows[-1].number))
        self._rows = []

    def _fault(self, *faults: Fault) -> None:
        room = FAULTS_KEPT - self._faults_kept
        self._faults += faults[:room]
        self._faults_kept += len(faults[:room])
        if len(self._faults) >= CHUNK:
            self._lists.add_faults(self._name, self._faults)
            self._faults = []


def _read(
    submission: Submission, layout: Layout, below: Sequence[tuple[int, list[Cell]]], table: Table, shown: Shown
) -> Iterator[Row | tuple[Fault, ...]]:
    count = 0
    for rows in (below, table.rows):
        for number, cells in rows:
            if is_blank(cells):
                continue
            count += 1
            if count % CHUNK == 0:
                shown(table.read / table.total)
            yield read_row(submission.kind, number, placed(layout, cells), submission.now, layout.titles)
    if not count:
        raise BadList("表头下面没有内容")


def _merged_rows(table: Table, layout: Layout) -> dict[int, str]:
    """Row -> title of a column of ours that a merged cell covers there."""
    rows: dict[int, str] = {}
    for first, last, left, right in table.merged:
        covered = [column for column, place in layout.places.items() if left <= place <= right]
        if covered and last > layout.heading:
            if last - first + len(rows) > MERGED_ROWS:
                raise BadList("合并单元格太多，请全部拆分后再提交")
            rows |= dict.fromkeys(range(max(first, layout.heading + 1), last + 1), layout.titles[covered[0]])
    return rows


def _between(numbers: Numbers, first: int, last: int) -> Numbers:
    return numbers[np.searchsorted(numbers, first) : np.searchsorted(numbers, last, side="right")]
