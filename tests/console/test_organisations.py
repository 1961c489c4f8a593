"""An employer, a school, a park: joined by a QR and a consent in the chat; its officer sees three things."""

from __future__ import annotations

import re

import pytest

from domain.appointing import granted
from domain.roles import Grant, Role
from domain.scopes import Organisation
from store.changes import Act
from tests.console.conftest import Browser, Desk, text_of
from tests.console.test_signing import qr_of
from tests.reach.conftest import Resident


@pytest.fixture
def officer(desk: Desk) -> Browser:
    """Of a school that an administrator registered."""
    given = {"id": "school-2", "name": "银川市第二中学", "kind": "school"}
    made = desk.signed_in("zhao.min").post("/console/organisations/add", given)
    assert made.location == "/console/organisations/school-2"
    desk.appoint("gao.yan", "高燕", "银川市第二中学", Role.ORGANISATION_OFFICER, Organisation("school-2"))
    return desk.signed_in("gao.yan")


def heard(desk: Desk, resident: Resident) -> str:
    desk.house.settle()
    desk.house.deliver()
    return str(resident.screen()[-1].get("text", ""))


def says(desk: Desk, resident: Resident, text: str) -> str:
    desk.pass_time(seconds=2)
    resident.says(text)
    return heard(desk, resident)


def joins(desk: Desk, officer: Browser, number: int) -> tuple[Resident, str]:
    """A resident scans the school's QR; what the chat tells."""
    resident = desk.house.resident(number)
    desk.pass_time(seconds=2)
    resident.says("同意")
    resident.act("scan", data=qr_of(officer.get("/console/organisations/school-2")))
    return resident, heard(desk, resident)


def test_nobody_is_a_member_before_they_agree_and_nobody_after_they_leave(desk: Desk, officer: Browser) -> None:
    resident, told = joins(desk, officer, 1)
    assert "银川市第二中学" in told
    assert "体温" in told
    name = resident.who.name
    assert name not in text_of(officer.get("/console/organisations/school-2"))
    assert "已加入" in says(desk, resident, "确认加入 1")
    assert name in text_of(officer.get("/console/organisations/school-2"))
    assert "退出单位 1：银川市第二中学" in says(desk, resident, "我的单位")
    assert "已退出" in says(desk, resident, "退出单位 1")
    assert name not in text_of(officer.get("/console/organisations/school-2"))
    assert "还没有加入" in says(desk, resident, "我的单位")


def test_the_officer_sees_who_is_missing_and_the_colour_and_nothing_else(desk: Desk, officer: Browser) -> None:
    reported, _ = joins(desk, officer, 1)
    says(desk, reported, "确认加入")
    for answer in ("打卡", "36.5", "否", "否", "没有"):
        says(desk, reported, answer)
    silent, _ = joins(desk, officer, 2)
    says(desk, silent, "确认加入")
    page = officer.get("/console/organisations/school-2").text
    shown = text_of(officer.get("/console/organisations/school-2"))
    assert "1 人今天没有报，共 2 人" in shown
    for resident in (reported, silent):
        assert resident.who.document.number not in page
        assert resident.who.phone not in page
    assert "36.5" not in page
    for other, shown_name in (("zhao.min", "还没有"), ("qin.an", "*")):
        seen = desk.signed_in(other).get("/console/organisations/school-2").text
        assert not any(resident.who.name in seen for resident in (reported, silent))
        assert (shown_name in seen) == (other == "qin.an")
    assert "see members" in [act[2] for _, act in desk.ctx.audit.acts(256)]


def test_it_reminds_the_missing_alone_and_once(desk: Desk, officer: Browser) -> None:
    resident, _ = joins(desk, officer, 1)
    says(desk, resident, "确认加入")
    desk.pass_time(days=1)
    officer = desk.signed_in("gao.yan")
    first = officer.post("/console/organisations/school-2/remind")
    again = officer.post("/console/organisations/school-2/remind")
    assert [re.findall(r"reminded=(\d+)", each.location) for each in (first, again)] == [["1"], ["0"]]


def test_an_officer_of_another_school_sees_nothing_of_this_one(desk: Desk, officer: Browser) -> None:
    desk.ctx.staff.change(
        "ma.li", lambda who: granted(who, Grant(Role.ORGANISATION_OFFICER, Organisation("works-1"))), Act("t", "grant")
    )
    other = desk.signed_in("ma.li")
    assert other.get("/console/organisations/school-2").status_code == 403
    assert other.post("/console/organisations/school-2/remind").status_code == 403
    assert officer.get("/console/organisations/school-2/poster").data.startswith(b"%PDF")
    assert "第二中学" not in text_of(other.get("/console/organisations"))


def test_whoever_was_erased_is_no_member_any_more(desk: Desk, officer: Browser) -> None:
    resident, _ = joins(desk, officer, 1)
    says(desk, resident, "确认加入")
    says(desk, resident, "删除")
    says(desk, resident, "确认删除")
    assert resident.who.name not in text_of(officer.get("/console/organisations/school-2"))
    assert desk.ctx.organisations.members("school-2") == []
