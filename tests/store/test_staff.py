"""The staff on a real server: the first one appoints the others, changes are kept with their acts, names are sealed."""

from __future__ import annotations

from typing import Any, cast

import pytest
import redis

from domain.appointing import granted, new_staff, revoked
from domain.roles import Grant, Refused, Role
from domain.scopes import Communities
from store.changes import Act
from store.keys import Keys
from store.sealing import Vault
from store.staff import StaffRegistry

KEYS = Keys()
ZHAO = new_staff("zhao.min", "赵敏", "自治区指挥部")
LI = new_staff("li.qiang", "李强", "凤凰社区")
OF_PHOENIX = Grant(Role.COMMUNITY_WORKER, Communities("640106001001"))


@pytest.fixture
def registry(redis_client: redis.Redis) -> StaffRegistry:
    return StaffRegistry(redis_client, KEYS, Vault([b"k" * 32]))


def test_only_the_first_one_needs_nobody_to_appoint_them(registry: StaffRegistry) -> None:
    assert registry.found(ZHAO).grants[0].role is Role.SYSTEM_ADMIN
    with pytest.raises(Refused, match="founded"):
        registry.found(LI)
    registry.add(LI, Act("zhao.min", "add staff"))
    with pytest.raises(Refused, match="staff_exists"):
        registry.add(LI, Act("zhao.min", "add staff"))
    assert [each.id for each in registry.all()] == ["li.qiang", "zhao.min"]


def test_whoever_has_no_grant_is_nobody(registry: StaffRegistry) -> None:
    registry.add(LI, Act("zhao.min", "add staff"))
    with pytest.raises(Refused, match="unknown_staff"):
        registry.read("li.qiang")
    registry.change("li.qiang", lambda staff: granted(staff, OF_PHOENIX), Act("zhao.min", "grant"))
    assert registry.read("li.qiang") == granted(LI, OF_PHOENIX)
    registry.change("li.qiang", lambda staff: revoked(staff, Role.COMMUNITY_WORKER), Act("zhao.min", "revoke"))
    with pytest.raises(Refused, match="unknown_staff"):
        registry.read("li.qiang")


def test_every_change_is_an_act_and_no_private_name_stands_in_clear(
    registry: StaffRegistry, redis_client: redis.Redis
) -> None:
    registry.found(ZHAO)
    registry.add(LI, Act("zhao.min", "add staff", reason="新任网格员"))
    acts = cast("list[Any]", redis_client.xrange(KEYS.world_audit()))
    cells = b"".join(cast("dict[bytes, bytes]", redis_client.hgetall(KEYS.staff())).values())
    assert len(acts) == 2
    assert "新任网格员".encode() in acts[1][1][b"a"]
    assert "李强".encode() not in cells
