"""Officers, residents and a house with a standing clock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import redis

from domain.roles import Grant, Role, Staff
from domain.scopes import Everywhere
from store.changes import Act
from store.keys import account_tag
from tests.stage import commit, declare, identity, openid, pid_of, stage
from worker.context import Context
from worker.jobs import settle_lane

ZHAO = Staff("zhao.min", "赵敏", "自治区疾控中心", (Grant(Role.EPIDEMIC_OFFICER, Everywhere()),))
LI = Staff("li.qiang", "李强", "银川市疾控中心", (Grant(Role.EPIDEMIC_OFFICER, Everywhere()),))
CHEN = Staff("chen.gang", "陈刚", "火车站卡口", (Grant(Role.CHECKPOINT_STAFF, Everywhere()),))
UPSTREAM = Staff("upstream", "上级接口", "自治区指挥部", (Grant(Role.UPSTREAM, Everywhere()),))
HEADING = "证件号码,姓名,病例类型,起始日期,来源,证据编号\n"


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    made = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    for staff in (ZHAO, LI, CHEN, UPSTREAM):
        made.staff.add(staff, Act("test", "add staff"))
    return made


def declare_some(ctx: Context, numbers: Sequence[int]) -> None:
    """These residents are green."""
    for number in numbers:
        who = identity(number)
        commit(ctx, openid(number), (pid_of(ctx, who), declare(who, account_tag(openid(number)))))
    settle_lane(ctx, 0)


def row(number: int, evidence: str = "NX-1", since: str = "2020-03-02", case: str = "确诊", name: str = "") -> str:
    return f"{identity(number).document.number},{name},{case},{since},银川市疾控中心,{evidence}\n"


def csv_file(tmp_path: Path, *rows: str, name: str = "名单.csv") -> Path:
    path = tmp_path / name
    path.write_text(HEADING + "".join(rows), "utf-8")
    return path
