"""The console of the whole house: its own processes, a telephone of the sandbox, Chromium."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.house import House
from tests.e2e.phone_page import CHROMIUM, running_browser
from tests.e2e.resident import move_in


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's Chromium is not installed")
def test_a_worker_signs_in_by_scanning(house: House) -> None:
    house.appoint("gao.yan", "community_worker", "640106", "凤凰社区")
    phone = move_in(house, "高燕")
    phone.follow()
    before = phone.newest()
    phone.say(house.operate("staff", "invite", "gao.yan", "--as", "zhao.min").strip())
    assert "绑定成功" in phone.wait_for(before, **{"from": "account", "via": "custom"})["text"]
    with running_browser() as chromium:
        page = chromium.new_page(locale="zh-CN")
        page.goto(f"{house.web}/console/")
        shot = base64.b64encode(page.locator("img.qr").screenshot()).decode()
        house.post(f"/sandbox/phones/{phone.id}/scan", {"data": f"data:image/png;base64,{shot}"})
        expect(page).not_to_have_url(re.compile("sign-in"), timeout=30_000)
        expect(page.get_by_role("link", name="李强")).to_be_visible()
        page.get_by_role("button", name="退出", exact=True).click()
        expect(page.get_by_role("heading", name="登录一码工作台")).to_be_visible()
