"""What an export may say, to whom, and that it can be traced and does no harm in a spreadsheet."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.exports import Chosen, Column, ColumnSet, FileKind, Style, checked
from domain.lists.cells import Cell
from domain.notice import Colour
from domain.roles import Refused
from domain.works import WorkState
from tests.stage import BRIDGE, identity
from tests.works.conftest import LI, PEOPLE, ZHAO, declare_all
from tests.works.test_works import WANTED, done, table
from worker.context import Context
from worker.exports.marks import ids_in
from worker.exports.sheets import safe
from worker.lists.tables import open_table, texts_of
from worker.works.starting import fetch

NAME_AND_NUMBER = (
    Chosen(Column.NAME),
    Chosen(Column.DOCUMENT, "公民身份号码"),
    Chosen(Column.COLOUR, "", Style.CHINESE),
)


def test_it_is_masked_unless_the_role_allows_more(ctx: Context) -> None:
    declare_all(ctx)
    masked = replace(WANTED, columns=NAME_AND_NUMBER)
    rows = table(ctx, done(ctx, masked))
    assert rows[0][:3] == ["姓名", "公民身份号码", "健康码颜色"]
    assert all(row[0].startswith("王*") and "*" * 14 in row[1] and row[2] == "绿码" for row in rows[1:])
    refused = done(ctx, replace(masked, full=True))
    assert (refused.state, refused.reason) == (WorkState.FAILED, "role")
    full = table(ctx, done(ctx, replace(masked, full=True), ZHAO), ZHAO)
    assert {row[1].strip() for row in full[1:]} == {identity(number).document.number for number in range(PEOPLE)}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"division": BRIDGE}, "scope"),
        ({"division": "640106"}, "scope"),
        ({"division": "990106"}, "unknown_division"),
        ({"reason": " "}, "no_reason"),
    ],
)
def test_what_may_not_be_exported_is_refused_with_its_reason(ctx: Context, change: dict[str, str], reason: str) -> None:
    work = done(ctx, replace(WANTED, **change))  # type: ignore[arg-type]  # some of its fields
    assert (work.state, work.reason, work.result) == (WorkState.FAILED, reason, None)


def test_only_the_colours_that_are_wanted_and_only_who_is_missing(ctx: Context) -> None:
    declare_all(ctx)
    assert len(table(ctx, done(ctx, replace(WANTED, colours=frozenset({Colour.RED}))))) == 1
    assert len(table(ctx, done(ctx, replace(WANTED, colours=frozenset({Colour.GREEN}))))) == 1 + PEOPLE
    assert len(table(ctx, done(ctx, replace(WANTED, missing=True)))) == 1


@pytest.mark.parametrize("kind", list(FileKind))
def test_a_file_that_leaked_says_whose_it_is(ctx: Context, tmp_path: Path, kind: FileKind) -> None:
    declare_all(ctx, 80)
    work = done(ctx, replace(WANTED, kind=kind))
    path = _saved(ctx, work.id, tmp_path)
    assert work.id in ids_in(path)
    text = "\n".join("\t".join(texts_of(cells)) for _, cells in _rows(path))
    if kind is not FileKind.XLSX:
        assert f"中强巷社区 李强 2020-03-02 08:00 导出 {work.id}" in text
        cut = tmp_path / "cut.csv"
        cut.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[5:]))
        assert work.id in ids_in(cut), "the mark is lost with the first rows"


def test_a_workbook_says_who_why_and_until_when_on_paper_too(ctx: Context, tmp_path: Path) -> None:
    declare_all(ctx)
    work = done(ctx, replace(WANTED, kind=FileKind.XLSX))
    with zipfile.ZipFile(_saved(ctx, work.id, tmp_path)) as archive:
        sheet, book = archive.read("xl/worksheets/sheet1.xml").decode(), archive.read("xl/workbook.xml").decode()
        about = archive.read("xl/worksheets/sheet2.xml").decode()
    assert work.id in sheet.partition("<oddFooter>")[2]
    assert "上报县指挥部" in sheet.partition("<oddFooter>")[2]
    assert 'state="veryHidden"' in book
    assert "<f>" not in sheet
    assert "上报县指挥部" in about


@given(st.text(alphabet=st.sampled_from("=+-@＝＋\t\r\n '\"0123456789abc王"), max_size=30))
def test_no_cell_of_a_csv_is_a_formula_or_a_number_that_excel_rounds(text: str) -> None:
    cell = safe(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not (cell.isdigit() and (len(cell) >= 12 or (cell.startswith("0") and len(cell) > 1)))
    assert next(csv.reader(io.StringIO(_line(cell)))) == [cell]


def test_the_export_and_the_fetching_are_acts(ctx: Context) -> None:
    declare_all(ctx)
    work = done(ctx)
    fetch(ctx, LI, work.id)
    acts = [act[2] for shard in range(257) for _, act in ctx.audit.acts(shard) if act[1] == LI.id]
    assert sorted(acts) == ["export", "fetch export", "start export"]


@pytest.mark.parametrize(
    ("name", "columns", "reason"),
    [
        ("", NAME_AND_NUMBER, "set_name"),
        ("日报", (), "set_columns"),
        ("日报", (Chosen(Column.NAME), Chosen(Column.PHONE, "姓名")), "set_heading"),
    ],
)
def test_columns_that_cannot_be_used_are_refused(name: str, columns: tuple[Chosen, ...], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        checked(ColumnSet("", name, columns))


def _saved(ctx: Context, name: str, tmp_path: Path) -> Path:
    made, pieces = fetch(ctx, LI, name)
    path = tmp_path / made.name.replace(" ", "")
    path.write_bytes(b"".join(pieces))
    return path


def _rows(path: Path) -> list[tuple[int, list[Cell]]]:
    return [] if path.suffix == ".xlsx" else list(open_table(path).rows)


def _line(cell: str) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([cell])
    return out.getvalue()
