"""The gate over HTTP: what a stranger sees, what a guard records, what is written once, who may ask afterwards."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import cbor2
import pytest

from bot.code_page.seals import Way
from bot.gate import prepared
from bot.gate.checking import Answer
from bot.pages import render_page
from domain.facts import SHANGHAI, By, Case, CaseKind, Declaration, Report, day_of
from domain.gate import Outcome, Result
from domain.people import Level
from domain.revocations import read as read_list
from domain.roles import Role
from domain.scopes import Communities, Everywhere
from domain.tasks import ABNORMAL
from domain.venues import Proof, Spot, new_venue
from store.cards import OldCard
from store.changes import Act
from tests.code_page.conftest import Resident
from tests.console.conftest import Browser, text_of
from tests.gate.conftest import GATE, MARKET, AtGate
from tests.stage import PHOENIX, identity, pid_of
from worker.gate.aliases import Row, register_all
from worker.gate.visiting import link

ID = "record-0123456789abcdef"


def path(link: str) -> str:
    return "/V/" + link.rpartition("/")[2]


def measure(browser: Browser, link: str, reading: str = "36.5", id: str = ID, venue: str = GATE) -> Any:
    return browser.post(path(link), {"reading": reading, "id": id, "venue": venue})


def app_record(at_gate: AtGate, link: str, **other: Any) -> dict[str, Any]:
    made = {
        "id": ID, "venue": GATE, "by": "chen.gang", "at": int(at_gate.served.now().timestamp()), "code": link,
        "shown": "green", "outcome": "passed", "source": "offline", "temperature": "36.5", "list_as_of": 1,
    }  # fmt: skip
    return made | other


def send(browser: Browser, *rows: Any) -> Any:
    return browser.client.post("/gate/records", json=list(rows), headers={"X-CSRF": browser.csrf}).json


def gate_readings(at_gate: AtGate, pid: bytes) -> list[Report]:
    facts = at_gate.desk.ctx.people.read([pid])[pid].history.facts
    return [fact for fact in facts if isinstance(fact, Report) and fact.by is By.GATE]


def check(at_gate: AtGate, text: str, staff: str = "") -> str:
    browser = at_gate.desk.signed_in(staff) if staff else at_gate.desk.visitor()
    return str(browser.client.post("/gate/check", json={"code": text}).get_json()["result"])


# --- a stranger, a guard ----------------------------------------------------------------------------------------------


def test_it_shows_a_stranger_the_answer_and_no_more(at_gate: AtGate, wang_fang: Resident) -> None:
    page = at_gate.desk.visitor().get(path(at_gate.link(wang_fang)))
    assert "绿码" in page.text
    assert "王*1" in page.text
    assert "<form" not in page.text
    assert measure(at_gate.desk.visitor(), at_gate.link(wang_fang)).status_code == 422
    assert gate_readings(at_gate, wang_fang.pid) == []


def test_it_records_a_reading_with_staff_and_venue_once(at_gate: AtGate, wang_fang: Resident) -> None:
    guard, link = at_gate.desk.signed_in("chen.gang"), at_gate.link(wang_fang)
    for _ in range(2):
        answer = measure(guard, link)
        assert (answer.status_code, answer.location) == (303, f"{path(link)}?done={ID}")
    assert "已放行" in guard.get(answer.location).text
    assert [each.temperature for each in gate_readings(at_gate, wang_fang.pid)] == [Decimal("36.5")]
    assert at_gate.desk.ctx.venues.counts(GATE, day_of(at_gate.served.now())) == {Outcome.PASSED: 1}
    [act] = [act for _, act in at_gate.desk.ctx.audit.acts(wang_fang.pid[0]) if act[2] == "gate report"]
    assert (act[1], act[4]) == ("chen.gang", f"{GATE} 凤凰社区东门")


def test_it_turns_yellow_at_a_fever_and_the_community_has_a_task(at_gate: AtGate, wang_fang: Resident) -> None:
    measure(at_gate.desk.signed_in("chen.gang"), at_gate.link(wang_fang), "37.3")
    at_gate.served.house.settle()
    assert check(at_gate, at_gate.link(wang_fang)) == "yellow"
    assert [each.about for each in at_gate.desk.ctx.tasks.open(PHOENIX)] == [ABNORMAL]
    assert "凤凰社区东门" in str(at_gate.desk.ctx.people.read([wang_fang.pid])[wang_fang.pid].recorded_by)


@pytest.mark.parametrize("reading", ["", "abc", "20", "99", "36.55", "NaN", "Infinity"])
def test_it_takes_no_reading_that_nobody_has(at_gate: AtGate, wang_fang: Resident, reading: str) -> None:
    answer = measure(at_gate.desk.signed_in("chen.gang"), at_gate.link(wang_fang), reading)
    assert (answer.status_code, gate_readings(at_gate, wang_fang.pid)) == (422, [])


def test_a_guard_of_one_venue_records_at_no_other(at_gate: AtGate, wang_fang: Resident) -> None:
    guard, link = at_gate.desk.signed_in("ma.jun"), at_gate.link(wang_fang)
    assert measure(guard, link, venue=GATE).status_code == 422
    assert measure(guard, link, venue=MARKET).status_code == 303


# --- records of a gate without a network ------------------------------------------------------------------------------


def test_a_record_sent_again_and_again_is_there_once(at_gate: AtGate, wang_fang: Resident) -> None:
    guard, row = at_gate.desk.signed_in("chen.gang"), app_record(at_gate, at_gate.link(wang_fang))
    answers = [send(guard, row, row)["written"] for _ in range(2)]
    assert [each["again"] for pair in answers for each in pair] == [False, True, True, True]
    assert len(gate_readings(at_gate, wang_fang.pid)) == 1
    assert at_gate.desk.ctx.venues.counts(GATE, day_of(at_gate.served.now())) == {Outcome.PASSED: 1}


def test_a_record_of_yesterday_counts_for_yesterday_though_its_code_is_over(
    at_gate: AtGate, wang_fang: Resident
) -> None:
    row, taken = app_record(at_gate, at_gate.link(wang_fang)), at_gate.served.now()
    at_gate.served.pass_time(hours=30)
    [written] = send(at_gate.desk.signed_in("chen.gang"), row)["written"]
    assert written["outcome"] == "passed"
    [reading] = gate_readings(at_gate, wang_fang.pid)
    assert day_of(reading.taken or reading.at) == day_of(taken)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"by": "ma.jun"}, "not_yours"),
        ({"id": "short"}, "bad_record"),
        ({"outcome": "passed", "shown": "red"}, "bad_record"),
        ({"outcome": "passed", "temperature": "37.3"}, "bad_record"),
        ({"temperature": "NaN"}, "reading"),
        ({"shown": 7}, "bad_record"),
        ({"at": "soon"}, "bad_record"),
        ({"at": 10**20}, "bad_record"),
        ({"venue": "nowhere"}, "no_such_venue"),
    ],
)
def test_a_record_that_cannot_be_is_refused_with_a_reason(
    at_gate: AtGate, wang_fang: Resident, other: dict[str, Any], why: str
) -> None:
    [written] = send(at_gate.desk.signed_in("chen.gang"), app_record(at_gate, at_gate.link(wang_fang), **other))[
        "written"
    ]
    assert written["refused"] == why
    assert gate_readings(at_gate, wang_fang.pid) == []


def test_records_too_old_or_of_tomorrow_are_refused(at_gate: AtGate, wang_fang: Resident) -> None:
    guard, row, now = at_gate.desk.signed_in("chen.gang"), app_record(at_gate, "x"), at_gate.served.now()
    for away, why in ((timedelta(days=-4), "too_late"), (timedelta(minutes=9), "to_come")):
        [written] = send(guard, row | {"at": int((now + away).timestamp())})["written"]
        assert written["refused"] == why


def test_a_card_that_could_not_be_checked_is_booked_and_checked_when_it_is_sent(
    at_gate: AtGate, wang_fang: Resident
) -> None:
    row = app_record(at_gate, at_gate.link(wang_fang), shown="cannot-check-now", outcome="booked")
    [written] = send(at_gate.desk.signed_in("chen.gang"), row)["written"]
    assert (written["outcome"], written["result"], written["name"]) == ("booked", "green", "王*1")


# --- documents, declarations ------------------------------------------------------------------------------------------


def test_a_document_is_looked_up_masked_told_to_its_owner_and_not_too_often(
    at_gate: AtGate, wang_fang: Resident
) -> None:
    guard, number = at_gate.desk.signed_in("chen.gang"), identity(1).document.number
    page = guard.post("/gate/look-up", {"venue": GATE, "kind": "10", "number": number})
    assert ("绿码" in page.text, "王*1" in page.text, number in page.text) == (True, True, False)
    [look] = at_gate.desk.ctx.people.read([wang_fang.pid])[wang_fang.pid].looks
    assert (look.organisation, look.purpose) == ("金凤区卡口 凤凰社区东门", "卡口核验证件")
    for _ in range(19):
        guard.post("/gate/look-up", {"venue": GATE, "number": number})
    assert guard.post("/gate/look-up", {"venue": GATE, "number": number}).status_code == 422


def test_somebody_without_a_code_declares_at_the_gate_and_has_one(at_gate: AtGate) -> None:
    guard, who, ctx = at_gate.desk.signed_in("chen.gang"), identity(9), at_gate.desk.ctx
    said = {"venue": GATE, "name": "李明", "number": who.document.number, "reading": "36.5", "id": ID, "promise": "yes"}
    assert guard.post("/gate/declare", said | {"promise": ""}).status_code == 422
    for _ in range(2):
        page = guard.post("/gate/declare", said)
        assert ("绿码" in page.text, "data:image/png" in page.text) == (True, True)
    person = ctx.people.read([pid_of(ctx, who)])[pid_of(ctx, who)]
    assert [type(fact) for fact in person.history.facts] == [Declaration]
    assert (person.level, ctx.venues.counts(GATE, day_of(at_gate.served.now()))) == (
        Level.CONFIRMED,
        {Outcome.PASSED: 1},
    )


def test_whoever_declares_a_fever_at_the_gate_is_yellow(at_gate: AtGate) -> None:
    said = {"venue": GATE, "name": "李明", "number": identity(9).document.number, "typed": "38.1", "id": ID}
    page = at_gate.desk.signed_in("chen.gang").post("/gate/declare", said | {"promise": "yes"})
    assert "黄码" in page.text
    assert "未放行" in page.text


# --- codes of before --------------------------------------------------------------------------------------------------


def test_codes_and_cards_of_before_are_known_at_the_gate(at_gate: AtGate, wang_fang: Resident) -> None:
    desk = at_gate.desk
    li_qiang = desk.appoint("li.qiang", "李强", "凤凰社区", Role.COMMUNITY_WORKER, Communities(PHOENIX))
    old = "https://old.example.cn/r?id=88"
    rows = [Row(old, identity(1).document.number), Row("phoenix-east-0001", venue=GATE), Row("abc", venue=GATE)]
    assert register_all(desk.ctx, li_qiang, rows)[0] == 2
    assert register_all(desk.ctx, li_qiang, rows[:2]) == (0, [])
    known = [check(at_gate, each, "chen.gang") for each in (old, "phoenix-east-0001", old + "x")]
    assert known == ["green", "place", "bad-signature"]
    desk.ctx.cards.take_over(OldCard("YC-0001234", "王秀兰", PHOENIX, "凤凰社区"))
    assert check(at_gate, "yc-0001234", "chen.gang") == "none"
    desk.ctx.cards.end("YC-0001234", at_gate.served.now())
    assert check(at_gate, "YC-0001234", "chen.gang") == "revoked"
    [(tag, _alias)] = [each for each in desk.ctx.aliases.listed(PHOENIX, 0, 9)[0] if each[1].pid]
    assert desk.ctx.aliases.end(tag, at_gate.served.now())
    assert check(at_gate, old, "chen.gang") == "revoked"
    assert measure(desk.signed_in("chen.gang"), "x/v/phoenix-east-0001").status_code == 303


def test_a_stranger_learns_nothing_from_a_number_that_can_be_guessed(at_gate: AtGate, wang_fang: Resident) -> None:
    desk = at_gate.desk
    li_qiang = desk.appoint("li.qiang", "李强", "凤凰社区", Role.COMMUNITY_WORKER, Communities(PHOENIX))
    register_all(desk.ctx, li_qiang, [Row("phoenix-0088", identity(1).document.number)])
    desk.ctx.cards.take_over(OldCard("YC-0001234", "王秀兰", PHOENIX, "凤凰社区"))
    for text in ("phoenix-0088", "phoenix-0089", "YC-0001234", "YC-0001235"):
        assert check(at_gate, text) == "cannot-check-now"
        page = desk.visitor().client.get(f"/v/{text}").text
        assert "王" not in page
        assert "暂时无法核验" in page


# --- revocations ------------------------------------------------------------------------------------------------------


def test_whoever_turns_red_is_on_the_signed_list_within_seconds_and_a_new_code_is_good(
    at_gate: AtGate, wang_fang: Resident
) -> None:
    client, served = at_gate.desk.visitor().client, at_gate.served
    ring = at_gate.desk.ctx.scanner().keys
    before = read_list(client.get("/gate/revocations").data, ring)
    assert before.codes == ()
    served.record(wang_fang.pid, Case(id="c1", at=served.now(), case=CaseKind.SUSPECTED, since=day_of(served.now())))
    served.pass_time(seconds=3)
    answer = client.get(f"/gate/revocations?after={before.as_of}")
    added = read_list(answer.data, ring)
    assert {each.instant - int(served.now().timestamp()) for each in added.codes} <= {-2, -1, 0}
    assert len(added.codes) == 2  # a handle of today, and one of yesterday
    etag = answer.headers["ETag"]
    again = client.get(f"/gate/revocations?after={before.as_of}", headers={"If-None-Match": etag})
    assert again.status_code == 304
    served.pass_time(hours=25)
    assert read_list(client.get("/gate/revocations").data, ring).codes == ()


def test_however_many_moments_are_asked_for_few_lists_are_signed(at_gate: AtGate, wang_fang: Resident) -> None:
    client, served = at_gate.desk.visitor().client, at_gate.served
    ring, now = at_gate.desk.ctx.scanner().keys, int(served.now().timestamp())
    served.record(wang_fang.pid, Case(id="c1", at=served.now(), case=CaseKind.SUSPECTED, since=day_of(served.now())))
    served.pass_time(seconds=3)
    answers = {client.get(f"/gate/revocations?after={now - ago}").data for ago in range(0, 200_000, 997)}
    assert len(answers) <= 5
    assert {len(read_list(each, ring).codes) for each in answers} == {2}


def test_a_reading_that_changes_nothing_voids_nothing(at_gate: AtGate, wang_fang: Resident) -> None:
    measure(at_gate.desk.signed_in("chen.gang"), at_gate.link(wang_fang))
    at_gate.served.house.settle()
    raw = at_gate.desk.visitor().client.get("/gate/revocations").data
    assert read_list(raw, at_gate.desk.ctx.scanner().keys).codes == ()


def test_the_public_keys_are_published_as_cose_and_as_jwks(at_gate: AtGate) -> None:
    client = at_gate.desk.visitor().client
    [key] = cbor2.loads(client.get("/gate/keys").data)
    [web_key] = client.get("/.well-known/jwks.json").get_json()["keys"]
    [(kid, public)] = at_gate.desk.ctx.scanner().keys.items()
    assert (key[1], key[2], key[-2]) == (1, kid, public.public_bytes_raw())
    assert (web_key["kty"], web_key["crv"]) == ("OKP", "Ed25519")


# --- venue codes ------------------------------------------------------------------------------------------------------


def test_whoever_scans_a_venues_code_is_noted_and_an_officer_may_ask(at_gate: AtGate, wang_fang: Resident) -> None:
    desk, house = at_gate.desk, at_gate.served.house
    url = desk.ctx.platform().create_qr(f"venue:{MARKET}")
    house.platform.act({"id": wang_fang.phone}, "scan", text=url)
    house.settle()
    house.deliver()
    now = at_gate.served.now()
    [visit] = desk.ctx.venues.between(MARKET, now - timedelta(hours=1), now + timedelta(hours=1), now)
    assert (visit.pid, visit.outcome, visit.shown) == (wang_fang.pid, Outcome.VISITED, Result.GREEN)
    desk.appoint("tian.hua", "田华", "自治区疾控中心", Role.EPIDEMIC_OFFICER, Communities("640106"))
    officer = desk.signed_in("tian.hua")
    day = now.strftime("%Y-%m-%dT")
    asked = {"venue": MARKET, "first": day + "00:00", "last": day + "23:59"}
    assert officer.post("/console/venues/visits", asked | {"reason": ""}).status_code == 403
    page = text_of(officer.post("/console/venues/visits", asked | {"reason": "流调"}))
    assert "王*1" in page
    assert any(act[2] == "see visits" and "流调" in act[4] for _, act in desk.ctx.audit.acts(256))
    later = now + timedelta(days=16)
    assert desk.ctx.venues.between(MARKET, now - timedelta(days=1), later, later) == []


@pytest.mark.parametrize(("north", "proved"), [("38.4681", True), ("38.48", False), ("", False), ("NaN", False)])
def test_a_venue_that_asks_where_one_is_notices_a_forwarded_code(
    at_gate: AtGate, wang_fang: Resident, north: str, proved: bool
) -> None:
    ctx = at_gate.desk.ctx
    ctx.venues.put(new_venue("far-mall", "远商场", PHOENIX, Proof.LOCATION, Spot(38.468, 106.273)), Act("t", "put"))
    client = wang_fang.client(Way.WECHAT)
    assert "核对手机位置" in client.get("/code/at/far-mall").text
    answer = client.post("/code/at/far-mall", data={"ref": ID, "north": north, "east": "106.2731"})
    assert answer.status_code == (303 if proved else 422)
    now = at_gate.served.now()
    [visit] = ctx.venues.between("far-mall", now - timedelta(hours=1), now, now)
    assert visit.proved is proved


def test_a_code_that_changes_is_good_while_it_is_shown_and_no_longer(at_gate: AtGate, wang_fang: Resident) -> None:
    ctx = at_gate.desk.ctx
    ctx.venues.put(new_venue("east-hall", "东厅", PHOENIX, Proof.WINDOW), Act("t", "put"))
    at_gate.desk.appoint("zhao.min", "赵敏", "指挥部", Role.SYSTEM_ADMIN, Everywhere())
    assert "data:image/png" in at_gate.desk.signed_in("zhao.min").get("/console/venues/east-hall/screen").text
    mark = link(ctx, ctx.venues.read("east-hall") or pytest.fail("no venue")).rpartition("m=")[2]
    client = wang_fang.client(Way.WECHAT)
    assert client.post("/code/at/east-hall", data={"ref": ID, "m": mark}).status_code == 303
    at_gate.served.pass_time(minutes=21)
    assert client.post("/code/at/east-hall", data={"ref": ID + "2", "m": mark}).status_code == 422


# --- every answer -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("result", Result)
def test_the_prepared_page_is_what_the_template_gives(at_gate: AtGate, result: Result, language: str) -> None:
    now = at_gate.served.now()
    nobody = {"guard": None, "done": None, "wrong": ""}
    with at_gate.served.house.app.test_request_context():
        for answer in (
            Answer(result, True, "<王>*", now - timedelta(hours=1), now, "1234 567 890"),
            Answer(result, False, checked=now),
        ):
            made = prepared.page(answer, language)
            assert made == render_page("gate.html", language, answer=answer, zone=SHANGHAI, **nobody)
