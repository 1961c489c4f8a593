"""任务 and 完成: by deadline, at the county when it has passed, closed by whoever may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.facts import By, Declaration
from domain.people import Document, DocumentKind, Identity, Level, resident_id
from flows.effects import AddCare
from store.keys import account_tag
from tests.desk.office import Office
from tests.stage import PHOENIX, commit, declare, identity, openid, pid_of
from worker.clockwork.overdue import escalate_tasks
from worker.jobs import settle_lane


def test_the_county_gets_what_was_not_done_in_time_and_closes_it_for_both(office: Office) -> None:
    pid = office.resident(1, "38.0", days_ago=0)
    li, sun = office.bound("li.qiang"), office.bound("sun.yu")
    assert "11:00前" in li.ask("任务")
    assert "没有待办" in sun.ask("任务")
    office.wait(hours=2, minutes=1)
    assert escalate_tasks(office.ctx) == 1
    assert "已超时，已转县区" in li.ask("任务")
    assert "王*1 中强巷社区" in sun.ask("任务")
    assert "已办结" in sun.ask("完成 1 已核实，送发热门诊")
    assert "已经办结" in li.ask("完成 1 上门了")
    assert "没有待办" in li.ask("任务")
    assert office.person(pid).version
    assert office.acts().count("close task abnormal") == 1


def test_what_settles_it_closes_it(office: Office) -> None:
    office.resident(1, "38.0", days_ago=0)
    li = office.bound("li.qiang")
    fever = office.facts(1)[-1]
    assert "体温或症状异常" in li.ask("任务")
    office.order("review", "li.qiang", 1, of=fever, temperature="36.5")
    assert "没有待办" in li.ask("任务")


def test_a_task_is_done_by_whoever_works_there_with_a_reason(office: Office) -> None:
    office.resident(1, "38.0", days_ago=0)
    li, wu = office.bound("li.qiang"), office.bound("wu.gang")
    assert "没有待办" in wu.ask("任务")
    assert "请先发“任务”" in li.ask("完成 1 上门了")
    li.ask("任务")
    assert "怎么办的" in li.say("完成 1")[0]
    assert "编号只到 1" in li.ask("完成 2 上门了")
    office.order("grid", "li.qiang", 1, cell=3)
    assert "3网格" in wu.ask("任务")
    office.order("grid", "li.qiang", 1, cell=9)
    assert "不在您的负责范围内" in wu.ask("完成 1 上门了")


def test_a_child_s_carer_gets_the_code_once_the_worker_has_seen_the_document(office: Office) -> None:
    office.resident(1, "36.5", days_ago=0)
    mother, li = office.phone("王芳"), office.bound("li.qiang")
    child = replace(identity(9), name="王乐", phone="")
    fact = Declaration(id="c-1", at=office.ctx.clock.now(), by=By.CARER, temperature=Decimal("36.5"))
    care = AddCare(
        identity=child, relation="乐乐", at=fact.at, asker="王*", community=PHOENIX, address="幸福路1号", fact=fact
    )
    commit(office.ctx, mother.openid, (pid_of(office.ctx, child), care))
    office.drain()
    assert "王* 中强巷社区" in li.ask("任务")
    assert "身份已确认" in li.ask("完成 1 看过户口本")
    assert "没有待办" in li.ask("任务")
    assert office.person(pid_of(office.ctx, child)).level is Level.CONFIRMED


def test_a_document_of_an_abolished_birthplace_is_marked_where_it_is_to_be_looked_at(office: Office) -> None:
    who = Identity("马兰", Document(DocumentKind.RESIDENT_ID, resident_id("640102", date(1960, 5, 1), 7)), "")
    unproved = replace(declare(who, account_tag(openid(7))), level=Level.UNVERIFIED)
    commit(office.ctx, openid(7), (pid_of(office.ctx, who), unproved))
    settle_lane(office.ctx, 0)
    assert "身份待核实 马*" in (listed := office.bound("li.qiang").ask("任务"))
    assert "出生地不明：证件前六位不是现行县区，请看原件" in listed
