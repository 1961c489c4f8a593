"""A roster from the Excel that a community already has: its columns said once, tried, then taken in exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from domain.lists.columns import BadList
from domain.roles import Refused
from domain.works import Work
from store.keys import account_tag
from tests.stage import BRIDGE, PHOENIX, commit, declare, identity, openid, pid_of
from tests.works.conftest import LI, ZHAO, declare_all
from worker.context import Context
from worker.jobs import settle_lane
from worker.residents import tables
from worker.works import running
from worker.works.jobs import advance_work
from worker.works.starting import fetch

TITLES = ("编号", "户主姓名", "公民身份证号", "联系方式", "门牌")
PLACES = {"姓名": 1, "证件号码": 2, "手机号": 3, "住址": 4}


def workbook(folder: Path, people: int, *more: tuple[str, ...]) -> Path:
    """As communities keep it: a line about the table on top, titles of their own below."""
    path = folder / "roster.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "中强巷社区居民花名册（2020年）")
    rows = [TITLES, *((str(n), (w := identity(n)).name, w.document.number, w.phone, f"{n} 号") for n in range(people))]
    for number, row in enumerate([*rows, *more], 1):
        for place, text in enumerate(row):
            sheet.write_string(number, place, text)
    book.close()
    return path


def handed_in(ctx: Context, path: Path) -> str:
    return tables.hand_in(ctx, LI, path.name, PHOENIX, [path.read_bytes()]).id


def tried(ctx: Context, id: str) -> Work:
    work = tables.say_columns(ctx, LI, id, 2, PLACES)
    advance_work(ctx, work)
    return ctx.works.read(work)


def taken_in(ctx: Context, id: str) -> Work:
    work = tables.take_in(ctx, LI, id)
    for _ in range(20):
        if not ctx.works.read(work).is_over:
            advance_work(ctx, work)
    settle_lane(ctx, 0)
    return ctx.works.read(work)


def test_its_columns_are_said_once_and_remembered_for_the_same_heading(ctx: Context, tmp_path: Path) -> None:
    path = workbook(tmp_path, 3)
    id = handed_in(ctx, path)
    top = tables.look(ctx, tables.read(ctx, LI, id), 2)
    assert (top.titles, top.places, top.remembered) == (TITLES, {"手机号": 3, "卡号": 0}, False)
    tried(ctx, id)
    again = tables.look(ctx, tables.read(ctx, LI, handed_in(ctx, path)), 2)
    assert (again.places, again.remembered) == (PLACES, True)


def test_trying_writes_nothing_and_names_every_fault_by_its_row(ctx: Context, tmp_path: Path) -> None:
    declare_all(ctx, 1)
    wrong = ("9", "李四", "640106199003040000", "", "")
    twice = ("10", "王芳1", identity(1).document.number, "", "")
    id = handed_in(ctx, workbook(tmp_path, 3, wrong, twice))
    work = tried(ctx, id)
    assert work.counts == {"rows": 3, "speaks": 1, "new": 2, "faults": 2}
    assert not ctx.people.read([pid_of(ctx, identity(1))])[pid_of(ctx, identity(1))].version
    told = b"".join(fetch(ctx, LI, work.id)[1]).decode("utf-8-sig")
    assert told.splitlines()[1:] == ["6,证件号码,有误，请核对", "7,证件号码,与第 4 行重复"]
    assert "李四" not in told


def test_it_is_taken_in_once_though_parted_and_sent_twice(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.works.rosters.BATCH", 2)
    looks = iter(range(1_000))
    monkeypatch.setattr(running.Run, "time_is_over", property(lambda _: next(looks) % 2 == 1))
    id = handed_in(ctx, workbook(tmp_path, 7))
    tried(ctx, id)
    work = taken_in(ctx, id)
    assert work.counts == {"rows": 7, "new": 7, "faults": 0}
    assert tables.take_in(ctx, LI, id) == work.id
    assert sum(cell.present for _, cell in ctx.rosters.read(PHOENIX)) == 7
    again = handed_in(ctx, workbook(tmp_path, 7))
    assert tried(ctx, again).counts == {"rows": 7, "known": 7, "faults": 0}


def test_whoever_lives_elsewhere_is_named_and_left_where_they_are(ctx: Context, tmp_path: Path) -> None:
    who = identity(0)
    commit(ctx, openid(0), (pid_of(ctx, who), declare(who, account_tag(openid(0)), community=BRIDGE)))
    settle_lane(ctx, 0)
    id = handed_in(ctx, workbook(tmp_path, 1))
    assert tried(ctx, id).counts == {"rows": 1, "elsewhere": 1, "faults": 1}
    taken_in(ctx, id)
    assert ctx.people.read([pid_of(ctx, who)])[pid_of(ctx, who)].community == BRIDGE


def test_somebody_elses_table_and_what_is_none_are_refused(ctx: Context, tmp_path: Path) -> None:
    id = handed_in(ctx, workbook(tmp_path, 1))
    with pytest.raises(Refused, match="file_gone"):
        tables.read(ctx, ZHAO, id)
    with pytest.raises(Refused, match="columns"):
        tables.say_columns(ctx, LI, id, 2, {"姓名": 1})
    with pytest.raises(Refused, match="scope"):
        tables.hand_in(ctx, LI, "t.csv", BRIDGE, [b"a,b\n"])
    with pytest.raises(BadList):
        tables.hand_in(ctx, LI, "t.xlsx", PHOENIX, [b"PK\x03\x04 broken"])
