"""绑定: a code binds one account once; leaving takes effect at once."""

from __future__ import annotations

from typing import cast

from tests.desk.office import Office


def test_it_binds_once_and_the_same_account_again_is_no_fault(office: Office) -> None:
    typed, li, other = office.code("li.qiang"), office.phone("李强"), office.phone("别人")
    assert "李强（凤凰社区）" in li.ask(typed)
    assert "绑定成功" in li.ask(typed.lower().replace("-", " "))
    assert "已使用" in other.ask(typed)
    assert "没有绑定" not in li.ask("岗位")
    assert "没看明白" in other.say("岗位")[0] or "同意" in other.say("岗位")[0]


def test_a_code_lasts_a_day_and_a_new_one_takes_its_place(office: Office) -> None:
    old = office.code("li.qiang")
    new, li = office.code("li.qiang"), office.phone("李强")
    assert "没有这个绑定码" in li.ask(old)
    office.wait(hours=24)
    assert "已过期" in li.ask(new)
    assert office.ctx.duties.read(li.openid) is None


def test_nobody_guesses_codes_all_day(office: Office) -> None:
    stranger = office.phone("别人")
    answers = [stranger.ask(f"绑定 23456-7892{last}") for last in "ABCDEF"]
    assert ["没有这个绑定码" in each for each in answers] == [True] * 5 + [False]
    assert "试的次数太多" in answers[-1]
    assert "试的次数太多" in stranger.ask(office.code("li.qiang"))
    office.wait(hours=1, seconds=1)
    assert "绑定成功" in stranger.ask(office.code("li.qiang"))


def test_whoever_binds_a_second_telephone_moves(office: Office) -> None:
    old, new = office.bound("li.qiang"), office.phone("李强的新手机")
    assert "原来绑定的微信已经解绑" in new.ask(office.code("li.qiang"))
    assert office.ctx.duties.read(old.openid) is None
    assert office.ctx.staff.read("li.qiang").account == new.openid


def test_one_account_is_one_of_the_staff(office: Office) -> None:
    li = office.bound("li.qiang")
    assert "另一位工作人员" in li.ask(office.code("ma.li"))
    assert office.ctx.staff.read("ma.li").account == ""


def test_whoever_leaves_is_off_duty_at_once(office: Office) -> None:
    li = office.bound("li.qiang")
    office.run("staff", "revoke", "li.qiang", "--as", "zhao.min")
    assert office.ctx.duties.read(li.openid) is None
    assert "正在办理" not in li.say("岗位")[0]


def test_a_duty_that_the_registry_contradicts_does_nothing_and_is_put_right(office: Office) -> None:
    """As after a machine that died between both."""
    li = office.bound("li.qiang")
    duty = office.ctx.duties.read(li.openid)
    assert duty is not None
    office.run("staff", "unbind", "li.qiang", "--as", "zhao.min")
    office.ctx.duties.put(li.openid, duty)
    assert "已经解绑、收回授权" in li.ask("岗位")
    assert office.ctx.duties.read(li.openid) is None


def test_unbinding_by_chat_asks_first(office: Office) -> None:
    li = office.bound("li.qiang")
    assert "确认解绑" in li.say("解绑")[0]
    assert office.ctx.duties.read(li.openid) is not None
    assert "已经解绑" in li.ask("确认解绑")
    assert office.ctx.staff.read("li.qiang").account == ""


def test_every_binding_is_an_act_and_no_code_stands_in_the_store(office: Office) -> None:
    typed = office.code("li.qiang").removeprefix("绑定 ")
    office.phone("李强").ask(f"绑定 {typed}")
    cells = cast("dict[bytes, bytes]", office.ctx.redis.hgetall(office.ctx.keys.invites()))
    assert len(cells) == 1
    assert not any(typed.replace("-", "").encode() in part for cell in cells.items() for part in cell)
    assert office.acts()[-2:] == ["staff invite", "bind account"]
