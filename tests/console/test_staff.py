"""The staff page, deputies and hand-overs; the audit; the orders about what is true for everybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from domain.facts import day_of
from domain.roles import Action, Role, may
from domain.scopes import Communities, Target
from tests.console.conftest import Browser, Desk, text_of
from tests.console.test_signing import Phone
from tests.stage import PHOENIX, identity


@pytest.fixture
def chief(desk: Desk) -> Browser:
    """An administrator."""
    return desk.signed_in("zhao.min")


def test_somebody_new_is_added_granted_and_invited_and_binds_in_the_chat(desk: Desk, chief: Browser) -> None:
    given = {"id": "gao.yan", "name": "高燕", "organisation": "凤凰社区"}
    page = chief.post("/console/staff/add", given)
    assert page.location == "/console/staff/gao.yan?done=added"
    chief.post("/console/staff/gao.yan/grant", {"role": "community_worker", "scope": f"{PHOENIX}/3,4"})
    shown = text_of(chief.get("/console/staff/gao.yan"))
    assert "社区工作人员" in shown
    assert "第3、4网格" in shown
    code = re.search(r"绑定 ([A-Z0-9]{5}-[A-Z0-9]{5})", chief.post("/console/staff/gao.yan/invite").text)
    assert code
    assert code[1] not in chief.get("/console/staff/gao.yan").text
    phone = desk.house.platform.person()
    desk.house.platform.act(phone, "text", content=f"绑定 {code[1]}")
    desk.house.settle()
    desk.house.deliver()
    assert desk.ctx.staff.read("gao.yan").account == phone["openid"]


@pytest.mark.parametrize(
    ("path", "given", "why"),
    [
        ("add", {"id": "li.qiang", "name": "李强", "organisation": "某单位"}, "已有这位"),
        ("add", {"id": "L", "name": "李", "organisation": "某单位"}, "编号"),
        ("li.qiang/grant", {"role": "emperor", "scope": "everywhere"}, "不能授予"),
        ("li.qiang/grant", {"role": "community_worker", "scope": "everywhere"}, "不能授予"),
        ("li.qiang/unbind", {}, "没有绑定"),
        ("nobody/grant", {"role": "auditor", "scope": "everywhere"}, "没有这位"),
    ],
)
def test_what_cannot_be_done_is_told(desk: Desk, chief: Browser, path: str, given: dict[str, str], why: str) -> None:
    answer = chief.post(f"/console/staff/{path}", given)
    assert answer.status_code == 403
    assert why in text_of(answer)


def test_a_deputy_has_the_same_scope_between_two_days_and_no_longer(desk: Desk) -> None:
    today = day_of(desk.ctx.clock.now())
    worker, days = desk.signed_in("li.qiang"), [today + timedelta(days=n) for n in (1, 2)]
    given = {"deputy": "ma.li", "since": str(days[0]), "until": str(days[1])}
    assert worker.post("/console/me/deputy", given).status_code == 303
    seen = []
    for _ in range(4):
        seen.append("金凤区" in text_of(desk.signed_in("ma.li").get("/console/me")))
        desk.pass_time(days=1)
    assert seen == [False, True, True, False]
    assert "超过" in text_of(desk.signed_in("li.qiang").post("/console/me/deputy", given))


def test_a_deputy_acts_in_the_chat_as_well_and_loses_it_with_whoever_they_act_for(desk: Desk, chief: Browser) -> None:
    today = str(day_of(desk.ctx.clock.now()))
    desk.appoint("gao.yan", "高燕", "凤凰社区", Role.CHECKPOINT_STAFF, Communities("640106"))
    phone = Phone(desk, "gao.yan")
    assert "正在办理" not in phone.says("名单")
    chief.post("/console/staff/li.qiang/deputy", {"deputy": "gao.yan", "since": today, "until": today})
    desk.pass_time(seconds=2)
    assert "您负责的范围" in phone.says("名单")
    chief.post("/console/staff/li.qiang/revoke", {"role": "community_worker"})
    assert desk.ctx.staff.read("gao.yan").deputy_for == ()


def test_a_hand_over_moves_the_communities_and_with_them_the_open_work(desk: Desk, chief: Browser) -> None:
    before = desk.signed_in("li.qiang")
    assert chief.post("/console/staff/li.qiang/hand-over", {"to": "ma.li"}).status_code == 303
    here = Target(PHOENIX)
    assert may(desk.ctx.staff.read("ma.li"), Action.REMIND, here)
    assert may(desk.ctx.staff.read("ma.li"), Action.REMIND, Target("640202001001"))
    assert before.get("/console/me").status_code == 303
    assert "没有可以" in text_of(chief.post("/console/staff/sun.yu/hand-over", {"to": "ma.li"}))


# --- the audit --------------------------------------------------------------------------------------------------------


def test_an_auditor_reads_who_did_what_and_finds_a_person_without_a_number_in_an_address(desk: Desk) -> None:
    desk.signed_in("zhao.min").post("/console/staff/li.qiang/password")
    auditor = desk.signed_in("qin.an")
    page = auditor.get("/console/audit?staff=zhao.min")
    assert "staff password" in page.text
    assert "find reference" not in page.text
    number = identity(1).document.number
    found = auditor.post("/console/audit/person", {"number": number})
    assert found.status_code == 303
    assert number not in found.location
    assert auditor.get(found.location).status_code == 200
    assert auditor.get("/console/audit?person=" + number).status_code == 403
    assert "find reference" in auditor.get("/console/audit?staff=qin.an").text
    assert "没有任何改动" in text_of(auditor.post("/console/audit/verify"))
    assert desk.signed_in("zhao.min").get("/console/audit").status_code == 403


def test_an_auditor_reads_every_page_and_changes_nothing(desk: Desk) -> None:
    auditor = desk.signed_in("qin.an")
    for path in ("/console/staff", "/console/staff/li.qiang", "/console/organisations", "/console/house"):
        page = auditor.get(path)
        assert page.status_code == 200
        forms = re.findall(r'<form method="post" action="([^"]+)"', page.text)
        assert set(forms) <= {"/console/language", "/console/sign-out"}, path
    assert auditor.post("/console/staff/li.qiang/revoke").status_code == 403


# --- what is true for everybody ---------------------------------------------------------------------------------------


def test_orders_about_the_world_are_those_of_the_commands(desk: Desk) -> None:
    officer, today = desk.signed_in("he.jing"), day_of(desk.ctx.clock.now())
    officer.post("/console/house/outage", {"day": str(today), "reason": "机房停电"})
    officer.post("/console/house/risk-area", {"name": "湖北省武汉市", "since": str(today), "reason": "公告"})
    end = {"day": str(today + timedelta(days=30)), "reason": "通知"}
    assert officer.post("/console/house/end", end | {"again": str(today)}).status_code == 403
    assert desk.ctx.worlds.read().ends_on is None
    assert officer.post("/console/house/end", end | {"again": end["day"]}).status_code == 303
    world = desk.ctx.worlds.read()
    assert (world.outages, [each.name for each in world.risk_areas]) == (frozenset({today}), ["湖北省武汉市"])
    assert str(world.ends_on) == end["day"]
    assert "理由" in text_of(officer.post("/console/house/outage", {"day": str(today), "reason": ""}))


def test_a_secret_is_never_shown(desk: Desk) -> None:
    page = desk.signed_in("zhao.min").get("/console/house").text
    settings = desk.ctx.settings
    for secret in (settings.wechat_app_secret, settings.wechat_aes_key, settings.redis_url, settings.wechat_token):
        assert secret not in page
    assert settings.wechat_app_id in page
    assert "SECRET_KEY" in page
