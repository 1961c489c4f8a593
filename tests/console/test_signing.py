"""Signing in: by a scan, and by password and authenticator; what is told of it, and what guessing comes to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pyotp
import pytest
from werkzeug.test import TestResponse

from domain.roles import revoked, without_account
from store.changes import Act
from tests.console.conftest import Browser, Desk, text_of
from worker.duties import follow_registry
from worker.signing.enrolling import offer

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
        from dataclasses import replace

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
