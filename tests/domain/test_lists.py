"""Lists as officials type them: what is understood, and what is refused by row, column and reason."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from domain.facts import SHANGHAI, CaseKind, History, Isolation, IsolationMode, Withdraw
from domain.lists.cells import BadCell, Cell, Kind, day_of_cell, instant_of_cell, number_of
from domain.lists.columns import BadList, Column, find_layout, title_of
from domain.lists.reading import placed, read_row, row_from_json
from domain.lists.rows import CaseRow, ColourRow, ContactRow, Entry, Fault, ListKind, Row, fact_id, fact_of, is_known
from domain.notice import Colour
from domain.people import DocumentKind, resident_id

NOW = datetime(2020, 3, 9, 10, 0, tzinfo=SHANGHAI)
WANG = resident_id("640106", date(1990, 3, 4), 7)
assert WANG.endswith("X")
CASES = ("姓名", "证件号码", "病例类型", "确诊日期", "来源", "证据编号")
GOOD = ("王芳", WANG, "确诊", "2020-03-02", "银川市疾控中心", "NX-1")
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def read(titles: tuple[str, ...], texts: tuple[str | Cell, ...], kind: ListKind = ListKind.CASES) -> object:
    layout = find_layout(kind, [(1, titles)])
    cells = [each if isinstance(each, Cell) else Cell(each) for each in texts]
    return read_row(kind, 2, placed(layout, cells), NOW, layout.titles)


def with_part(column: int, value: str | Cell) -> tuple[str | Cell, ...]:
    return (*GOOD[:column], value, *GOOD[column + 1 :])


@pytest.mark.parametrize(
    "written",
    [WANG, WANG.lower(), WANG.translate(WIDE), f" {WANG[:6]} {WANG[6:14]}-{WANG[14:]}\t", f'="{WANG}"', f"'{WANG}"],
)
def test_a_number_is_understood_however_it_was_typed(written: str) -> None:
    row = read(CASES, with_part(1, written))
    assert isinstance(row, Row)
    assert (row.document.kind, row.document.number) == (DocumentKind.RESIDENT_ID, WANG)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("640106900304001", "15 位"),
        (WANG[:-1] + "1", "校验码"),
        (WANG[:6] + "19900230" + WANG[14:], "出生日期"),
        (WANG[:-1], "18 位"),
        ("6.40106E+17", "末几位已丢失"),
        (Cell("640106199003040000", Kind.NUMBER), "末几位已丢失"),
        (Cell("=A1&B1", Kind.FORMULA), "公式"),
        ("=A1&B1", "公式"),
        (Cell("#N/A", Kind.ERROR), "错误值"),
        ("", "没有填写"),
    ],
)
def test_a_number_is_refused_with_its_column_and_a_reason_that_does_not_repeat_it(
    written: str | Cell, reason: str
) -> None:
    match read(CASES, with_part(1, written)):
        case (Fault(row=2, column="证件号码", reason=told),):
            assert reason in told
            assert WANG[:6] not in told
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    "written",
    [
        "2020-03-02",
        "2020/3/2",
        "2020.3.2",
        "2020年3月2日",
        "20200302",
        "43892",
        Cell("43892", Kind.NUMBER),
        Cell("43892.375", Kind.NUMBER),
        "２０２０年３月２日",
        "2020-03-02 08:30:00",
        "2020/3/2 8:30",
    ],
)
def test_a_day_is_understood_in_five_notations_and_as_a_number_of_excel(written: str | Cell) -> None:
    cell = written if isinstance(written, Cell) else Cell(written)
    assert day_of_cell(cell, NOW.date()) == date(2020, 3, 2)


@pytest.mark.parametrize(
    "written",
    ["03/02/2020", "3月2日", "20-3-2", "2020-02-30", "2020-03-10", "2019-11-30", "昨天", "", "2020", "2.02E+7", "439"],
)
def test_a_day_that_could_be_another_or_cannot_be_is_refused(written: str) -> None:
    with pytest.raises(BadCell):
        day_of_cell(Cell(written), NOW.date())


def test_the_29th_of_february_is_a_day_of_2020_only() -> None:
    assert day_of_cell(Cell("2020.2.29"), NOW.date()) == date(2020, 2, 29)
    with pytest.raises(BadCell):
        day_of_cell(Cell("2021.2.29"), date(2021, 3, 9))


def test_an_instant_keeps_its_offset_and_is_chinas_time_without_one() -> None:
    expected = datetime(2020, 3, 9, 8, 0, tzinfo=SHANGHAI)
    for written in ("2020-03-09T08:00:00+08:00", "2020-03-09T00:00:00Z", "2020-03-09 08:00"):
        assert instant_of_cell(Cell(written), NOW) == expected


@pytest.mark.parametrize(("cell", "number"), [(Cell("12345678", Kind.NUMBER), "12345678"), (Cell("E1234"), "E1234")])
def test_a_short_number_kept_as_a_number_loses_nothing(cell: Cell, number: str) -> None:
    assert number_of(cell) == number


def test_every_fault_of_a_row_is_told() -> None:
    match read(CASES, ("123", "abc", "无症状", "昨天", "", "")):
        case tuple(faults):
            assert [fault.column for fault in faults] == [
                "证件号码",
                "姓名",
                "来源",
                "证据编号",
                "病例类型",
                "确诊日期",
            ]
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    ("word", "case"),
    [
        ("确诊病例", CaseKind.CONFIRMED),
        ("临床诊断 病例", CaseKind.CLINICAL),
        ("疑似", CaseKind.SUSPECTED),
        ("发热病例", CaseKind.FEVER),
    ],
)
def test_the_kinds_of_case_are_those_of_the_notice(word: str, case: CaseKind) -> None:
    row = read(CASES, with_part(2, word))
    assert isinstance(row, Row)
    assert row.entry.says == CaseRow(case, date(2020, 3, 2))


CONTACTS = ("身份证号", "末次接触日期", "隔离方式", "隔离开始日期", "填报单位", "流调编号")


@pytest.mark.parametrize(
    ("mode", "begun", "isolation"),
    [
        ("居家", "2020.3.1", Isolation(IsolationMode.HOME, date(2020, 3, 1))),
        ("集中隔离", "43891", Isolation(IsolationMode.CENTRAL, date(2020, 3, 1))),
        ("", "", None),
    ],
)
def test_a_contact_has_a_mode_and_a_first_day_of_isolation_or_neither(
    mode: str, begun: str, isolation: Isolation | None
) -> None:
    row = read(CONTACTS, (WANG, "20200301", mode, begun, "银川市疾控中心", "LD-7"), ListKind.CONTACTS)
    assert isinstance(row, Row)
    assert row.entry.says == ContactRow(date(2020, 3, 1), isolation)


@pytest.mark.parametrize(("mode", "begun", "column"), [("居家", "", "隔离开始日期"), ("", "20200301", "隔离方式")])
def test_half_an_isolation_is_refused(mode: str, begun: str, column: str) -> None:
    match read(CONTACTS, (WANG, "20200301", mode, begun, "银川市疾控中心", "LD-7"), ListKind.CONTACTS):
        case (Fault(column=told),):
            assert told == column
        case other:
            pytest.fail(str(other))


def test_the_heading_is_found_below_a_title_whatever_is_written_around_it() -> None:
    titles = (" *证件号码（必填）", "病 例 类 型", "诊断日期：", "报告单位", "病例编号", "备注")
    layout = find_layout(ListKind.CASES, [(1, ("宁夏病例名单", "", "")), (2, ("制表：", "", "")), (3, titles)])
    assert layout.heading == 3
    assert layout.ignored == ("备注",)
    assert layout.places[Column.SINCE] == 2


def test_missing_columns_are_all_named() -> None:
    with pytest.raises(BadList) as refused:
        find_layout(ListKind.CASES, [(1, ("姓名", "身份证号", "住址"))])
    for column in (Column.CASE, Column.SINCE, Column.SOURCE, Column.EVIDENCE):
        assert f"缺少“{title_of(column)}”列" in str(refused.value)


def test_two_columns_for_one_are_refused_unless_one_has_the_proper_title() -> None:
    with pytest.raises(BadList, match="“发病日期”、“确诊日期”都可作“起始日期”"):
        find_layout(ListKind.CASES, [(1, (*CASES[:3], "发病日期", *CASES[3:]))])
    layout = find_layout(ListKind.CASES, [(1, (*CASES, "起始日期"))])
    assert layout.places[Column.SINCE] == 6


def test_a_contact_list_is_no_case_list() -> None:
    with pytest.raises(BadList):
        find_layout(ListKind.CASES, [(1, CONTACTS)])


def test_the_same_row_again_is_the_same_fact_and_another_evidence_is_another() -> None:
    first, again, other = (read(CASES, texts) for texts in (GOOD, with_part(3, "2020/3/2"), with_part(5, "NX-2")))
    assert isinstance(first, Row)
    assert isinstance(again, Row)
    assert isinstance(other, Row)
    assert fact_id(first.entry) == fact_id(again.entry) != fact_id(other.entry)
    assert fact_of(first.entry, NOW).id == fact_id(first.entry)


def test_a_row_of_json_reads_as_one_of_a_file() -> None:
    given = {
        "number": WANG.lower(),
        "colour": "red",
        "as_of": "2020-03-09T08:00:00+08:00",
        "source": "自治区",
        "evidence": "1",
    }
    row = row_from_json(ListKind.COLOURS, 1, given, NOW)
    assert isinstance(row, Row)
    assert row.entry.says == ColourRow(Colour.RED, datetime(2020, 3, 9, 8, 0, tzinfo=SHANGHAI))


@pytest.mark.parametrize(("given", "column"), [([], ""), ({"numbr": "1"}, "numbr"), ({"number": 1}, "number")])
def test_json_of_another_shape_is_a_fault_that_names_the_field(given: object, column: str) -> None:
    match row_from_json(ListKind.CASES, 3, given, NOW):
        case (Fault(row=3, column=told), *_):
            assert told == column
        case other:
            pytest.fail(str(other))


def colour_entry(colour: Colour, hour: int) -> Entry:
    return Entry(ColourRow(colour, NOW.replace(hour=hour)), "自治区", f"U-{hour}")


@pytest.mark.parametrize(
    ("told", "given", "known"),
    [
        ([], colour_entry(Colour.RED, 8), False),
        ([], colour_entry(Colour.NONE, 8), True),
        ([colour_entry(Colour.RED, 6)], colour_entry(Colour.RED, 8), True),
        ([colour_entry(Colour.RED, 6)], colour_entry(Colour.YELLOW, 8), False),
        ([colour_entry(Colour.RED, 6)], colour_entry(Colour.NONE, 8), False),
        ([colour_entry(Colour.RED, 6)], colour_entry(Colour.YELLOW, 5), True),
        ([colour_entry(Colour.RED, 6), colour_entry(Colour.NONE, 7)], colour_entry(Colour.RED, 8), False),
    ],
)
def test_a_colour_is_news_only_if_it_differs_from_what_stands_and_is_not_older(
    told: list[Entry], given: Entry, known: bool
) -> None:
    assert is_known(History(tuple(fact_of(entry, NOW) for entry in told)), given) is known


def test_a_colour_that_was_withdrawn_may_be_stated_anew_but_not_the_same_statement() -> None:
    first = colour_entry(Colour.RED, 6)
    fact = fact_of(first, NOW)
    history = History((fact, Withdraw(id="w", at=NOW, of=fact.id)))
    assert is_known(history, first)
    assert not is_known(history, colour_entry(Colour.RED, 8))
