"""The addresses of the live code page: who is let in, what is told, what is never told."""

from __future__ import annotations

import base64
import io
import re
import socket
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import redis
import requests
import zxingcpp
from PIL import Image
from werkzeug.test import Client, TestResponse

from bot.code_page.seals import Seals, Visitor, Way
from channel.code_looks import GREEN, GREY, RED, UNVERIFIED, YELLOW
from channel.platform import SendError
from channel.platform.oauth import Authorization
from domain.facts import By, Contact, Declaration
from domain.people import Level
from domain.venues import Proof, new_venue
from flows.effects import AddCare
from store.changes import Act
from store.keys import account_tag, pid_text
from tests.code_page.conftest import ACT, Resident, Served
from tests.reach.conftest import OpenHouse
from tests.stage import NOW, PHOENIX, commit, identity, pid_of
from worker.recording import record


def from_wechat(client: Client, resident: Resident, first: str = "/code") -> str:
    """Leave for WeChat as this page says; where it sends this phone back to, as path and query."""
    away = client.get(first)
    assert away.status_code == 302
    back = requests.get(
        away.location.partition("#")[0], params={"sandbox_phone": resident.phone}, timeout=10, allow_redirects=False
    )
    address = urlsplit(back.headers["Location"])
    assert f"{address.scheme}://{address.netloc}" == resident.served.web
    return f"{address.path}?{address.query}"


def told(response: TestResponse) -> dict[str, object]:
    assert response.status_code == 200, response.text
    (person,) = response.get_json()["people"]
    return dict(person)


def link_in(text: str) -> str:
    found = re.search(r'<a href="([^"]+/code\?k=[^"]+)">', text)
    assert found, text
    return found[1]


# --- who is let in ---------------------------------------------------------------------------------------------------


def test_it_lets_in_whom_wechat_names_and_keeps_nothing_of_it_in_the_address(served: Served) -> None:
    resident, client = served.resident(), served.client()
    back = client.get(from_wechat(client, resident))
    assert (back.status_code, back.location) == (302, "/code")
    (cookie,) = (line for line in back.headers.getlist("Set-Cookie") if line.startswith("yima_code="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/code", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "绿码" in client.get("/code").text


def test_it_leads_whoever_scanned_a_venues_code_back_there_and_nowhere_else(served: Served) -> None:
    resident, client = served.resident(), served.client()
    served.house.ctx.venues.put(new_venue("east-hall", "东厅", PHOENIX, Proof.WINDOW), Act("test", "put venue"))
    scanned = "/code/at/east-hall?m=0123456789abcdef"
    sign_in = urlsplit(client.get(scanned).location)
    assert client.get(from_wechat(client, resident, f"{sign_in.path}?{sign_in.query}")).location == scanned
    assert "登记到访" in client.get(scanned).text
    for elsewhere in ("https://evil.example", "//evil.example", "at/../../console", "at/east-hall?m=x&n=1"):
        other = served.client()
        assert other.get(from_wechat(other, resident, f"/code/sign-in?back={quote(elsewhere)}")).location == "/code"


def test_it_hands_out_cookies_for_https_only_where_the_house_has_it(open_house: OpenHouse) -> None:
    client = open_house(PUBLIC_URL="https://yima.example.org/ningxia").app.test_client()
    away = client.get("/code")
    (cookie,) = away.headers.getlist("Set-Cookie")
    assert {"Secure", "Path=/ningxia/code"} <= set(cookie.split("; "))
    assert parse_qs(urlsplit(away.location).query)["redirect_uri"] == ["https://yima.example.org/ningxia/code/in"]
    assert client.get("/code/worker.js").headers["Service-Worker-Allowed"] == "/ningxia/code"


def test_it_goes_to_the_platform_itself_where_there_is_no_sandbox() -> None:
    address = Authorization.of("", "https://api.weixin.qq.com", "wx5823bf96d3bd56c7", "s" * 32).address(
        "https://a/b", "x"
    )
    assert address == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx5823bf96d3bd56c7&redirect_uri=https%3A%2F%2Fa%2Fb"
        "&response_type=code&scope=snsapi_base&state=x#wechat_redirect"
    )


def test_it_refuses_whoever_comes_back_with_a_state_that_is_not_this_browsers(served: Served) -> None:
    resident, client = served.resident(), served.client()
    back = from_wechat(client, resident)
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert re.fullmatch("[0-9a-zA-Z]{1,128}", state)
    forged = state[:-1] + ("0" if state[-1] != "0" else "1")
    for address, browser in (
        (back, served.client()),
        (back.replace(state, forged), client),
        (back.replace(state, ""), client),
        (back.replace(state, "é"), client),
    ):
        refused = browser.get(address)
        assert (refused.status_code, "没有打开成功" in refused.text) == (400, True)
        assert "yima_code" not in str(refused.headers)
    client.set_cookie("yima_state", forged, path="/code")
    assert client.get(back.replace(state, forged)).status_code == 400


def test_it_refuses_a_sign_in_that_took_too_long_or_was_done_already(served: Served) -> None:
    resident, slow, twice = served.resident(), served.client(), served.client()
    back = from_wechat(twice, resident)
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert twice.get(back).status_code == 302
    twice.set_cookie("yima_state", state, path="/code")
    assert twice.get(back).status_code == 400
    late = from_wechat(slow, resident)
    served.pass_time(minutes=10)
    assert slow.get(late).status_code == 400


def test_it_does_not_know_who_only_previews(served: Served) -> None:
    resident, client = served.resident(), served.client()
    served.house.platform.act({"id": resident.phone}, "traits", snapshot=True)
    preview = client.get(from_wechat(client, resident))
    assert (preview.status_code, "使用完整服务" in preview.text) == (403, True)
    assert client.get("/code").status_code == 302


def test_it_is_polite_while_the_platform_is_away(served: Served, open_house: OpenHouse) -> None:
    house = open_house(WECHAT_API_BASE="http://127.0.0.1:9")
    client = house.app.test_client()
    state = parse_qs(urlsplit(client.get("/code").location).query)["state"][0]
    away = client.get("/code/in", query_string={"code": "x", "state": state})
    assert (away.status_code, "不代表您的健康码有问题" in away.text) == (503, True)


def test_it_lets_a_platform_that_stalls_take_three_threads_and_no_more() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.0)
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        authorization, failures = Authorization.of(base, base, "wx5823bf96d3bd56c7", "s" * 32), []

        def ask() -> None:
            with pytest.raises(SendError) as caught:
                authorization.oauth_openid("code")
            failures.append(str(caught.value))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        asked = 0
        while True:
            try:
                silent.accept()[0].close()
            except BlockingIOError:
                break
            asked += 1
    assert (asked, len(failures)) == (3, 8)
    assert not any("s" * 32 in each for each in failures)


def test_it_opens_a_link_of_the_chat_for_ten_minutes_and_the_records_only_by_wechat(served: Served) -> None:
    resident, client = served.resident(), served.client()
    resident.says("同意")
    link = link_in(resident.says("健康码"))
    assert link_in(resident.says("帮助"))
    path = link.removeprefix(served.web)
    opened = client.get(path)
    assert (opened.status_code, opened.location) == (302, "/code")
    assert "绿码" in client.get("/code").text
    record = client.get("/code/record?part=1").text
    assert ("在微信里确认" in record, "36.5" in record) == (True, False)
    assert "36.5" in resident.client().get("/code/record?part=1").text
    known = resident.client()
    assert known.get(path).status_code == 302
    assert "36.5" in known.get("/code/record").text
    served.pass_time(minutes=10)
    late = served.client().get(path)
    assert (late.status_code, "链接已过期" in late.text) == (410, True)
    assert client.get(path).status_code == 302
    served.pass_time(minutes=51)
    assert client.get("/code/now").status_code == 401


def test_it_takes_no_session_or_link_that_it_did_not_make(served: Served) -> None:
    resident = served.resident()
    good, link = resident.cookie(), served.seals.link(resident.openid, served.now())
    strange = Seals(bytes(32)).session(Visitor(resident.openid, Way.WECHAT), served.now())
    raw = bytearray(base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)))
    bent = []
    for place in range(len(raw)):
        changed = raw.copy()
        changed[place] ^= 1
        bent.append(base64.urlsafe_b64encode(changed).decode().rstrip("="))
    for cookie in ("", "x", "é", "A" * 500, resident.openid, link, strange, *bent):
        client = served.client()
        client.set_cookie("yima_code", cookie, path="/code")
        assert client.get("/code/now").status_code == 401, cookie
        assert client.get("/code").status_code == 302
        assert client.get("/code", query_string={"k": cookie}).status_code in (302, 410)
    assert served.seals.open_link(good, served.now()) is None
    served.pass_time(hours=12)
    assert served.seals.open_session(good, served.now()) is None


def test_it_shows_nothing_any_more_to_whoever_leaves_or_erases(served: Served) -> None:
    leaves, erases = served.resident(1), served.resident(2)
    clients = leaves.client(), erases.client()
    assert [told(client.get("/code/now"))["word"] for client in clients] == ["绿码", "绿码"]
    served.house.platform.post(f"/sandbox/phones/{leaves.phone}/unfollow")
    for word in ("同意", "删除", "确认删除"):
        erases.says(word)
    gone = clients[0].get("/code/now")
    assert (gone.status_code, "没有关注" in gone.text) == (403, True)
    assert clients[0].get("/code").status_code == 302
    after = told(clients[1].get("/code/now"))
    assert (after["word"], after["qr"], after["name"]) == ("暂无健康码", "", "")
    assert "还没有健康申报" in clients[1].get("/code").text


# --- what is told ----------------------------------------------------------------------------------------------------


def test_it_tells_a_code_that_scans_as_what_it_says(served: Served) -> None:
    person = told(served.resident().client().get("/code/now"))
    shown = {name: person[name] for name in ("relation", "name", "colour", "word", "shape", "line")}
    assert shown == {
        "relation": "本人",
        "name": "王*1",
        "colour": "green",
        "word": "绿码",
        "shape": "circle",
        "line": "目前未发现已知风险",
    }
    png = base64.b64decode(str(person["qr"]).removeprefix("data:image/png;base64,"))
    (found,) = zxingcpp.read_barcodes(
        Image.open(io.BytesIO(png)).convert("L").resize((488, 488), Image.Resampling.NEAREST)
    )
    path = found.text.removeprefix(served.web)
    scanned = served.client().get(path)
    assert ("<h1>绿码</h1>" in scanned.text, "王*1" in scanned.text) == (True, True)


def test_it_speaks_to_whoever_chose_english_and_names_them_so(served: Served) -> None:
    resident = served.resident()
    resident.says("English")
    person = told(resident.client().get("/code/now"))
    assert (person["relation"], person["word"]) == ("self", "GREEN (绿码)")
    assert 'aria-label="Health code of self' in resident.client().get("/code").text


def test_it_tells_a_carer_of_a_relative_what_the_chat_does_and_no_more(served: Served) -> None:
    carer, child = served.resident(), identity(7)
    fact = Declaration(id="d7", at=served.now(), by=By.CARER, temperature=Decimal("36.6"))
    effect = AddCare(identity=child, relation="乐乐", at=served.now(), asker="王*", community=PHOENIX, fact=fact)
    commit(served.house.ctx, carer.openid, (pid_of(served.house.ctx, child), effect))
    served.house.settle()
    people = carer.client().get("/code/now").get_json()["people"]
    assert [person["relation"] for person in people] == ["本人", "乐乐"]
    pages = [carer.client().get(f"/code/record?part=1&who={person['id']}").text for person in people]
    heads = [re.findall("<h2>(.+?)</h2>", page) for page in pages]
    assert heads == [["打卡记录", "为什么是这个颜色", "谁看过我", "申诉"], ["打卡记录", "为什么是这个颜色"]]
    assert ("乐乐的健康码：待核实" in pages[1], "您" in pages[1]) == (True, False)


def test_it_signs_once_a_minute_and_says_nothing_new_in_between(served: Served) -> None:
    client = served.resident().client()
    first = client.get("/code/now")
    asked = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/code/now", headers=asked)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Looked-Up-At"] > first.headers["Looked-Up-At"]
    assert len(first.data) < 2_048
    served.pass_time(minutes=1)
    fresh = client.get("/code/now", headers=asked)
    assert fresh.status_code == 200
    assert told(fresh)["qr"] != told(first)["qr"]


def test_it_reads_the_database_once_for_a_look(served: Served, redis_client: redis.Redis) -> None:
    client = served.resident().client()

    def reads() -> int:
        stats = redis_client.info("commandstats")
        return sum(int(each["calls"]) for name, each in stats.items() if name in ("cmdstat_mget", "cmdstat_evalsha"))

    before = reads()
    assert client.get("/code/now").status_code == 200
    assert reads() - before == 1


def test_it_tells_no_colour_without_proof_and_no_health_of_anybody(served: Served) -> None:
    resident = served.resident(level=Level.UNVERIFIED)
    served.record(resident.pid, Contact(id="c1", at=served.now(), exposed_on=served.now().date()))
    client = resident.client()
    person = told(client.get("/code/now"))
    assert (person["colour"], person["word"], person["until"]) == ("unverified", "待核实", None)
    for page in (client.get("/code").text, client.get("/code/record").text, client.get("/code/now").text):
        assert "yellow" not in page.replace(".yellow", "")
        assert not re.search("黄码|密切接触|您很健康|身体健康", page)


def test_it_names_nobody_in_what_it_sends(served: Served) -> None:
    resident, who = served.resident(7), identity(7)
    client, stranger = resident.client(), served.client()
    answers = [client.get(path) for path in ("/code", "/code/now", "/code/record", "/code/record?part=1")]
    answers += [stranger.get("/code"), stranger.get(f"/code?k={served.seals.link(resident.openid, served.now())}")]
    secrets = [resident.openid, resident.openid[1:], account_tag(resident.openid), who.name, who.document.number]
    secrets += [who.phone, resident.pid.hex(), pid_text(resident.pid), base64.b64encode(resident.pid).decode()]
    for answer in answers:
        sent = answer.text + str(answer.headers)
        assert [secret for secret in secrets if secret in sent] == []
    assert all("k=" not in answer.headers.get("Location", "") for answer in answers)


def test_it_says_what_browsers_may_do_with_it(served: Served) -> None:
    client = served.resident().client()
    for path in ("/code", "/code/now", "/code/record", "/code/in", "/code?k=x"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
        assert "unsafe" not in policy
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert headers["X-Content-Type-Options"] == "nosniff"
    page = client.get("/code").text
    assert not re.search(r"<script(?![^>]*(src=|application/json))|\son\w+=|style=", page)
    for address in re.findall(r'"(code/files/[^"]+)"', page):
        assert client.get(f"/{address}").headers["Cache-Control"] == "public, max-age=31536000, immutable"
        old = client.get(f"/code/files/000000000000/{address.rpartition('/')[2]}")
        assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-cache")
    assert client.get("/code/files/000000000000/code-worker.js").status_code == 404
    assert client.get("/code/worker.js").headers["Cache-Control"] == "no-cache"


def test_it_is_polite_when_an_account_cannot_be_read(served: Served, redis_client: redis.Redis) -> None:
    resident = served.resident()
    client = resident.client()
    redis_client.setrange(served.house.ctx.keys.account(resident.openid), 20, b"\0" * 20)
    page, look = client.get("/code"), client.get("/code/now")
    assert (page.status_code, look.status_code) == (503, 503)
    assert "不代表您的健康码有问题" in page.text


def test_it_escapes_what_others_wrote(served: Served) -> None:
    resident = served.resident()
    ctx = served.house.ctx
    (person,) = ctx.people.read([resident.pid]).values()
    evil = replace(ACT, organisation='<script>alert("1")</script>')
    case = Contact(id="c1", at=served.now(), exposed_on=served.now().date())
    assert ctx.people.write([record(person, case, evil, ctx.moment())]) == [True]
    served.house.settle()
    page = resident.client().get("/code/record").text
    assert "<script" not in page
    assert "〈script〉alert" in page


# --- what it is made of ----------------------------------------------------------------------------------------------


def test_the_page_has_the_colours_of_the_picture() -> None:
    css = (Path(__file__).parents[2] / "bot" / "static" / "code.css").read_text("utf-8")
    looks = {"green": GREEN, "grey": GREY, "yellow": YELLOW, "red": RED, "unverified": UNVERIFIED}
    for name, look in looks.items():
        frame, ink = ("#" + "".join(f"{part:02x}" for part in rgb) for rgb in (look.frame, look.on_frame))
        rule = f".{name} {{ --frame: {frame}; --on: {ink.replace('#ffffff', '#fff')}; }}"
        assert rule in css


def test_a_link_says_nothing_and_fits_a_message() -> None:
    seals = Seals(bytes(range(32)))
    link = seals.link("o" + "6" * 27, NOW)
    assert len(link) < 80
    assert link == seals.link("o" + "6" * 27, NOW.replace(second=59))
    assert seals.open_link(link, NOW) == "o" + "6" * 27
