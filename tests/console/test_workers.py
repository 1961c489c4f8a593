"""Community workers, officers and institutions at their pages, in a real Chromium on a telephone's width."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.facts import By, Report, Withdraw
from domain.roles import Role
from domain.scopes import Everywhere
from domain.verdict import Colour
from store.calls import Call
from tests.console.conftest import Desk, Windows, grave
from tests.console.town import Town
from tests.stage import PHOENIX, identity
from worker.lists.jobs import advance_list

LIST = """\
证件号码,病例类型,起始日期,来源,证据编号
{number},确诊,{day},金凤区疾控中心,E-1
not a number,确诊,{day},金凤区疾控中心,E-2
"""


@pytest.fixture
def town(desk: Desk) -> Town:
    return Town(desk)


def opened(page: Page, title: str, inside: str = "") -> None:
    """Unfold what is folded under this title."""
    page.locator(f"{inside} details > summary".strip(), has_text=re.compile(f"^{title}$")).first.click()


def test_a_worker_reminds_calls_and_reports_for_somebody(desk: Desk, town: Town, windows: Windows) -> None:
    pid, phone = town.resident(1), desk.house.resident(9)
    page = windows.open("/console/", "li.qiang", width=320)
    expect(page).to_have_url(re.compile("/console/today$"))
    page.get_by_role("button", name="提醒这 2 人").click()
    expect(page.get_by_text("已提醒 2 人")).to_be_visible()
    desk.house.deliver()
    assert any("打卡" in str(line) for line in phone.screen())
    page.get_by_role("button", name="提醒这 2 人").click()
    expect(page.get_by_text("已提醒 0 人。今天提醒过 2")).to_be_visible()

    page.get_by_role("link", name=re.compile("待电话联系")).click()
    expect(page.get_by_text("还有 1 人要打")).to_be_visible()
    expect(page.get_by_text(identity(1).phone)).to_have_count(0)
    page.get_by_role("button", name="打电话").click()
    expect(page.get_by_role("link", name=identity(1).phone)).to_have_attribute("href", f"tel:{identity(1).phone}")
    page.get_by_role("button", name="无人接听").click()
    expect(page.locator("td", has_text="第 1 次").locator("strong")).to_have_text("无人接听")
    page.get_by_label("通话结果").select_option("answered")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_text("还有 0 人要打")).to_be_visible()
    expect(page.locator("td", has_text="第 2 次").locator("strong")).to_have_text("已接通")
    assert [look.purpose for look in town.person(pid).looks] == ["电话联系"]

    page.goto(f"{desk.web}/console/today")
    row = page.locator("tr", has=page.locator(f"a[href$='{town.page(pid)}']"))
    row.get_by_text("代报", exact=True).nth(0).click()
    row.get_by_label("体温").fill("36.6")
    row.get_by_role("button", name="代报").click()
    expect(page.get_by_text("已代报")).to_be_visible()
    town.settle()
    page.reload()
    expect(page.locator(f"a[href$='{town.page(pid)}']")).to_have_count(0)
    last = town.person(pid).history.facts[-1]
    assert isinstance(last, Report)
    assert (str(last.temperature), last.by) == ("36.6", By.WORKER)


def test_a_fever_is_shown_before_it_is_reported(town: Town, windows: Windows) -> None:
    pid = town.resident(1)
    page = windows.open("/console/today", "li.qiang", width=320)
    row = page.locator("tr", has=page.locator(f"a[href$='{town.page(pid)}']"))
    row.get_by_text("代报", exact=True).nth(0).click()
    row.get_by_label("体温").fill("39")
    row.get_by_role("button", name="代报").click()
    expect(page.get_by_text("39.0℃")).to_be_visible()
    assert not any(isinstance(fact, Report) for fact in town.person(pid).history.facts)
    page.get_by_role("button", name="没有错，代报").click()
    expect(page.get_by_text("已代报")).to_be_visible()
    assert isinstance(town.person(pid).history.facts[-1], Report)


def test_only_those_who_are_ticked_are_reminded(town: Town, windows: Windows) -> None:
    for number in (1, 2, 3):
        town.resident(number)
    page = windows.open("/console/today", "li.qiang", width=320)
    button = page.get_by_role("button", name="只提醒勾选的")
    expect(button).to_be_disabled()
    page.locator("input[type=checkbox][name=who]").nth(1).press("Space")
    expect(button).to_be_enabled()
    button.press("Enter")
    expect(page.get_by_text("已提醒 1 人")).to_be_visible()


def test_an_officer_sees_what_a_list_would_do_and_another_approves(
    desk: Desk, town: Town, windows: Windows, tmp_path: Path
) -> None:
    pid, file = town.resident(1), tmp_path / "病例.csv"
    file.write_text(LIST.format(number=identity(1).document.number, day=town.today()), "utf-8")
    desk.appoint("ding.yi", "丁一", "自治区疾控中心", Role.EPIDEMIC_OFFICER, Everywhere())
    page = windows.open("/console/lists", "ding.yi", width=320)
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="读取并试算").click()
    expect(page.get_by_text("现在什么也没有改变")).to_be_visible()
    changes = page.locator("tr", has=page.locator("td[data-label=人数]"))
    assert re.sub(r"\s+", " ", changes.inner_text()).strip() == "● 绿 ■ 红 1"
    expect(page.get_by_role("button", name="批准入库")).to_have_count(0)
    assert desk.ctx.moment().judge(town.person(pid)).colour is Colour.GREEN

    other = windows.open(page.url.removeprefix(desk.web).partition("?")[0], "tian.hua", width=320)
    expect(other.get_by_role("heading", name="被拒绝的行")).to_be_visible()
    other.get_by_role("button", name="批准入库").click()
    expect(other.get_by_text("有被拒绝的行")).to_be_visible()
    other.get_by_label("只取无误的行").check()
    other.get_by_role("button", name="批准入库").click()
    expect(other.get_by_text("已批准，正在入库").first).to_be_visible()
    advance_list(desk.ctx, other.url.partition("?")[0].rpartition("/")[2])
    other.reload()
    expect(other.locator("dd", has_text="已入库")).to_be_visible()
    assert desk.ctx.moment().judge(town.person(pid)).colour is Colour.RED


def test_a_ward_is_reported_in_one_table_all_of_it_or_nothing(town: Town, windows: Windows) -> None:
    pids = [town.resident(number) for number in (1, 2, 3)]
    for pid in pids:
        town.case(pid)
        town.admitted(pid)
    page = windows.open("/console/", "bai.xue", width=320)
    expect(page).to_have_url(re.compile("/console/wards/hospital-4"))
    boxes = page.locator("input[name^='t-']")
    boxes.nth(0).fill("36.5")
    boxes.nth(1).fill("365度")
    page.get_by_role("button", name="记下整个病区").click()
    expect(page.get_by_text("整表没有记录")).to_be_visible()
    expect(boxes.nth(0)).to_have_value("36.5")
    assert not any(isinstance(f, Report) for pid in pids for f in town.person(pid).history.facts)
    boxes.nth(1).fill("37.0")
    page.get_by_role("button", name="记下整个病区").click()
    expect(page.get_by_text("新报告 2 条")).to_be_visible()
    expect(page.get_by_text("今天未报 1 人")).to_be_visible()
    reports = [f for pid in pids for f in town.person(pid).history.facts if isinstance(f, Report)]
    assert [(each.by, str(each.temperature)) for each in reports].count((By.INSTITUTION, "37.0")) == 1
    assert len(reports) == 2


def test_an_identity_is_revealed_with_a_reason_that_the_resident_reads(
    desk: Desk, town: Town, windows: Windows
) -> None:
    pid = town.resident(1)
    page = windows.open("/console/residents", "li.qiang", width=320)
    page.get_by_label("证件号码、电话或完整姓名").fill(identity(1).document.number)
    page.get_by_role("button", name="查找").click()
    assert identity(1).document.number not in page.url
    page.get_by_role("link", name="王*1").click()
    assert identity(1).document.number not in page.content()
    assert identity(1).phone not in page.content()
    opened(page, "显示完整身份")
    page.locator("#f-reason-reveal").fill("上门核对")
    page.get_by_role("button", name="显示", exact=True).click()
    expect(page.get_by_text(identity(1).document.number)).to_be_visible()
    assert [look.purpose for look in town.person(pid).looks] == ["工作台查看", "上门核对"]
    acts = [(act[2], act[4]) for _, act in desk.ctx.audit.acts(pid[0]) if act[0] == pid]
    assert ("reveal", "上门核对") in acts


def test_an_appeal_is_decided_with_its_picture_and_the_record_withdrawn_by_two(town: Town, windows: Windows) -> None:
    pid = town.resident(1)
    town.contact(pid)
    number = town.appeal(1, "x1")
    page = windows.open("/console/appeals", "li.qiang", width=320)
    page.get_by_role("link", name=number).click()
    picture = page.get_by_alt_text("本人发来的第 1 张图片")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 320)  # once it is loaded
    page.get_by_label("记录有误，申请撤回").check()
    page.locator("#f-reason-appeal").fill("车票核实无误")
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_text("本人会收到结果和理由")).to_be_visible()
    expect(page.get_by_role("button", name="答复")).to_have_count(0)
    page.get_by_role("link", name="看撤回的进度").click()
    expect(page.get_by_role("button", name="批准撤回")).to_have_count(0)

    officer = windows.open("/console/withdrawals", "sun.yu", width=320)
    officer.get_by_role("button", name="批准撤回").click()
    expect(officer.get_by_text("颜色随后重新算出")).to_be_visible()
    assert any(isinstance(fact, Withdraw) and fact.of == "x1" for fact in town.person(pid).history.facts)


def test_a_card_is_issued_printed_and_reported_lost(town: Town, windows: Windows) -> None:
    page = windows.open("/console/cards", "li.qiang", width=320)
    opened(page, "给一个人办卡")
    page.get_by_label("姓名").fill("王秀兰")
    page.locator("#f-number").fill(identity(7).document.number)
    page.get_by_label("今日体温").fill("36.5")
    page.locator("#f-reason-issue").fill("上门办理")
    page.get_by_role("button", name="办卡", exact=True).click()
    expect(page.get_by_text("已办卡")).to_be_visible()
    opened(page, "打印这张卡")
    with page.expect_download() as printing:
        page.get_by_role("button", name="下载 PDF").click()
    assert Path(printing.value.path()).read_bytes().startswith(b"%PDF")
    opened(page, "挂失")
    page.locator("#f-reason-lost").fill("丢失")
    page.get_by_role("button", name="挂失").click()
    expect(page.get_by_text("已挂失，此卡作废")).to_be_visible()


def test_orders_say_what_is_wrong_and_a_review_clears_a_fever(town: Town, windows: Windows) -> None:
    pid = town.resident(1, temperature="38.0")
    page = windows.open(town.page(pid), "li.qiang", width=320)
    opened(page, "解除居家隔离")
    page.locator("#f-reason-release").fill("期满")
    page.get_by_role("button", name="解除居家隔离").click()
    expect(page.get_by_role("alert")).to_contain_text("没有须隔离的记录")
    opened(page, "复核为正常")
    page.locator("li.abnormal").get_by_label("体温").fill("36.6")
    page.locator("li.abnormal").get_by_label("理由").fill("上门测温正常")
    page.locator("li.abnormal").get_by_role("button", name="复核为正常").click()
    expect(page.get_by_text("已记录")).to_be_visible()
    expect(page.get_by_text("上门测温正常")).to_be_visible()
    expect(page.locator("h1 .colour")).to_contain_text("绿")


def test_every_page_is_read_by_axe_and_fits_a_telephone(desk: Desk, town: Town, windows: Windows) -> None:
    contact, ill = town.resident(1, days_ago=4), town.resident(2, days_ago=9)
    town.resident(3, temperature="38.0")
    town.contact(contact)
    town.case(ill)
    town.admitted(ill)
    number = town.appeal(1, "x1")
    desk.ctx.calls.put(PHOENIX, contact, Call(town.now(), "reminder", "custom:no-window|subscription:no-consent"))
    pages = {
        "li.qiang": (
            *("/console/today", "/console/today/print", town.page(contact), "/console/residents", "/console/calls"),
            *("/console/tasks", "/console/isolation", "/console/appeals", f"/console/appeals/{number}"),
            *("/console/cards", "/console/communities", f"/console/communities/{PHOENIX}/quiet"),
        ),
        "sun.yu": ("/console/lists", "/console/withdrawals", "/console/today"),
        "bai.xue": ("/console/wards/hospital-4",),
        "qin.an": (f"/console/today?place={PHOENIX}", "/console/wards", town.page(contact)),
    }
    for staff, paths in pages.items():
        for path in paths:
            page = windows.open(path, staff, width=320)
            expect(page.locator("h1")).to_have_count(1)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert grave(page) == [], path
