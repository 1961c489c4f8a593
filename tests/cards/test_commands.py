"""Cards as a worker asks for them: from a table to sheets of paper whose codes are scanned again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
import redis

from domain.appointing import granted, new_staff
from domain.roles import Grant, Role, Staff
from domain.scopes import Communities
from settings import PROJECT
from store.changes import Act
from tests.decoders import zxing_texts
from tests.stage import BRIDGE, PHOENIX, environment, identity, pid_of, stage
from worker.changing import change_person
from worker.context import Context
from worker.decisions.linking import link
from worker.jobs import settle_lane

LI_QIANG: Staff = granted(new_staff("li.qiang", "李强", "凤凰社区"), Grant(Role.COMMUNITY_WORKER, Communities(PHOENIX)))
SUN_YU: Staff = granted(
    new_staff("sun.yu", "孙宇", "金凤区疾控中心"), Grant(Role.EPIDEMIC_OFFICER, Communities(PHOENIX))
)
TITLES = "姓名,证件号码,社区代码,住址,体温\n"


@dataclass
class Desk:
    """李强 at a shell."""

    ctx: Context
    folder: Path

    def type(self, *words: str, code: int = 0, said: str = "") -> str:
        environ = environment(self.ctx.settings.redis_url, self.folder, SETTLE_LANES="1", PATH=os.environ["PATH"])
        command = [sys.executable, "-m", "worker", "card", *words, "--as", LI_QIANG.id]
        done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, input=said)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def table(self, *rows: str, titles: str = TITLES) -> str:
        path = self.folder / "people.csv"
        path.write_text(titles + "\n".join(rows), encoding="gb18030")
        return str(path)


@pytest.fixture
def desk(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Desk:
    ctx = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    act = Act("zhao.min", "staff add")
    ctx.staff.add(new_staff("li.qiang", "李强", "凤凰社区"), act)
    ctx.staff.change("li.qiang", lambda who: granted(who, LI_QIANG.grants[0]), act)
    return Desk(ctx, tmp_path)


def row(number: int, name: str, community: str = PHOENIX, temperature: str = "36.5") -> str:
    return f"{name},{identity(number).document.number},{community},幸福路 {number} 号,{temperature}"


def test_a_table_becomes_sheets_of_cards_with_every_kind_of_name(desk: Desk) -> None:
    names = ["李", "阿依古丽·买买提", "𠮷野秀兰", "㛃" * 3, "A" * 50, *(f"王芳{n}" for n in range(7))]
    pdf = desk.folder / "cards.pdf"
    told = desk.type("table", desk.table(*(row(n, name) for n, name in enumerate(names))), "--pdf", str(pdf))
    assert "12 张卡" in told
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [document[n] for n in range(len(document))]
        codes = [code for page in pages for code in zxing_texts(page.render(scale=2).to_pil())]
        text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert len(set(codes)) == len(names)
    assert "".join(text.split()).count("宁夏健康通行卡") == len(names)
    for name in names:
        assert name in "".join(text.split())
    for word in ("绿", "green", identity(0).document.number):
        assert word not in text
    settle_lane(desk.ctx, 0)
    listed = desk.type("list", PHOENIX)
    assert listed.count("有效") == len(names)
    again = desk.folder / "again.pdf"
    assert "12 张卡" in desk.type("print", PHOENIX, "--pdf", str(again))
    with pypdfium2.PdfDocument(again) as document:
        reprinted = {code for page in document for code in zxing_texts(page.render(scale=2).to_pil())}
    assert reprinted == set(codes)


def test_one_row_that_cannot_be_taken_and_no_card_is_issued(desk: Desk) -> None:
    rows = [
        row(1, "王芳"),
        row(2, "李娜", temperature="45"),
        row(3, "😀"),
        row(1, "王芳"),
        row(4, "赵磊", community="640106"),
    ]
    told = desk.type("table", desk.table(*rows), "--pdf", str(desk.folder / "no.pdf"), code=1)
    for fault in (
        "第 3 行 体温",
        "第 4 行 姓名",
        "第 5 行 证件号码：与第 2 行重复",
        "第 6 行 社区代码",
        "一行也没有处理",
    ):
        assert fault in told
    assert identity(1).document.number not in told
    assert not (desk.folder / "no.pdf").exists()
    assert "缺少这一列" in desk.type("table", desk.table(titles="姓名,住址\n王芳,幸福路"), "--pdf", "no.pdf", code=1)
    elsewhere = desk.table(row(1, "王芳", community=BRIDGE))
    assert "不在您的负责范围内" in desk.type("table", elsewhere, "--pdf", str(desk.folder / "no.pdf"), code=1)


def test_one_card_is_issued_lost_and_issued_again(desk: Desk) -> None:
    asked = {"document": {"number": identity(5).document.number}, "name": "王秀兰", "community": PHOENIX}
    told = desk.type("issue", "--pdf", str(desk.folder / "one.pdf"), said=json.dumps({**asked, "reason": "上门"}))
    number = "".join(told.partition("卡号 ")[2].partition("，")[0].split())
    assert "颜色 none" in told
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert "卡号有误" in desk.type("lost", wrong, "--reason", "丢失", code=1)
    desk.type("lost", number, "--reason", "丢失")
    settle_lane(desk.ctx, 0)
    assert "已挂失" in desk.type("list", PHOENIX)
    measured = {**asked, "reason": "补发", "temperature": "36.4"}
    assert "颜色 green" in desk.type("issue", "--pdf", str(desk.folder / "two.pdf"), said=json.dumps(measured))
    assert "temperature" in desk.type(
        "issue", "--pdf", "no.pdf", said=json.dumps({**measured, "temperature": "热"}), code=1
    )


def test_a_card_stays_on_the_list_when_its_holder_is_linked_to_another_document(desk: Desk) -> None:
    desk.type("table", desk.table(row(5, "王秀兰"), row(6, "王秀兰")), "--pdf", str(desk.folder / "two.pdf"))
    settle_lane(desk.ctx, 0)
    first, second = pid_of(desk.ctx, identity(5)), pid_of(desk.ctx, identity(6))
    main, act = desk.ctx.people.read([first])[first], Act("sun.yu", "link")
    change_person(desk.ctx, second, lambda person: link(person, main, SUN_YU, act, desk.ctx.moment()))
    settle_lane(desk.ctx, 0)
    assert desk.type("list", PHOENIX).count("有效") == 2
    assert "2 张卡" in desk.type("print", PHOENIX, "--pdf", str(desk.folder / "again.pdf"))


def test_cards_of_before_are_taken_over_once(desk: Desk) -> None:
    titles = "卡号,姓名,有效期至\n"
    path = desk.table("YC-0001,王秀兰,2021-01-01", "YC-0002,,", titles=titles)
    assert "2 张，其中新登记 2 张" in desk.type("import", path, "--community", PHOENIX)
    assert "2 张，其中新登记 0 张" in desk.type("import", path, "--community", PHOENIX)
    twice = desk.table("YC-0003,,", "yc-0003,,", titles=titles)
    assert "与第 2 行重复" in desk.type("import", twice, "--community", PHOENIX, code=1)
    assert desk.ctx.cards.find("YC-0003") is None
