"""A table that a community hands in: its top looked at, its columns said by hand, tried, then taken in as a work."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from domain.lists.columns import HEADING_WITHIN, BadList
from domain.places import is_community
from domain.roles import Action, Refused, Staff, require
from domain.scopes import Target
from domain.works import Made, WorkKind
from store.imports import TableImport
from worker.context import Context
from worker.lists.tables import open_table, texts_of
from worker.residents.table import recognised
from worker.works.starting import start

COLUMNS = ("姓名", "证件号码", "证件类型", "手机号", "住址", "社区代码")
NEEDED = ("姓名", "证件号码")
FILE_BYTES = 20 * 1024 * 1024
SAMPLES = 4


@dataclass(frozen=True, slots=True)
class Top:
    """The first rows of a table: which one is the heading, its titles, some rows below; and where our columns are, as
    remembered or as the titles say."""

    heading: int
    titles: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    places: Mapping[str, int]
    remembered: bool
    rows: tuple[tuple[int, str], ...]
    """The rows that may be the heading: number, and what they say."""


def hand_in(ctx: Context, staff: Staff, name: str, community: str, content: Iterable[bytes]) -> TableImport:
    """Keep a table for a day. Raises Refused, BadList."""
    if not is_community(community):
        raise Refused("unknown_division", community)
    require(staff, Action.ENROL, Target(community))
    id = ctx.works.new_name()
    made = ctx.works.keep_file(id, 0, content, Made(Path(name).name or "table", "application/octet-stream", 0, 0))
    if not 0 < made.size <= FILE_BYTES:
        ctx.works.drop_file(id, made)
        raise BadList(f"文件应为 1 字节至 {FILE_BYTES >> 20} MB")
    table = TableImport(id, staff.id, community, made)
    look(ctx, table)
    ctx.imports.put(table)
    return table


def read(ctx: Context, staff: Staff, id: str) -> TableImport:
    """One's own. Raises Refused (`file_gone`)."""
    table = ctx.imports.read(id)
    if table.staff != staff.id:
        raise Refused("file_gone", id)
    return table


def look(ctx: Context, table: TableImport, heading: int = 0) -> Top:
    """The top of a table, with the heading in that row, or where it seems to be. Raises BadList, Refused."""
    with tempfile.TemporaryDirectory(dir=_folder(ctx)) as folder:
        path = save(ctx, table, Path(folder))
        lines = [(number, texts_of(cells)) for number, cells in islice(open_table(path).rows, HEADING_WITHIN + SAMPLES)]
    filled = [(number, texts) for number, texts in lines if any(text.strip() for text in texts)]
    if not filled:
        raise BadList("表格是空的")
    chosen = next((row for row in filled if row[0] == heading), None) or max(
        filled[:HEADING_WITHIN], key=lambda row: (len(recognised(row[1])), -row[0])
    )
    titles = tuple(text.strip() for text in chosen[1])
    remembered = ctx.imports.remembered(table.community, titles)
    return Top(
        chosen[0],
        titles,
        tuple(tuple(texts) for number, texts in filled if number > chosen[0])[:SAMPLES],
        remembered if remembered is not None else recognised(titles),
        remembered is not None,
        tuple((number, " ".join(text for text in texts if text)[:60]) for number, texts in filled[:HEADING_WITHIN]),
    )


def say_columns(ctx: Context, staff: Staff, id: str, heading: int, places: Mapping[str, int]) -> str:
    """Which column is which: remembered, and tried as a work, whose id it gives. Raises Refused (`columns`)."""
    table = read(ctx, staff, id)
    _check(places)
    ctx.imports.remember(table.community, look(ctx, table, heading).titles, places)
    work = start(ctx, staff, WorkKind.ROSTER_IMPORT, {"table": id, "dry": True}, table.file.name)
    ctx.imports.put(replace(table, heading=heading, places=dict(places), checked=work, applied=""))
    return work


def take_in(ctx: Context, staff: Staff, id: str) -> str:
    """Import what was tried; the id of the work. Sent twice it is one work. Raises Refused (`unchecked`)."""
    table = read(ctx, staff, id)
    if not table.checked or not ctx.works.read(table.checked).is_over:
        raise Refused("unchecked", id)
    if table.applied:
        return table.applied
    work = f"{table.checked}x"
    ctx.imports.put(replace(table, applied=work))
    return start(ctx, staff, WorkKind.ROSTER_IMPORT, {"table": id, "dry": False}, table.file.name, name=work)


def save(ctx: Context, table: TableImport, folder: Path) -> Path:
    """The file on this machine."""
    path = folder / "table"
    with path.open("wb") as file:
        for piece in ctx.works.file(table.id, table.file):
            file.write(piece)
    return path


def _check(places: Mapping[str, int]) -> None:
    missing = [name for name in NEEDED if name not in places]
    if missing or not set(places) <= set(COLUMNS) or _repeats(list(places.values())):
        raise Refused("columns", "、".join(missing))


def _repeats(numbers: Sequence[int]) -> bool:
    return len(set(numbers)) < len(numbers)


def _folder(ctx: Context) -> Path:
    folder = ctx.settings.data_dir / "works"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
