"""Signing in: by a scan, and by password and authenticator; what is told of it, and what guessing comes to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from bot.app import create_app
from bot.console.visitors import address_of
from domain.appointing import revoked, without_account
from store.changes import Act
from tests.console.conftest import Browser, Desk, text_of
from tests.stage import settings
from tests.valkey import running_valkey
from worker.signing.enrolling import offer
from worker.signing.entry import Visitor
from worker.staff.duties import follow_registry

PASSWORD = "three herons, no ferry"


@dataclass
class Phone:
    """The telephone of a member of the staff, bound."""

    desk: Desk
    staff: str
    phone: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        ctx = self.desk.ctx
        self.phone = self.desk.house.platform.person()
        act = Act("test", "bind")
        before = ctx.staff.read(self.staff)
        openid = str(self.phone["openid"])
        follow_registry(ctx, before, ctx.staff.change(self.staff, lambda who: replace(who, account=openid), act))

    def scan(self, picture: str) -> str:
        """Scan what a page shows; what the chat says at last."""
        told = self.desk.house.platform.act(self.phone, "scan", data=picture)
        assert told["found"] == "scene"
        return self.heard()

    def says(self, text: str) -> str:
        self.desk.house.platform.act(self.phone, "text", content=text)
        return self.heard()

    def heard(self) -> str:
        self.desk.house.settle()
        self.desk.house.deliver()
        lines = self.desk.house.platform.get(f"/sandbox/phones/{self.phone['id']}/messages")
        return str(lines[-1].get("text", ""))


def qr_of(page: TestResponse) -> str:
    """The QR on a page, as a telephone's camera takes it."""
    found = re.search(r"data:image/png;base64,[A-Za-z0-9+/=]+", page.text)
    assert found
    return found[0]


def collected(browser: Browser) -> TestResponse:
    return browser.client.post("/console/sign-in/collect", headers={"HX-Request": "true"})


def test_it_signs_in_the_page_that_was_scanned_and_the_chat_says_so(desk: Desk) -> None:
    phone, browser, other = Phone(desk, "li.qiang"), desk.visitor(), desk.visitor()
    page = browser.get("/console/sign-in?next=/console/me")
    assert collected(browser).status_code == 204
    told = phone.scan(qr_of(page))
    assert "扫码登录了一码工作台" in told
    assert "李强" in told
    assert "退出工作台" in told
    code = browser.client.get_cookie("yima_waiting", path="/console/sign-in")
    assert code is not None
    other.client.set_cookie("yima_waiting", code.value.partition("~")[0] + "~guessed", path="/console/sign-in")
    assert "过期" in collected(other).text
    assert collected(browser).headers["HX-Redirect"] == "/console/"
    assert "李强" in text_of(browser.get("/console/me"))
    assert "过期" in collected(browser).text


def test_it_is_ended_at_once_by_a_word_in_the_chat(desk: Desk) -> None:
    phone, browser = Phone(desk, "li.qiang"), desk.signed_in("li.qiang")
    assert browser.get("/console/me").status_code == 200
    assert "全部退出" in phone.says("退出工作台")
    assert browser.get("/console/me").status_code == 303


def test_somebody_who_is_not_of_the_staff_lets_nobody_in(desk: Desk) -> None:
    browser, resident = desk.visitor(), desk.house.platform.person()
    page = browser.get("/console/sign-in")
    desk.house.platform.act(resident, "scan", data=qr_of(page))
    desk.house.settle()
    desk.house.deliver()
    lines = desk.house.platform.get(f"/sandbox/phones/{resident['id']}/messages")
    assert "没有绑定工作身份" in lines[-1]["text"]
    assert collected(browser).status_code == 204


def test_a_qr_is_good_for_two_minutes(desk: Desk) -> None:
    phone, browser = Phone(desk, "li.qiang"), desk.visitor()
    page = browser.get("/console/sign-in")
    desk.pass_time(seconds=121)
    told = desk.house.platform.act(phone.phone, "scan", 409, data=qr_of(page))
    assert "过期" in told["error"]
    assert "过期" in collected(browser).text


# --- password and authenticator ---------------------------------------------------------------------------------------


def enrolled(desk: Desk, staff: str) -> tuple[Browser, pyotp.TOTP]:
    """Somebody who has set a password by an administrator's code; the browser in which that was done."""
    browser, code = desk.visitor(), offer(desk.ctx, desk.ctx.staff.read(staff), "zhao.min", Act("zhao.min", "offer"))
    given = {"id": staff, "enrolment": code}
    secret = re.search(r"<code>([A-Z2-7]+)</code>", browser.post("/console/enrol", given).text)
    assert secret
    totp = pyotp.TOTP(secret[1])
    given |= {"password": PASSWORD, "again": PASSWORD, "code": shown(desk, totp)}
    assert browser.post("/console/enrol", given).location == "/console/me"
    return browser, totp


def shown(desk: Desk, totp: pyotp.TOTP) -> str:
    return totp.at(int(desk.ctx.clock.now().timestamp()))


def tried(browser: Browser, staff: str, password: str, code: str, **more: Any) -> TestResponse:
    return browser.post("/console/sign-in", {"id": staff, "password": password, "code": code}, **more)


def test_a_password_is_set_by_a_code_that_is_good_once(desk: Desk) -> None:
    earlier = desk.signed_in("li.qiang")
    code = offer(desk.ctx, desk.ctx.staff.read("li.qiang"), "zhao.min", Act("zhao.min", "offer"))
    browser, given = desk.visitor(), {"id": "li.qiang", "enrolment": code}
    secret = re.search(r"<code>([A-Z2-7]+)</code>", browser.post("/console/enrol", given).text)
    assert secret
    digits = shown(desk, pyotp.TOTP(secret[1]))
    for password, again, code_shown, why in (
        ("short", "short", digits, "12 至 128"),
        ("li.qiang li.qiang", "li.qiang li.qiang", digits, "太简单"),
        (PASSWORD, "another", digits, "不一样"),
        (PASSWORD, PASSWORD, "000000", "动态码不对"),
    ):
        wrong = {"password": password, "again": again, "code": code_shown}
        assert why in text_of(browser.post("/console/enrol", given | wrong))
    right = {"password": PASSWORD, "again": PASSWORD, "code": digits}
    assert browser.post("/console/enrol", given | right).status_code == 303
    assert browser.get("/console/me").status_code == 200
    assert earlier.get("/console/me").status_code == 303
    assert "已用过" in text_of(desk.visitor().post("/console/enrol", given))


def test_it_takes_the_password_and_digits_that_were_not_used_before(desk: Desk) -> None:
    _, totp = enrolled(desk, "li.qiang")
    browser = desk.visitor()
    assert tried(browser, "li.qiang", PASSWORD, shown(desk, totp)).status_code == 403
    desk.pass_time(seconds=30)
    assert tried(browser, "li.qiang", PASSWORD + "!", shown(desk, totp)).status_code == 403
    assert tried(browser, "nobody.here", PASSWORD, shown(desk, totp)).status_code == 403
    answer = tried(browser, "li.qiang", PASSWORD, shown(desk, totp))
    assert answer.status_code == 303
    assert "HttpOnly" in answer.headers.getlist("Set-Cookie")[0]
    assert browser.get("/console/me").status_code == 200


def test_nobody_locks_somebody_else_out(desk: Desk) -> None:
    """Strangers fail until the account is closed to strangers: its own browser, and the scan, go on working."""
    own, totp = enrolled(desk, "li.qiang")
    for n in range(20):
        answer = tried(desk.visitor(), "li.qiang", "guess", "123456", environ_base={"REMOTE_ADDR": f"10.0.0.{n}"})
        assert answer.status_code == 403
    desk.pass_time(seconds=30)
    far = {"REMOTE_ADDR": "10.0.1.1"}
    stranger = tried(desk.visitor(), "li.qiang", PASSWORD, shown(desk, totp), environ_base=far)
    assert stranger.status_code == 429
    assert "扫码" in text_of(stranger)
    assert tried(own, "li.qiang", PASSWORD, shown(desk, totp), environ_base=far).status_code == 303
    phone, browser = Phone(desk, "li.qiang"), desk.visitor()
    phone.scan(qr_of(browser.get("/console/sign-in")))
    assert collected(browser).headers["HX-Redirect"] == "/console/"


def test_a_source_that_fails_too_often_waits_and_no_header_makes_it_another(desk: Desk) -> None:
    for n in range(20):
        header = {"X-Forwarded-For": f"10.0.0.{n}"}
        assert tried(desk.visitor(), f"staff{n}", "guess", "123456", headers=header).status_code == 403
    assert tried(desk.visitor(), "staff20", "guess", "123456").status_code == 429
    desk.pass_time(minutes=16)
    assert tried(desk.visitor(), "staff20", "guess", "123456").status_code == 403


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(desk: Desk) -> None:
    here, there, third = (desk.signed_in("li.qiang") for _ in range(3))
    other = desk.signed_in("ma.li")
    page = here.get("/console/me").text
    tags = re.findall(r'name="tag" value="(\w+)"', page)
    assert len(tags) == 2
    here.post("/console/me/sessions/end", {"tag": tags[0]})
    assert sorted(each.get("/console/me").status_code for each in (there, third)) == [200, 303]
    here.post("/console/me/sessions/others")
    assert [each.get("/console/me").status_code for each in (here, there, third, other)] == [200, 303, 303, 200]


@pytest.mark.parametrize(("steps", "minutes"), [(1, 61), (14, 55)])
def test_a_session_ends_when_it_is_idle_and_after_a_day_of_work(desk: Desk, steps: int, minutes: int) -> None:
    browser, answers = desk.signed_in("li.qiang"), []
    for _ in range(steps):
        desk.pass_time(minutes=minutes)
        answers.append(browser.get("/console/me").status_code)
    assert answers == [200] * (steps - 1) + [303]


def test_leaving_ends_every_session_at_once(desk: Desk) -> None:
    chief, phone, browser = desk.signed_in("zhao.min"), Phone(desk, "li.qiang"), desk.signed_in("li.qiang")
    assert phone
    assert browser.get("/console/me").status_code == 200
    assert chief.post("/console/staff/li.qiang/unbind").status_code == 303
    assert browser.get("/console/me").status_code == 303
    again = desk.signed_in("li.qiang")
    desk.ctx.staff.change("li.qiang", revoked, Act("test", "revoke"))
    assert again.get("/console/me").status_code == 303


def test_a_session_of_a_wechat_that_is_no_longer_theirs_is_over_whoever_unbound_it(desk: Desk) -> None:
    Phone(desk, "li.qiang")
    browser, account = desk.signed_in("li.qiang"), desk.ctx.staff.read("li.qiang").account
    desk.ctx.staff.change("li.qiang", lambda who: without_account(who, account), Act("test", "unbind"))
    assert browser.get("/console/me").status_code == 303


def test_a_form_of_another_page_does_nothing(desk: Desk) -> None:
    browser, other = desk.signed_in("zhao.min"), desk.signed_in("zhao.min")
    for answer in (
        browser.client.post("/console/staff/li.qiang/revoke"),
        browser.client.post("/console/staff/li.qiang/revoke", data={"csrf": other.csrf}),
        browser.post("/console/staff/li.qiang/revoke", headers={"Origin": "https://elsewhere.example"}),
    ):
        assert answer.status_code == 400
    assert desk.ctx.staff.read("li.qiang").grants


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, ["10.0.0.1"], "192.0.2.7"),
        (1, [], "192.0.2.7"),
        (1, ["10.0.0.1"], "10.0.0.1"),
        (1, ["10.9.9.9, 10.0.0.1"], "10.0.0.1"),
        (2, ["10.9.9.9", "10.0.0.1, 10.0.0.2"], "10.0.0.1"),
        (2, ["10.0.0.2"], "192.0.2.7"),
    ],
)
def test_a_source_is_what_the_outermost_of_our_proxies_saw(proxies: int, forwarded: list[str], address: str) -> None:
    headers = Headers([("X-Forwarded-For", line) for line in forwarded])
    request = Request(EnvironBuilder(headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.7"}).get_environ())
    assert address_of(request, proxies) == address


def test_a_household_is_one_source() -> None:
    sources = [Visitor(each, "", "", "zh").source for each in ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1")]
    assert sources == ["2001:db8::/64", "2001:db8::/64", "2001:db8:0:1::/64"]


def test_a_database_that_is_away_is_told_and_nothing_breaks(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url:
        client = create_app(settings(url, tmp_path)).test_client()
    client.set_cookie("yima_staff", "li.qiang~x")
    for path in ("/console/sign-in", "/console/me"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "数据库现在没有答复" in answer.text
