"""Numbers and long work at the console of the whole house: a broadcast, an export, a roster, in a real Chromium; then
every page that anybody may open is read by axe."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from tests.console.conftest import grave
from tests.e2e.house import House
from tests.e2e.office import DESK, PATIENCE, PHONE, Office, finished, opened_office
from tests.e2e.phone_page import CHROMIUM, running_browser
from tests.e2e.resident import BRIDGE, move_in
from tests.stage import identity
from worker.demo.colleagues import COLLEAGUES

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's Chromium is not installed")
NOTICE = "明日起恢复公交，请佩戴口罩乘车。"
MOST_PAGES = 60
MAKE = """[...new Set([...document.querySelectorAll("main *")].map(each =>
  [each.parentElement, each].map(one => one && [...one.attributes].map(a =>
    /^(href|src|value|id|for|name|action|aria-labelledby|aria-describedby|datetime|content)$/.test(a.name)
      ? a.name : a.name + a.value).sort().join() + one.tagName + !one.textContent.trim()).join(">")))].sort().join()"""
"""What a page is made of below its menu: elements and attributes and what they are in, no texts or addresses."""
WORDS = {"green": "绿码", "grey": "灰码", "yellow": "黄码", "red": "红码"}


@pytest.fixture(scope="module")
def office(house: House) -> Iterator[Office]:
    with running_browser() as browser, opened_office(house, browser) as office:
        yield office


def test_whoever_tries_the_gate_finds_a_code_of_each_colour_and_somebody_who_passed(office: Office) -> None:
    page = office.open("demo.gate", "/gate")
    page.get_by_label("场所").select_option(label="中强巷东门")
    expect(page.locator("body")).to_contain_text(re.compile("今日放行 [1-9]"), timeout=PATIENCE)
    assert set(office.codes) == set(WORDS)
    for colour, link in office.codes.items():
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_have_text(WORDS[colour])


def test_a_broadcast_is_drafted_approved_by_the_second_sent_and_accounted_for(office: Office) -> None:
    house, resident = office.house, move_in(office.house, "王芳")
    resident.declare()
    admin = move_in(house, "何静")
    admin.follow()
    before = admin.newest()
    admin.say(house.operate("staff", "invite", "demo.notice", "--as", "demo.admin").strip())
    admin.wait_for(before, **{"from": "account", "via": "custom"})
    page = office.open("demo.notice", "/console/broadcasts")
    before = admin.newest()
    page.get_by_label("正文").fill(NOTICE)
    page.get_by_label("范围").fill(BRIDGE)
    page.get_by_role("button", name="存为草稿").click()
    expect(page.get_by_text("规模与费用")).to_be_visible(timeout=PATIENCE)
    assert admin.wait_for(before, **{"from": "account", "text": NOTICE}), "the preview comes to her own phone"
    page.get_by_role("button", name="提交批准").click()
    expect(page.get_by_text("待批准")).to_be_visible()
    expect(page.get_by_role("button", name="批准", exact=True)).to_have_count(0)
    number = urlsplit(page.url).path.rpartition("/")[2]
    before = resident.newest()
    second = office.open("demo.notice2", f"/console/broadcasts/{number}")
    second.get_by_role("button", name="批准", exact=True).click()
    expect(page.locator("#broadcast")).to_contain_text("待批准")
    page.reload()
    expect(page.locator("#broadcast")).to_contain_text("已完成", timeout=PATIENCE)
    expect(page.get_by_role("row", name="平台已受理")).to_be_visible()
    resident.wait_for(before, **{"from": "account", "text": NOTICE})


def test_an_export_with_a_reason_survives_closing_the_page_and_comes_down(office: Office) -> None:
    page = office.open("demo.officer", "/console/exports")
    page.get_by_label("范围").fill("金凤区")
    page.get_by_label("格式").select_option("csv_utf8")
    page.get_by_label("完整的姓名").check()
    page.get_by_label("用途").fill("上报自治区指挥部")
    page.get_by_role("button", name="开始导出").click()
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    finished(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert all(row["县（市、区）"] == "金凤区" for row in rows)
    assert any(row["证件号码"].strip().isalnum() for row in rows), "a full export is not masked"
    assert "自治区疾控中心 孙玉" in rows[0]["导出标记"]
    assert urlsplit(address).path.rpartition("/")[2] in rows[0]["导出标记"]


def test_a_roster_is_mapped_tried_and_taken_in(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "花名册.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    people = [identity(number) for number in range(500, 505)]
    rows = [["户主", "公民身份证号", "电话"], *([who.name, who.document.number, who.phone] for who in people)]
    for place, row in enumerate([*rows, ["李四", "640106199003040000", ""]]):
        for column, text in enumerate(row):
            sheet.write_string(place, column, text)
    book.close()
    page = office.open("demo.worker", "/console/imports")
    page.get_by_label("名册文件").set_input_files(str(path))
    page.get_by_label("所属社区").fill(BRIDGE)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("姓名").select_option(label="第 1 列 户主")
    page.get_by_label("证件号码").select_option(label="第 2 列 公民身份证号")
    page.get_by_role("button", name="试导入").click()
    finished(page)
    expect(page.get_by_role("definition").filter(has_text="5").first).to_be_visible()
    page.get_by_role("link", name="回到这张表格").click()
    expect(page.get_by_text("这种表头以前核对过")).to_be_visible()
    page.get_by_role("button", name="导入无误的 5 行").click()
    finished(page)
    quiet = office.house.operate("roster", "quiet", BRIDGE, "--as", "demo.worker")
    assert sum(line.startswith("王*") for line in quiet.splitlines()) >= len(people)


def test_the_overview_counts_the_people_and_says_what_needs_a_hand(office: Office) -> None:
    page = office.open("demo.officer", "/console/overview")
    expect(page.locator(".charts img").first).to_be_visible(timeout=PATIENCE)
    page.wait_for_function("[...document.querySelectorAll('.charts img')].every(each => each.naturalWidth > 0)")
    expect(page.get_by_text("登记的人")).to_be_visible()


@pytest.fixture(scope="module")
def read() -> set[tuple[int, str]]:
    """(width, make) of the pages that axe has read: colleagues share many. Menus are read on the first page."""
    return set()


@pytest.mark.parametrize("id", [each.id for each in COLLEAGUES])
def test_axe_finds_nothing_serious_on_any_page_that_somebody_may_open(
    office: Office, id: str, read: set[tuple[int, str]]
) -> None:
    page = office.page(id)
    found: dict[str, list[object]] = {}
    paths = addresses(office, page)
    for path in paths:
        page.goto(f"{office.house.web}{path}")
        for width, height in (DESK, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            make = (width, page.evaluate(MAKE))
            faults = list[object](grave(page) if make not in read or path == paths[0] else [])
            read.add(make)
            if is_wider(page):
                faults.append(f"{path} is wider than {width}")
            if faults:
                found[f"{path} at {width}"] = faults
    assert found == {}


def addresses(office: Office, page: Page) -> list[str]:
    """The pages of the menu and those that they lead to, of each kind one."""
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.goto(f"{office.house.web}/console/")
    menu = links(page, "nav.menu a, .menu a")
    found = dict.fromkeys(menu)
    kinds = {shape(path) for path in found}
    for path in menu:
        page.goto(f"{office.house.web}{path}")
        for each in links(page, "main a[href^='/console/']:not([download])"):
            if shape(each) not in kinds and len(found) < MOST_PAGES:
                kinds.add(shape(each))
                found[each] = None
    return list(found)


def links(page: Page, selector: str) -> list[str]:
    every: list[str] = page.eval_on_selector_all(selector, "all => all.map(each => each.getAttribute('href'))")
    return [each for each in dict.fromkeys(every) if each.startswith("/console/") and not is_file(each)]


def is_file(path: str) -> bool:
    return any(part in path for part in (".pdf", ".svg", ".csv", "/file", "/print", "/poster", "/picture"))


def shape(path: str) -> str:
    """Pages of one kind differ in what stands behind the family."""
    parts = urlsplit(path).path.split("/")
    return "/".join([*parts[:3], *("*" for _ in parts[3:4]), *parts[4:]])


def is_wider(page: Page) -> bool:
    """Whether a page has to be scrolled sideways."""
    wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return wider
