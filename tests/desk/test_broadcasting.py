"""广播: drafted on one phone, approved on another, received on a third; every phone is the sandbox's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.appointing import granted, new_staff
from domain.people import Level
from domain.person import Person
from domain.roles import Grant, Role
from domain.scopes import Everywhere
from store.changes import Act, Change, Following
from tests.desk.office import Office, Phone
from tests.stage import PHOENIX, identity, pid_of
from worker.broadcasts.jobs import advance_broadcast, sweep_broadcasts
from worker.delivery.letters import Sendable
from worker.desk import broadcasting
from worker.settling.rebuild import rebuild_rosters


@pytest.fixture
def admins(office: Office) -> tuple[Phone, Phone]:
    for id, name in (("zhou.jie", "周洁"), ("ma.hong", "马红")):
        staff = granted(new_staff(id, name, "自治区指挥部"), Grant(Role.NOTICE_ADMIN, Everywhere()))
        office.ctx.staff.add(staff, Act("test", "staff add"))
    return office.bound("zhou.jie"), office.bound("ma.hong")


def resident(office: Office, name: str, number: int) -> Phone:
    """Somebody with a phone, who said something just now."""
    phone = office.phone(name)
    phone.say("你好")
    pid = pid_of(office.ctx, identity(number))
    person = Person(pid, 1, identity=identity(number), community=PHOENIX, level=Level.PHONE, account=phone.openid)
    office.ctx.people.write([Change(Person(pid), person, Following(pid, 1))])
    rebuild_rosters(office.ctx)
    return phone


def bulk(office: Office, number: int) -> None:
    """What the bulk worker does, and the messages that follow it."""
    advance_broadcast(office.ctx, number)
    office.drain()


def test_it_goes_from_one_administrator_over_another_to_the_residents(
    office: Office, admins: tuple[Phone, Phone]
) -> None:
    zhou, ma = admins
    wang, chen = resident(office, "王芳", 31), resident(office, "陈刚", 32)
    for word in ("广播", "文字", "金凤区无码 三天未报", "明日起恢复公交。", "逐人发", "普通"):
        zhou.say(word)
    assert "正在清点" in zhou.ask("现在")
    for _ in range(2):  # the sweep had woken it again while it was counted
        bulk(office, 1)
    preview, summary = zhou.read()
    assert preview == "明日起恢复公交。"
    assert "发给：宁夏银川市金凤区；无码；3 天未报\n收件人 2，现在可达 2" in summary
    assert "不能批准自己的" in zhou.ask("批准广播 1") or "还没有确认" in zhou.ask("批准广播 1")
    assert "待批准" in zhou.ask("确认广播 1")
    (waits,) = ma.read()
    assert "明日起恢复公交。" in waits
    assert "起草：周洁" in waits
    assert "已批准" in ma.ask("批准广播 1")
    assert "已批准" in zhou.read()[-1]
    counting = zhou.ask("广播进度")
    assert ("正在清点收件人" in counting, "收件人 0" in counting) == (True, False)
    bulk(office, 1)
    assert wang.read() == chen.read() == ["明日起恢复公交。"]
    assert [text for text in zhou.read() if "发完了" in text]
    progress = zhou.ask("广播进度")
    assert "平台已受理 2，未发 0" in progress
    assert progress.endswith("客服消息没有送达回执：受理不等于送达")
    assert "只有起草人" in ma.ask("确认广播 1")


def test_an_emergency_is_at_the_residents_when_its_author_confirms_it(
    office: Office, admins: tuple[Phone, Phone]
) -> None:
    zhou, ma = admins
    wang = resident(office, "王芳", 31)
    for word in ("广播", "链接卡片", "全区", "紧急通知\nhttps://nx.gov.cn/a", "逐人发"):
        zhou.say(word)
    zhou.ask("紧急")
    bulk(office, 1)
    zhou.read()
    assert "已批准" in zhou.ask("确认广播 1")
    bulk(office, 1)
    assert wang.read() == ["news"]
    assert "补批" in ma.read()[0]
    office.wait(hours=2, seconds=1)
    sweep_broadcasts(office.ctx)
    office.drain()
    assert "超时" in ma.read()[0]
    assert "已完成" in ma.ask("批准广播 1")


def test_a_correction_by_chat_reaches_who_got_the_notice(office: Office, admins: tuple[Phone, Phone]) -> None:
    zhou, ma = admins
    wang = resident(office, "王芳", 31)
    for word in ("广播", "文字", "全区", "会议在3月4日。", "逐人发", "普通", "现在"):
        zhou.say(word)
    bulk(office, 1)
    zhou.read()
    zhou.ask("确认广播 1")
    ma.read()
    ma.ask("批准广播 1")
    bulk(office, 1)
    zhou.read()
    assert "正在清点" in zhou.ask("更正广播 1 会议在3月5日。")
    bulk(office, 2)
    zhou.read()
    zhou.ask("确认广播 2")
    ma.read()
    ma.ask("批准广播 2")
    bulk(office, 2)
    assert wang.read() == ["会议在3月4日。", "【更正】会议在3月5日。"]


def test_the_same_draft_handled_twice_is_one_broadcast(office: Office, admins: tuple[Phone, Phone]) -> None:
    zhou, _ = admins
    for word in ("广播", "文字", "全区", "通知一二三", "逐人发", "普通", "现在"):
        zhou.say(word)
    letter = Sendable(
        zhou.openid, "desk", ref="same", what="broadcast_draft",
        args={"kind": "text", "whom": {"place": "", "colours": [], "silent": 0}, "text": "通知一二三",
              "route": "window", "urgency": "usual", "when": ""},
    )  # fmt: skip
    once = broadcasting.draft(office.ctx, letter)
    assert broadcasting.draft(office.ctx, replace(letter)) == once
    assert len(office.ctx.broadcasts.latest(9)) == 2
