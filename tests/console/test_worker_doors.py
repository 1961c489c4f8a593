"""Who may see and do what at the pages of community workers: scopes, searches, and an auditor who changes nothing."""

from __future__ import annotations

from store.keys import pid_text
from tests.console.conftest import Desk, text_of
from tests.console.town import Town
from tests.stage import BRIDGE, PHOENIX, identity
from worker.residents.finding import SEARCHES


def test_it_shows_nobody_of_another_area_and_the_try_is_an_act(desk: Desk) -> None:
    town = Town(desk)
    pid, version = town.resident(1), 0
    version = town.person(pid).version
    for staff, path in (
        ("ma.li", town.page(pid)),
        ("bai.xue", town.page(pid)),
        ("sun.yu", "/console/wards/hospital-4"),
    ):
        assert desk.signed_in(staff).get(path).status_code == 403
    ma = desk.signed_in("ma.li")
    forms = {
        f"{town.page(pid)}/reveal": {"reason": "看看"},
        f"{town.page(pid)}/orders/report": {"temperature": "36.5", "reason": "代报"},
        "/console/calls/telephone": {"who": pid_text(pid)},
        "/console/calls/outcome": {"who": pid_text(pid), "outcome": "moved"},
        "/console/today/remind": {"who": pid_text(pid), "ticked": "1"},
        "/console/today/report": {"who": pid_text(pid), "temperature": "36.5"},
        f"/console/cards/{pid_text(pid)}/again": {"reason": "补发"},
        f"/console/cards/{pid_text(pid)}/print": {},
    }
    for path, data in forms.items():
        assert ma.post(path, data).status_code == 403, path
    assert town.person(pid).version == version
    acts = [act[2] for _, act in desk.ctx.audit.acts(pid[0]) if act[0] == pid]
    assert "open person refused" in acts
    assert "reveal refused" in acts


def test_it_finds_by_document_telephone_and_name_only_where_one_works(desk: Desk) -> None:
    town = Town(desk)
    town.resident(1, name="王小芳")
    town.resident(2, community=BRIDGE)
    li = desk.signed_in("li.qiang")
    for text in (identity(1).document.number, identity(1).phone, "王小芳"):
        found = li.post("/console/residents/search", {"text": text})
        assert "找到 1 人" in text_of(found)
        assert identity(1).document.number not in found.text
    for text in (identity(2).document.number, identity(2).phone, identity(2).name, "王"):
        assert "找到 0 人" in text_of(li.post("/console/residents/search", {"text": text}))
    acts = [act[4] for _, act in desk.ctx.audit.acts(256) if act[2] == "search"]
    assert acts[:3] == ["by document: 1", "by name or telephone: 1", "by name or telephone: 1"]


def test_it_lets_nobody_search_without_end(desk: Desk) -> None:
    li = desk.signed_in("li.qiang")
    answers = [li.post("/console/residents/search", {"text": "王小芳"}) for _ in range(SEARCHES.most + 1)]
    assert "查找太频繁" not in text_of(answers[-2])
    assert "查找太频繁" in text_of(answers[-1])
    desk.pass_time(hours=1, seconds=1)
    later = desk.signed_in("li.qiang").post("/console/residents/search", {"text": "王小芳"})
    assert "查找太频繁" not in text_of(later)


def test_an_auditor_reads_and_changes_nothing(desk: Desk) -> None:
    town = Town(desk)
    pid = town.resident(1)
    before = town.person(pid)
    qin = desk.signed_in("qin.an")
    assert "没有报" in text_of(qin.get(f"/console/today?place={PHOENIX}"))
    assert "显示完整身份" not in text_of(qin.get(town.page(pid)))
    assert qin.post(f"{town.page(pid)}/reveal", {"reason": "审计"}).status_code == 403
    assert town.person(pid) == before


def test_a_page_that_is_opened_again_is_one_look_a_day_and_every_time_an_act(desk: Desk) -> None:
    town = Town(desk)
    pid, li = town.resident(1), desk.signed_in("li.qiang")
    for _ in range(3):
        assert li.get(town.page(pid)).status_code == 200
    assert len(town.person(pid).looks) == 1
    acts = [act[2] for _, act in desk.ctx.audit.acts(pid[0]) if act[0] == pid]
    assert acts.count("open person") == 3


def test_it_says_what_is_wrong_with_a_form(desk: Desk) -> None:
    town = Town(desk)
    pid, li = town.resident(1), desk.signed_in("li.qiang")
    wrong = {
        f"{town.page(pid)}/orders/report": ({"temperature": "热", "reason": "代报"}, "体温应如 36.5"),
        f"{town.page(pid)}/orders/attest": ({"day": "昨天", "reason": "正常"}, "填写有误"),
        f"{town.page(pid)}/orders/isolate": ({"from": "2020-01-01", "reason": ""}, "须写明理由"),
        "/console/today/remind": ({"ticked": "1"}, "没有选人"),
        "/console/calls/outcome": ({"who": pid_text(pid), "outcome": "answered"}, "名单上没有此人"),
        "/console/cards/lost": ({"number": "1234567890", "reason": "丢失"}, "卡号有误"),
    }
    for path, (data, words) in wrong.items():
        answer = li.post(path, data, follow_redirects=True)
        assert words in text_of(answer), path
    holder = {"name": "王秀兰", "kind": "10", "number": "64010619900304001X", "place": PHOENIX, "reason": "办"}
    refused = li.post("/console/cards/issue", holder)
    assert refused.status_code == 400
    assert "姓名、证件号码或电话有误" in text_of(refused)
    assert li.get("/console/residents/nobody").status_code == 403


def test_a_resident_s_page_says_what_became_of_letters(desk: Desk) -> None:
    resident, li = desk.house.resident(1), desk.signed_in("li.qiang")
    page = f"/console/residents/{pid_text(resident.pid)}"
    desk.house.post(resident.letter("no_code", kind="reminder"))
    desk.house.deliver()
    assert "✓ 客服消息" in text_of(li.get(page))
    resident.lets_windows_close()
    desk.house.post(resident.letter("told_confirmed", ref="r2"))
    desk.house.deliver()
    desk.house.post(resident.letter("no_code", ref="r3", kind="reminder"))
    desk.house.deliver()
    told = text_of(desk.signed_in("li.qiang").get(page))
    assert "身份核实已有结果" in told
    assert "✓ 模板消息" in told
    assert "✗ 客服消息：不在可回复的时间内；订阅通知：没有同意接收" in told
    assert "在电话名单上：每日打卡提醒" in told
