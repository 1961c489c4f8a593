"""Somebody without a code and without WeChat: the guard hands a sheet over, their own phone fills it in, the guard
compares it with the document, and the code is on their phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from domain.facts import Declaration, day_of
from domain.gate import Outcome
from domain.people import Level
from tests.console.conftest import Browser, grave
from tests.gate.conftest import GATE, AtGate, OpenPhone
from tests.stage import identity, pid_of

WHO = identity(9)
SAID = {"name": "李明", "kind": "10", "number": WHO.document.number, "reading": "36.5", "promise": "yes"}


def handed_over(guard: Browser) -> str:
    """The path of a new sheet on the guard's side."""
    answer = guard.post("/gate/sheets", {"venue": GATE})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def here(sheet: str) -> str:
    return sheet.replace("/sheets/", "/here/")


def fill_in(phone: Any, sheet: str, **other: str) -> Any:
    return phone.post(here(sheet), data=SAID | other)


def accept(guard: Browser, sheet: str) -> Any:
    ref = re.search(r'name="ref" value="([^"]+)"', guard.client.get(sheet).text)
    assert ref
    return guard.post(sheet, {"act": "accept", "ref": ref[1]})


def declared(at_gate: AtGate) -> list[type]:
    return [
        type(fact) for fact in at_gate.desk.ctx.people.read([pid_of(at_gate.desk.ctx, WHO)]).popitem()[1].history.facts
    ]


def test_it_is_filled_in_on_their_phone_accepted_by_the_guard_and_the_code_is_on_their_phone(at_gate: AtGate) -> None:
    guard, phone, ctx = at_gate.desk.signed_in("chen.gang"), at_gate.desk.visitor().client, at_gate.desk.ctx
    sheet = handed_over(guard)
    assert "就地申报" in phone.get(here(sheet)).text
    fill_in(phone, sheet)
    assert "请出示证件" in phone.get(here(sheet)).text
    assert declared(at_gate) == [], "nothing is on record before the guard has seen the document"
    assert "李明" in guard.client.get(sheet).text
    assert accept(guard, sheet).status_code == 303
    page = phone.get(here(sheet)).text
    assert ("绿码" in page, "data:image/png" in page, "李明" in page) == (True, True, False)
    assert "已放行" in guard.client.get(sheet).text
    assert declared(at_gate) == [Declaration]
    person = ctx.people.read([pid_of(ctx, WHO)])[pid_of(ctx, WHO)]
    counts = ctx.venues.counts(GATE, day_of(at_gate.served.now()))
    assert (person.level, counts) == (Level.CONFIRMED, {Outcome.PASSED: 1})


def test_no_other_phone_sees_or_changes_what_one_filled_in(at_gate: AtGate) -> None:
    guard, phone, other = (
        at_gate.desk.signed_in("chen.gang"),
        at_gate.desk.visitor().client,
        at_gate.desk.visitor().client,
    )
    sheet = handed_over(guard)
    fill_in(phone, sheet)
    assert other.get(here(sheet)).status_code == 404
    assert fill_in(other, sheet, name="王五").status_code == 404
    accept(guard, sheet)
    assert "绿码" not in other.get(here(sheet)).text
    assert "绿码" in phone.get(here(sheet)).text


def test_no_other_guard_sees_or_accepts_it(at_gate: AtGate) -> None:
    guard, phone = at_gate.desk.signed_in("chen.gang"), at_gate.desk.visitor().client
    sheet = handed_over(guard)
    fill_in(phone, sheet)
    other = at_gate.desk.signed_in("ma.jun")
    assert "李明" not in other.client.get(sheet).text
    assert other.post(sheet, {"act": "accept", "ref": "x"}).status_code == 422
    assert declared(at_gate) == []


def test_the_guard_accepts_what_they_saw_and_nothing_that_was_put_in_its_place(at_gate: AtGate) -> None:
    guard, phone = at_gate.desk.signed_in("chen.gang"), at_gate.desk.visitor().client
    sheet = handed_over(guard)
    fill_in(phone, sheet)
    seen = re.search(r'name="ref" value="([^"]+)"', guard.client.get(sheet).text)
    assert seen
    fill_in(phone, sheet, name="李四")
    assert guard.post(sheet, {"act": "accept", "ref": seen[1]}).status_code == 422
    guard.post(sheet, {"act": "back"})
    assert "请按证件重新填写" in phone.get(here(sheet)).text
    fill_in(phone, sheet)
    assert accept(guard, sheet).status_code == 303


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"number": "640106199003041231"}, "有一位不对"),
        ({"name": " "}, "姓名"),
        ({"reading": "52"}, "体温"),
        ({"promise": ""}, "承诺"),
    ],
)
def test_what_cannot_be_is_said_on_the_phone_and_nothing_typed_is_lost(
    at_gate: AtGate, other: dict[str, str], told: str
) -> None:
    guard, phone = at_gate.desk.signed_in("chen.gang"), at_gate.desk.visitor().client
    sheet = handed_over(guard)
    answer = fill_in(phone, sheet, **other)
    assert answer.status_code == 422
    assert told in answer.text
    assert (SAID | other)["number"] in answer.text
    assert "请对方扫码填写" in " ".join(guard.client.get(sheet).text.split())


def test_a_fever_is_yellow_and_stopped_with_the_code_on_the_phone(at_gate: AtGate) -> None:
    guard, phone = at_gate.desk.signed_in("chen.gang"), at_gate.desk.visitor().client
    sheet = handed_over(guard)
    fill_in(phone, sheet, typed="38.1")
    accept(guard, sheet)
    assert "未放行" in guard.client.get(sheet).text
    assert "黄码" in phone.get(here(sheet)).text


def test_a_sheet_is_over_after_a_quarter_of_an_hour(at_gate: AtGate) -> None:
    guard, phone = at_gate.desk.signed_in("chen.gang"), at_gate.desk.visitor().client
    sheet, ctx = handed_over(guard), at_gate.desk.ctx
    key = ctx.keys.sheet(sheet.rpartition("/")[2])
    assert 0 < ctx.redis.ttl(key) <= 900
    ctx.redis.delete(key)
    assert "已失效" in phone.get(here(sheet)).text
    assert fill_in(phone, sheet).status_code == 404


def test_both_phones_side_by_side_in_a_browser(at_gate: AtGate, open_phone: OpenPhone, tmp_path: Any) -> None:
    guard = open_phone(at_gate.picture("x"), path="/gate/declare").page
    guard.get_by_role("button", name="让对方用自己的手机填").click()
    expect(guard.get_by_role("heading", name="请对方扫码填写")).to_be_visible()
    browser = guard.context.browser
    assert browser is not None
    own = browser.new_context(locale="zh-CN", viewport={"width": 320, "height": 640}).new_page()
    own.goto(here(guard.url))
    own.get_by_label("姓名").fill("李明")
    own.get_by_label("证件号码").fill(WHO.document.number)
    own.get_by_label("36.5", exact=True).check()
    own.get_by_label("本人承诺").check()
    _look(own, tmp_path / "form.png")
    own.get_by_role("button", name="提交").click()
    expect(own.get_by_role("heading", name="请出示证件")).to_be_visible()
    expect(guard.get_by_role("heading", name="请核对证件")).to_be_visible()
    _look(guard, tmp_path / "guard.png")
    guard.get_by_role("button", name="出码").click()
    expect(guard.get_by_role("heading", name="绿码")).to_be_visible()
    expect(own.get_by_role("heading", name="绿码")).to_be_visible()
    _look(own, tmp_path / "code.png")


def _look(page: Page, picture: Any) -> None:
    """For eyes, for a screen reader, and for a narrow screen."""
    page.screenshot(path=picture, full_page=True)
    assert grave(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_the_form_speaks_the_language_of_their_phone(at_gate: AtGate) -> None:
    guard, phone = at_gate.desk.signed_in("chen.gang"), at_gate.desk.visitor().client
    sheet = handed_over(guard)
    page = phone.get(here(sheet), headers={"Accept-Language": "en"}).text
    assert not re.search("[\u4e00-\u9fff]", page)
