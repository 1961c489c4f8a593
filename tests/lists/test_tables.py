"""Files as officials have them: what is read, and what is refused before it can do harm."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from domain.lists.cells import Cell, Kind
from domain.lists.columns import BadList
from tests.lists import workbooks
from worker.lists.tables import open_table

ROWS: list[list[str | float | None]] = [
    ["证件号码", "姓名"],
    ["640106199003040088", "王芳"],
    [None, None],
    [43892.5, "阿依古丽·买买提"],
]


def read(path: Path) -> list[tuple[int, list[str]]]:
    return [(number, [cell.text for cell in cells]) for number, cells in open_table(path).rows]


def file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "名单"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_csv_is_read_in_whatever_it_was_saved(tmp_path: Path, encoding: str, separator: str) -> None:
    text = f'名单{separator}\r\n证件号码{separator}姓名\r\n6401{separator}"王{separator}芳"\r\n'
    assert read(file(tmp_path, text.encode(encoding))) == [
        (1, ["名单", ""]),
        (2, ["证件号码", "姓名"]),
        (3, ["6401", f"王{separator}芳"]),
    ]


def test_gbk_is_noticed_even_in_the_last_row(tmp_path: Path) -> None:
    content = b"a,b\n" * 400_000 + "王芳,李强\n".encode("gbk")
    assert read(file(tmp_path, content))[-1] == (400_001, ["王芳", "李强"])


def test_a_workbook_is_read_with_its_row_numbers_and_kinds(tmp_path: Path) -> None:
    table = open_table(workbooks.book(tmp_path / "名单.xlsx", [*ROWS, ["=A1|5", "x"]], ["A2:B3"]))
    rows = dict(table.rows)
    assert [cell.text for cell in rows[2]] == ["640106199003040088", "王芳"]
    assert rows[3] == []
    assert rows[4][0] == Cell("43892.5", Kind.NUMBER)
    assert rows[5][0] == Cell("5", Kind.FORMULA)
    assert table.merged == [(2, 3, 0, 1)]


def test_a_workbook_of_another_program_is_read(tmp_path: Path) -> None:
    """Prefixed tags, no references, inline strings, reading aids above words."""
    sheet = (
        f'<x:worksheet xmlns:x="{workbooks.MAIN}"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>王</x:t></x:is>'
        '</x:c><x:c t="s"><x:v>0</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    path = workbooks.write(tmp_path / "x.xlsx", [sheet], [])
    shared = f'<sst xmlns="{workbooks.MAIN}"><si><r><t>银</t></r><r><t>川</t></r><rPh><t>yin</t></rPh></si></sst>'
    replaced = spoiled(path, "xl/sharedStrings.xml", shared)
    assert read(replaced) == [(1, ["王", "银川"])]


def spoiled(path: Path, part: str, content: str) -> Path:
    """The same workbook with another content of one part."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, old in parts.items():
            archive.writestr(name, content if name == part else old)
    return path


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100), "旧版或加密"),
        ("证件号码".encode("utf-16"), "UTF-16"),
        (b"\x00\x01\x02", "不是文本"),
        (b"a,b\n\xff\xff\xff\n", "编码"),
        (b'a,b\n"' + b"x" * 200_000, "引号"),
        (b"PK\x03\x04" + bytes(50), "完好"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(BadList, match=told):
        read(file(tmp_path, content))


def test_a_file_of_more_than_200_mb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as large:
        large.truncate(200 * 1024 * 1024 + 1)
    with pytest.raises(BadList, match="200 MB"):
        open_table(path)


def test_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    path = workbooks.book(tmp_path / "bomb.xlsx", ROWS)
    with pytest.raises(BadList, match="压缩炸弹"):
        read(spoiled(path, "xl/worksheets/s1.xml", " " * (64 << 20)))


@pytest.mark.parametrize(
    ("part", "content", "told"),
    [
        ("xl/worksheets/s1.xml", "<worksheet><sheetData><row><c><v>1</v>", "完好"),
        ("xl/worksheets/s1.xml", '<worksheet><row><c t="s"><v>99</v></c></row></worksheet>', "完好"),
        ("xl/worksheets/s1.xml", '<worksheet><row r="2"/><row r="2"><c><v>1</v></c></row></worksheet>', "完好"),
        ("xl/worksheets/s1.xml", '<!DOCTYPE a [<!ENTITY b "b">]><worksheet><v>&b;</v></worksheet>', "声明"),
        ("xl/worksheets/s1.xml", f"<worksheet><row><c><v>{'9' * 200_000}</v></c></row></worksheet>", "32767"),
        ("xl/worksheets/s1.xml", "<worksheet/>", "没有内容"),
        ("xl/workbook.xml", "<workbook><workbookPr date1904='1'/></workbook>", "1904"),
    ],
)  # fmt: skip
def test_a_spoiled_workbook_is_refused(tmp_path: Path, part: str, content: str, told: str) -> None:
    with pytest.raises(BadList, match=told):
        read(spoiled(workbooks.book(tmp_path / "x.xlsx", ROWS), part, content))


def test_of_two_filled_sheets_none_is_guessed(tmp_path: Path) -> None:
    strings: list[str] = []
    sheets = [workbooks.sheet_xml(ROWS, strings), workbooks.sheet_xml(ROWS, strings)]
    with pytest.raises(BadList, match="“表1”、“表2”"):
        read(workbooks.write(tmp_path / "two.xlsx", sheets, strings))
    assert len(read(workbooks.write(tmp_path / "one.xlsx", [sheets[0], "<worksheet/>"], strings))) == 4
