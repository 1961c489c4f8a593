"""People on a community's roster who never declared: there as such, without a colour, until they speak themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from domain.appointing import granted, new_staff
from domain.people import Level
from domain.roles import Grant, Role
from domain.scopes import Communities
from domain.verdict import Colour
from settings import PROJECT
from store.changes import Act
from store.keys import account_tag
from tests.stage import BRIDGE, PHOENIX, commit, declare, environment, identity, openid, pid_of, stage
from worker.context import Context
from worker.jobs import settle_lane


@dataclass
class Desk:
    """李强 at a shell."""

    ctx: Context
    folder: Path

    def type(self, *words: str, code: int = 0) -> str:
        environ = environment(self.ctx.settings.redis_url, self.folder, SETTLE_LANES="1", PATH=os.environ["PATH"])
        command = [sys.executable, "-m", "worker", "roster", *words, "--as", "li.qiang"]
        done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def table(self, *rows: str) -> str:
        path = self.folder / "people.csv"
        path.write_text("姓名,身份证号,社区代码,联系电话,地址\n" + "\n".join(rows), encoding="utf-8-sig")
        return str(path)


@pytest.fixture
def desk(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Desk:
    ctx = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    act, grant = Act("zhao.min", "staff add"), Grant(Role.COMMUNITY_WORKER, Communities(PHOENIX))
    ctx.staff.add(new_staff("li.qiang", "李强", "凤凰社区"), act)
    ctx.staff.change("li.qiang", lambda who: granted(who, grant), act)
    return Desk(ctx, tmp_path)


def row(number: int, community: str = PHOENIX) -> str:
    who = identity(number)
    return f"{who.name},{who.document.number},{community},{who.phone},幸福路 {number} 号"


def test_the_quiet_are_on_the_roster_without_a_colour_and_the_same_table_changes_nothing(desk: Desk) -> None:
    table = desk.table(row(1), row(2), row(3))
    assert "3 人，其中新登记或有变动 3 人" in desk.type("import", table)
    assert "3 人，其中新登记或有变动 0 人" in desk.type("import", table)
    settle_lane(desk.ctx, 0)
    cells = dict(desk.ctx.rosters.read(PHOENIX))
    assert {cell.colour for cell in cells.values() if cell.present} == {Colour.NONE}
    told = desk.type("quiet", PHOENIX)
    assert "3 人从未申报" in told
    assert "幸福路 2 号" in told
    assert identity(2).document.number not in told


def test_whoever_declares_is_quiet_no_more_and_speaks_for_themselves(desk: Desk) -> None:
    desk.type("import", desk.table(row(1), row(2)))
    who, pid = openid(1), pid_of(desk.ctx, identity(1))
    commit(desk.ctx, who, (pid, declare(identity(1), account_tag(who))))
    settle_lane(desk.ctx, 0)
    assert "1 人从未申报" in desk.type("quiet", PHOENIX)
    other = row(1).replace(identity(1).name, "王芬").replace("幸福路", "解放街")
    assert "0 人" in desk.type("import", desk.table(other)).partition("其中")[2]
    person = desk.ctx.people.read([pid])[pid]
    assert (person.identity, person.account, person.level) == (identity(1), who, Level.PHONE)


def test_a_worker_enrols_where_they_work_and_one_bad_row_stops_all(desk: Desk) -> None:
    assert "不在您的负责范围内" in desk.type("import", desk.table(row(1), row(2, BRIDGE)), code=1)
    assert "第 3 行 证件号码" in desk.type("import", desk.table(row(1), row(2).replace(",6", ",7", 1)), code=1)
    pid = pid_of(desk.ctx, identity(1))
    assert desk.ctx.people.read([pid])[pid].version == 0
