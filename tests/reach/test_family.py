"""What a carer's telephone gets about the family: one reminder a day that names exactly who is missing; codes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from domain.facts import By, Declaration, Report
from domain.people import Identity
from flows.core import Say
from flows.effects import AddCare, EndCare, Record, WantCodes
from store.keys import account_tag, shard_of
from tests.reach.conftest import House, Resident
from tests.stage import PHOENIX, commit, identity, pid_of
from worker.clockwork.warn import look_at

CALLED = ("妈妈", "乐乐")


def with_family(house: House) -> tuple[Resident, dict[str, Identity]]:
    """A resident who declared long ago, and two relatives without a telephone who were added then."""
    resident = house.resident()
    people = {name: replace(identity(20 + n), phone="") for n, name in enumerate(CALLED)}
    for name, who in people.items():
        fact = Declaration(id=f"{name}-0", at=house.ctx.clock.now(), by=By.CARER, temperature=Decimal("36.6"))
        house.platform.world.clock.advance(1)
        effect = AddCare(
            identity=who,
            relation=name,
            at=house.ctx.clock.now(),
            asker="王*",
            community=PHOENIX,
            address="幸福路 1 号",
            fact=fact,
        )
        commit(house.ctx, resident.openid, (pid_of(house.ctx, who), effect))
    house.settle()
    house.ctx.redis.delete(house.ctx.keys.post(shard_of(resident.openid)))
    return resident, people


def the_next_noon(house: House) -> None:
    house.platform.world.clock.advance(24 * 3600)


def reports(house: House, resident: Resident, pid: bytes, name: str) -> None:
    fact = Report(
        id=f"{account_tag(resident.openid)}-{name}",
        at=house.ctx.clock.now(),
        by=By.CARER if name else By.SELF,
        temperature=Decimal("36.5"),
    )
    commit(house.ctx, resident.openid, (pid, Record(pid=pid, fact=fact)))
    house.settle()


def reminded(house: House, resident: Resident, pids: list[bytes]) -> list[str]:
    """What comes when all of them are looked at, by an order of the staff."""
    before = len(resident.screen())
    look_at(house.ctx, pids, by_order=True)
    house.deliver()
    return [line["text"] for line in resident.screen()[before:]]


def test_one_reminder_a_day_names_exactly_who_is_missing(house: House) -> None:
    resident, people = with_family(house)
    mother, child = (pid_of(house.ctx, people[name]) for name in CALLED)
    everybody = [resident.pid, mother, child]
    the_next_noon(house)
    resident.says("帮助")
    (text,) = reminded(house, resident, everybody)
    assert "今天还没有打卡的：您、妈妈、乐乐。" in text
    assert reminded(house, resident, everybody) == []
    the_next_noon(house)
    reports(house, resident, mother, "a")
    resident.says("帮助")
    (text,) = reminded(house, resident, everybody)
    assert "今天还没有打卡的：您、乐乐。" in text
    the_next_noon(house)
    for pid, name in zip(everybody, "bcd", strict=True):
        reports(house, resident, pid, name)
    resident.says("帮助")
    assert reminded(house, resident, everybody) == []


def test_whoever_is_no_carer_any_more_is_reminded_of_nobody(house: House) -> None:
    resident, people = with_family(house)
    mother = pid_of(house.ctx, people["妈妈"])
    the_next_noon(house)
    reports(house, resident, resident.pid, "")
    look_at(house.ctx, [mother], by_order=True)
    commit(
        house.ctx,
        resident.openid,
        *((pid_of(house.ctx, who), EndCare(pid=pid_of(house.ctx, who))) for who in people.values()),
    )
    house.settle()
    resident.says("帮助")
    before = len(resident.screen())
    house.deliver()
    assert resident.screen()[before:] == []


def test_the_codes_of_a_family_are_one_picture_that_is_uploaded_once(house: House) -> None:
    resident, people = with_family(house)
    resident.says("帮助")
    wants = WantCodes(pids=(resident.pid, *(pid_of(house.ctx, who) for who in people.values())))
    for _ in range(2):
        before = len(resident.screen())
        commit(house.ctx, resident.openid, (b"", wants))
        house.settle()
        house.deliver()
        assert [line["type"] for line in resident.screen()[before:]] == ["image"]
    assert house.counted("/cgi-bin/media/upload") == 1


def test_what_is_said_of_a_relative_names_them(house: House) -> None:
    resident, people = with_family(house)
    resident.says("帮助")
    before = len(resident.screen())
    pid = pid_of(house.ctx, people["妈妈"])
    house.post(replace(resident.letter("told_confirmed"), pid=pid, says=(Say("told_confirmed", {}, "妈妈"),)))
    house.deliver()
    assert "已经确认妈妈的身份" in resident.screen()[before:][0]["text"]
