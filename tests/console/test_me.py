"""My account."""

from __future__ import annotations

from domain.appointing import revoked
from store.changes import Act
from tests.console.conftest import Desk, text_of


def test_it_shows_who_i_am_and_where_i_am_signed_in(desk: Desk) -> None:
    page = desk.signed_in("li.qiang").get("/console/me")
    assert page.status_code == 200
    assert "李强" in text_of(page)
    assert "凤凰社区" in text_of(page)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_it_ends_with_the_last_role(desk: Desk) -> None:
    browser = desk.signed_in("li.qiang")
    desk.ctx.staff.change("li.qiang", revoked, Act("test", "revoke"))
    assert browser.get("/console/me").status_code == 303
