"""Who is let in to the live code page, by WeChat or by a link of the chat, and who is not."""

from __future__ import annotations

import base64
import re
import socket
import threading
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from bot.code_page.seals import Seals, Visitor, Way
from channel.platform import SendError
from channel.platform.oauth import Authorization
from domain.venues import Proof, new_venue
from store.changes import Act
from tests.code_page.asking import from_wechat, link_in, told
from tests.code_page.conftest import Served
from tests.reach.conftest import OpenHouse
from tests.stage import PHOENIX


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
