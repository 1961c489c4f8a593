"""What the guard's app does beside showing: light, sound, a shake, the time. Whether everybody can use its pages."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from domain.facts import Case, CaseKind, day_of
from tests.code_page.conftest import Resident
from tests.console.conftest import grave
from tests.gate.conftest import AtGate, OpenPhone, Phone

pytestmark = pytest.mark.browser

LISTENING = """
self.heard = []; self.shaken = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { self.heard.push(this.frequency.value); return start.call(this, at); };
Object.defineProperty(navigator, "vibrate", { value: (beats) => { self.shaken.push(beats); return true; } });
"""
WITH_TORCH = """
self.lit = [];
const told = MediaStreamTrack.prototype.getCapabilities;
MediaStreamTrack.prototype.getCapabilities = function () { return { ...told.call(this), torch: true }; };
MediaStreamTrack.prototype.applyConstraints = async (wanted) => { self.lit.push(wanted.advanced[0].torch); };
"""
AN_HOUR_SLOW = "const now = Date.now.bind(Date); Date.now = () => now() - 3600_000;"


def no_code() -> bytes:
    """A wall before the camera."""
    out = io.BytesIO()
    Image.new("RGB", (400, 400), (90, 120, 90)).save(out, "PNG")
    return out.getvalue()


def again(phone: Phone, script: str) -> Phone:
    """The app, opened once more on a phone that is as the script makes it."""
    phone.context.add_init_script(script)
    phone.page.reload()
    phone.page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
    return phone


def test_green_and_red_are_told_apart_without_looking(
    at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident
) -> None:
    told = {}
    for colour in ("green", "red"):
        if colour == "red":
            now = at_gate.served.now()
            case = Case(id="c1", at=now, case=CaseKind.SUSPECTED, since=day_of(now))
            at_gate.served.record(wang_fang.pid, case)
        phone = again(open_phone(at_gate.picture(at_gate.link(wang_fang))), LISTENING)
        assert phone.scan() == colour
        told[colour] = phone.page.evaluate("() => [self.heard, self.shaken]")
    assert all(heard and shaken for heard, shaken in told.values())
    assert told["green"] != told["red"]
    assert min(told["green"][0]) > max(told["red"][0]), "what is good sounds higher"


def test_there_is_a_torch_where_the_camera_has_one(at_gate: AtGate, open_phone: OpenPhone) -> None:
    without = open_phone(no_code())
    lit = again(open_phone(no_code()), WITH_TORCH)
    for each, has in ((without, False), (lit, True)):
        each.page.get_by_role("button", name="开始扫码").click()
        each.page.wait_for_function("() => document.getElementById('video').videoWidth > 0")
        expect(each.page.get_by_role("button", name="手电")).to_be_visible(visible=has)


def test_the_torch_is_lit_by_a_tap_put_out_by_another_and_out_when_the_camera_is(
    at_gate: AtGate, open_phone: OpenPhone
) -> None:
    phone = again(open_phone(no_code()), WITH_TORCH)
    page, torch = phone.page, phone.page.get_by_role("button", name="手电")
    page.get_by_role("button", name="开始扫码").click()
    for lit in (True, False, True):
        torch.click()
        expect(torch).to_have_attribute("aria-pressed", str(lit).lower())
    assert page.evaluate("() => self.lit") == [True, False, True]
    page.get_by_role("button", name="跳过").click()
    page.get_by_role("button", name="开始扫码").click()
    expect(torch).to_have_attribute("aria-pressed", "false")


def test_a_phone_whose_clock_is_wrong_is_told_so_and_checks_by_the_servers(
    at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident
) -> None:
    phone = again(open_phone(at_gate.picture(at_gate.link(wang_fang))), AN_HOUR_SLOW)
    assert "慢了" in phone.text("warning")
    assert "已按服务器时间核验" in phone.text("warning")
    phone.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    phone.context.set_offline(True)
    assert phone.scan() == "green", "issued an hour later than this phone's clock shows"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_can_be_used_on_a_narrow_screen_and_by_a_screen_reader(
    at_gate: AtGate, open_phone: OpenPhone, wang_fang: Resident, language: str
) -> None:
    link = "/V/" + at_gate.link(wang_fang).rpartition("/")[2]
    first = open_phone(no_code()).page.context.browser
    assert first is not None
    stranger = first.new_context(locale=language, viewport={"width": 320, "height": 640}).new_page()
    guard = first.new_context(locale=language, viewport={"width": 320, "height": 640})
    guard.add_cookies(open_phone(no_code()).context.cookies())  # type: ignore[arg-type]  # what comes out goes in again
    paths = ["/gate", "/gate/look-up", "/gate/declare", link]
    pages = [(stranger, each) for each in (link, "/v/none-of-ours", "/gate")]
    pages += [(guard.new_page(), each) for each in paths]
    for page, path in pages:
        page.goto(at_gate.served.web + path)
        if path == "/gate":
            page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
        assert grave(page) == [], path
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
