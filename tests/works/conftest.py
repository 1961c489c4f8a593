"""Officers, a community of residents, and a house with a standing clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from domain.roles import Grant, Role, Staff
from domain.scopes import Communities, Everywhere
from store.changes import Act
from store.keys import account_tag
from tests.stage import PHOENIX, commit, declare, identity, openid, pid_of, stage
from worker.context import Context
from worker.jobs import settle_lane

ZHAO = Staff("zhao.min", "赵敏", "自治区疾控中心", (Grant(Role.EPIDEMIC_OFFICER, Everywhere()),))
LI = Staff("li.qiang", "李强", "中强巷社区", (Grant(Role.COMMUNITY_WORKER, Communities(PHOENIX)),))
PEOPLE = 5


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    made = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    for staff in (ZHAO, LI):
        made.staff.add(staff, Act("test", "add staff"))
    return made


def declare_all(ctx: Context, people: int = PEOPLE) -> None:
    """Residents of one community, green today."""
    for number in range(people):
        who = identity(number)
        commit(ctx, openid(number), (pid_of(ctx, who), declare(who, account_tag(openid(number)))))
    settle_lane(ctx, 0)


@contextmanager
def seized(*_: object) -> Iterator[object]:
    """A lease whose holder died is free again after seconds, which a drill does not wait for."""
    from threading import Event
    from types import SimpleNamespace

    yield SimpleNamespace(lost=Event())
