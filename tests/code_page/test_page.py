"""The live code page in a real browser, as narrow as a phone gets: online, offline, with a family, with large text."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import redis
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from bot.code_page import Page as CodePage
from bot.code_page import visits as door
from domain.facts import Case, CaseKind, Contact
from flows.core import Known
from store.account import Account
from store.known import Shown, known_of
from store.views import ViewCell
from tests.code_page.conftest import Resident, Served, Visits
from tests.decoders import zxing_texts
from tests.e2e.house import eventually

pytestmark = pytest.mark.browser

both_widths = pytest.mark.parametrize("width", [320, 414])


def scanned(page: Page, served: Served) -> str:
    """What the checkpoint is told about the one code that is on the screen."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("L")
    (link,) = zxing_texts(image)
    return served.client().get(link.removeprefix(served.web)).text


def overflows(page: Page) -> bool:
    wide = "() => [...document.querySelectorAll('body *')].some(e => e.getBoundingClientRect().right > innerWidth + 1)"
    return bool(page.evaluate(f"({wide})() || document.documentElement.scrollWidth > innerWidth"))


def findings(page: Page) -> list[str]:
    """What axe finds of weight: rule and place."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{each['id']} {node['target']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def kept(page: Page) -> list[str]:
    """Paths of everything that the page keeps on the phone."""
    paths: list[str] = page.evaluate("""async () => {
      const found = [];
      for (const name of await caches.keys())
        for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
      return found.sort().concat(Object.keys(localStorage), Object.keys(sessionStorage));
    }""")
    return paths


def is_ready_for_offline(page: Page) -> None:
    """Until everything is put aside and the worker has taken over; `wait_for_function` waits for no promise."""
    ready = """async () => navigator.serviceWorker.controller?.state === 'activated'
      && (await (await caches.open('yima-code')).keys()).length === 5"""
    eventually("everything is put aside", lambda: bool(page.evaluate(ready)))


@both_widths
def test_a_code_is_shown_with_a_clock_that_runs_and_scans_from_the_screen(
    served: Served, visits: Visits, width: int
) -> None:
    page = visits.open(served.resident(), width)
    expect(page.locator("#bar")).to_contain_text("实时更新 · 08:00")
    card = page.get_by_role("article", name="本人王*1的健康码")
    for text in ("绿码", "目前未发现已知风险", "王*1", "变灰码前还有 3 天"):
        expect(card).to_contain_text(text)
    clock = page.locator(".clock .time")
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    assert before.startswith("08:0")
    assert "<h1>绿码</h1>" in scanned(page, served)
    assert not overflows(page)
    assert findings(page) == []
    page.get_by_role("link", name="我的记录").click()
    expect(page.locator("#record")).to_contain_text("36.5℃ 正常")
    expect(page.locator("#record")).to_contain_text("目前没有工作人员查看过您的记录")
    assert not overflows(page)
    assert findings(page) == []


@both_widths
def test_without_a_network_the_last_code_stays_with_its_time(served: Served, visits: Visits, width: int) -> None:
    page = visits.open(served.resident(), width)
    page.get_by_role("link", name="我的记录").click()
    expect(page.locator("#record")).to_contain_text("36.5℃")
    page.get_by_role("link", name="健康码").click()
    is_ready_for_offline(page)
    page.context.set_offline(True)
    for opened_anew in (False, True):
        if opened_anew:
            page.reload()
        expect(page.locator("#bar")).to_have_text("未联网，显示的是 08:00 的码")
        assert "<h1>绿码</h1>" in scanned(page, served)
        assert not overflows(page)
        assert findings(page) == []
    assert [path.rpartition("/")[2] for path in kept(page)] == ["code", "code.css", "code-keep.js", "code.js", "now"]
    page.get_by_role("link", name="我的记录").click()
    expect(page.locator("#record")).to_contain_text("请连上网络")
    page.get_by_role("link", name="健康码").click()
    page.context.set_offline(False)
    expect(page.locator("#bar")).to_contain_text("实时更新")


def test_an_expired_code_is_taken_off_the_screen_and_comes_back_by_itself(served: Served, visits: Visits) -> None:
    page = visits.open(served.resident(), clock=True)
    expect(page.locator("#bar")).to_contain_text("实时更新")
    page.context.set_offline(True)
    page.clock.fast_forward("24:00:00")
    expect(page.get_by_text("这个码已过期")).to_be_visible()
    assert zxing_texts(Image.open(io.BytesIO(page.screenshot()))) == []
    expect(page.locator("#bar")).to_contain_text("显示的是 ")
    expect(page.locator("#bar")).to_contain_text("日 08:00 的码")
    assert findings(page) == []
    page.context.set_offline(False)
    expect(page.locator("#bar")).to_contain_text("实时更新")
    expect(page.get_by_text("这个码已过期")).to_be_hidden()


def test_a_change_of_colour_shows_by_itself_and_is_read_out(served: Served, visits: Visits) -> None:
    resident = served.resident()
    page = visits.open(resident, clock=True)
    expect(page.locator("#bar")).to_contain_text("实时更新")
    today = served.now().date()
    said = page.get_by_role("status")
    steps = (
        ("黄码", "triangle", Contact(id="c1", at=served.now(), exposed_on=today)),
        ("红码", "octagon", Case(id="c2", at=served.now(), case=CaseKind.CONFIRMED, since=today)),
    )
    assert said.inner_text() == ""
    for word, shape, fact in steps:
        served.record(resident.pid, fact)
        page.clock.fast_forward(12_000)
        expect(page.get_by_role("heading", name=word)).to_be_visible()
        expect(said).to_have_text(f"本人王*1的健康码变为{word}")
        assert page.locator(".card use").get_attribute("href") == f"#{shape}"
        assert f"<h1>{word}</h1>" in scanned(page, served)
        assert findings(page) == []
    page.clock.fast_forward(12_000)
    expect(said).to_have_text("本人王*1的健康码变为红码")


def test_it_asks_only_while_somebody_looks(served: Served, visits: Visits) -> None:
    page = visits.open(served.resident(), clock=True)
    expect(page.locator("#bar")).to_contain_text("实时更新")
    is_ready_for_offline(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/now") else None)
    hide = """(hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(hide, True)
    page.clock.run_for(120_000)
    assert asked == []
    page.evaluate(hide, False)
    expect(page.locator("#bar")).to_contain_text("实时更新")
    assert len(asked) == 1


Family = Callable[[Resident, Resident], None]


@pytest.fixture
def as_family(served: Served, monkeypatch: pytest.MonkeyPatch) -> Family:
    """Let one account show another's person too, as if they were family."""
    ctx = served.house.ctx

    def known(other: Resident) -> Known:
        found = known_of(ctx.accounts.read(other.openid), ctx.views.read(other.openid)[0], {})
        assert found is not None
        return found

    def join(carer: Resident, mother: Resident) -> None:
        def everyone(account: Account, views: dict[bytes, ViewCell]) -> tuple[Shown, ...]:
            own = known_of(account, views, {})
            assert own is not None
            return Shown("", own), Shown("妈妈", known(mother))

        monkeypatch.setattr(door, "everyone_of", everyone)

    return join


def swipe(page: Page, start: int, end: int) -> None:
    """Draw a finger sideways over the card."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *at: int) -> None:
        points = [{"x": x, "y": 350} for x in at]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", start)
    for step in range(1, 13):
        touch("touchMove", start + (end - start) * step // 12)
        page.wait_for_timeout(16)  # a frame
    touch("touchEnd")


@both_widths
def test_a_family_is_shown_one_by_one_by_finger_by_key_and_by_name(
    served: Served, visits: Visits, as_family: Family, width: int
) -> None:
    carer, mother = served.resident(1), served.resident(2)
    served.record(mother.pid, Contact(id="c1", at=served.now(), exposed_on=served.now().date()))
    as_family(carer, mother)
    page = visits.open(carer, width, reduced_motion="reduce")
    own, hers = page.get_by_role("link", name="本人"), page.get_by_role("link", name="妈妈")
    expect(own).to_have_attribute("aria-current", "true")
    assert "<h1>绿码</h1>" in scanned(page, served)
    swipe(page, 280, 40)
    expect(hers).to_have_attribute("aria-current", "true")
    page.wait_for_function("() => people.scrollLeft === people.clientWidth")
    assert "<h1>黄码</h1>" in scanned(page, served)
    page.get_by_role("link", name="我的记录").click()
    expect(page.locator("#record")).to_contain_text("王*2")
    expect(page.locator("#record")).to_contain_text("密切接触者（金凤区疾控中心")
    page.get_by_role("link", name="健康码", exact=True).click()
    expect(hers).to_have_attribute("aria-current", "true")
    page.get_by_role("region").focus()
    page.keyboard.press("ArrowLeft")
    expect(own).to_have_attribute("aria-current", "true")
    page.keyboard.press("End")
    expect(hers).to_have_attribute("aria-current", "true")
    own.click()
    expect(own).to_have_attribute("aria-current", "true")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert findings(page) == []


def test_the_focus_goes_from_top_to_bottom(served: Served, visits: Visits, as_family: Family) -> None:
    carer, mother = served.resident(1), served.resident(2)
    as_family(carer, mother)
    page = visits.open(carer)
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("(e => e.getAttribute('aria-label') || e.textContent.trim())(document.activeElement)")
        )
    assert reached == ["健康码", "我的记录", "本人", "妈妈", "左右滑动，或按左右方向键，换一位家人"]


def test_twice_the_text_still_fits(served: Served, visits: Visits) -> None:
    resident = served.resident()
    served.record(resident.pid, Contact(id="c1", at=served.now(), exposed_on=served.now().date()))
    page = visits.open(resident)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    expect(page.locator("#bar")).to_contain_text("实时更新")
    assert not overflows(page)
    page.locator(".qr").scroll_into_view_if_needed()
    assert "<h1>黄码</h1>" in scanned(page, served)
    page.get_by_role("link", name="我的记录").click()
    expect(page.locator("#record")).to_contain_text("密切接触者")
    assert not overflows(page)


def test_without_scripts_it_is_a_still_code_with_its_time(served: Served, visits: Visits) -> None:
    page = visits.open(served.resident(), java_script_enabled=False)
    expect(page.locator("#bar")).to_contain_text("08:00")
    assert "<h1>绿码</h1>" in scanned(page, served)
    page.get_by_role("link", name="我的记录").click()
    expect(page.get_by_role("main")).to_contain_text("36.5℃ 正常")
    page.get_by_role("link", name="健康码").click()
    expect(page.get_by_role("heading", name="绿码")).to_be_visible()


def test_nothing_moves_for_whom_motion_is_too_much_but_the_clock(served: Served, visits: Visits) -> None:
    moves = "getComputedStyle(document.querySelector('.band'), '::before').animationName"
    resident = served.resident()
    for wish, name in (("reduce", "none"), ("no-preference", "slide")):
        page = visits.open(resident, reduced_motion=wish)
        expect(page.locator("#bar")).to_contain_text("实时更新")
        assert page.evaluate(moves) == name
        expect(page.locator(".clock .time")).not_to_have_text(page.locator(".clock .time").inner_text())


def test_whoever_leaves_keeps_nothing_on_screen_or_phone(served: Served, visits: Visits) -> None:
    resident = served.resident()
    page = visits.open(resident, clock=True)
    expect(page.locator("#bar")).to_contain_text("实时更新")
    is_ready_for_offline(page)
    served.house.platform.post(f"/sandbox/phones/{resident.phone}/unfollow")
    page.clock.fast_forward(12_000)
    expect(page.get_by_role("heading", name="您没有关注公众号")).to_be_visible()
    assert page.locator("img, .card").count() == 0
    assert kept(page) == []


def test_a_house_that_does_not_answer_is_said_to_be_so(
    served: Served, visits: Visits, redis_client: redis.Redis
) -> None:
    resident = served.resident()
    page = visits.open(resident, clock=True)
    expect(page.locator("#bar")).to_contain_text("实时更新")
    is_ready_for_offline(page)
    redis_client.setrange(served.house.ctx.keys.account(resident.openid), 20, b"\0" * 20)
    page.clock.fast_forward(12_000)
    expect(page.locator("#bar")).to_have_text("暂时查不到，显示的是 08:00 的码")
    page.reload()
    expect(page.locator("#bar")).to_have_text("暂时查不到，显示的是 08:00 的码")
    assert "<h1>" in scanned(page, served)


def test_where_nothing_can_be_fetched_the_page_comes_anew_instead_of_asking(
    served: Served, visits: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CodePage, "policy", "sandbox allow-scripts allow-forms")
    page = visits.open(served.resident(), clock=True)
    bar = page.locator("#bar")
    expect(bar).to_contain_text("实时更新")
    with page.expect_navigation():
        page.clock.run_for(12_000)
    expect(bar).to_contain_text("实时更新")
    page.get_by_role("link", name="我的记录").click()
    expect(page.get_by_role("main")).to_contain_text("36.5℃ 正常")


def test_a_link_that_is_over_says_how_to_come_in_and_leads_there(served: Served, visits: Visits) -> None:
    page = visits.open(served.resident(), path="/code?k=AXqS0bad")
    expect(page.get_by_role("heading", name="链接已过期")).to_be_visible()
    assert not overflows(page)
    assert findings(page) == []
    page.get_by_role("link", name="从微信打开").click()
    expect(page.get_by_role("heading", name="绿码")).to_be_visible()
