"""Pages of the account: who opens them (OAuth2), the ticket of their JavaScript; and the account's own affairs."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from tests.sandbox.conftest import ACCOUNT, Open, Stage, code
from tests.sandbox.test_platform import CLICK, PNG, stable, token, top

BACK = "https://yima.example.invalid/me?x=1"


def authorize(stage: Stage, method: str = "GET", form: dict[str, str] | None = None, **changed: str) -> Any:
    query = {
        "appid": ACCOUNT["app_id"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "abc",
        **changed,
    }
    address = f"{stage.base}/connect/oauth2/authorize"
    return stage.session.request(method, address, params=query, data=form, allow_redirects=False)


def exchange(stage: Stage, given: str, **changed: str) -> Any:
    stated = {"appid": ACCOUNT["app_id"], "secret": ACCOUNT["app_secret"], "grant_type": "authorization_code"}
    return stage.get("/sns/oauth2/access_token", code=given, **{**stated, **changed})


def code_of(answer: Any) -> str:
    assert answer.status_code == 302, answer.text
    return str(parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0])


def test_a_page_learns_silently_who_opens_it(stage: Stage) -> None:
    phone = stage.person(following=False)
    answer = authorize(stage, sandbox_phone=phone["id"])
    back = urlsplit(answer.headers["Location"])
    assert (back.netloc, back.path) == ("yima.example.invalid", "/me")
    assert (parse_qs(back.query)["x"], parse_qs(back.query)["state"]) == (["1"], ["abc"])
    granted = exchange(stage, code_of(answer))
    assert (granted["openid"], granted["scope"], granted["expires_in"]) == (phone["openid"], "snsapi_base", 7200)
    query = {"access_token": granted["access_token"], "openid": granted["openid"]}
    assert code(stage.get("/sns/auth", **query)) == 0
    assert code(stage.get("/sns/userinfo", **query)) == 48001
    assert code(stage.get("/sns/auth", **{**query, "openid": "o1"})) == 40003
    assert code(stage.get("/sns/auth", **{**query, "access_token": "86_x"})) == 40001


def test_a_code_is_good_once_and_for_five_minutes(stage: Stage) -> None:
    phone = stage.person()
    first, second = (code_of(authorize(stage, sandbox_phone=phone["id"])) for _ in range(2))
    assert [code(exchange(stage, first)), code(exchange(stage, first))] == [0, 40163]
    stage.post("/sandbox/clock", {"advance": 301})
    assert code(exchange(stage, second)) == 42003
    assert [code(exchange(stage, "0invented")), code(exchange(stage, ""))] == [40029, 41008]
    assert code(exchange(stage, second, secret="guess")) == 40125
    assert code(exchange(stage, second, grant_type="client_credential")) == 40002


def test_a_token_is_refreshed_for_thirty_days(stage: Stage) -> None:
    phone = stage.person()
    granted = exchange(stage, code_of(authorize(stage, sandbox_phone=phone["id"])))
    again = {"appid": ACCOUNT["app_id"], "grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
    stage.post("/sandbox/clock", {"advance": 7201})
    query = {"access_token": granted["access_token"], "openid": phone["openid"]}
    assert code(stage.get("/sns/auth", **query)) == 42001
    renewed = stage.get("/sns/oauth2/refresh_token", **again)
    assert code(stage.get("/sns/auth", **{**query, "access_token": renewed["access_token"]})) == 0
    assert code(stage.get("/sns/oauth2/refresh_token", **{**again, "refresh_token": "x"})) == 40030
    stage.post("/sandbox/clock", {"advance": 30 * 86400})
    assert code(stage.get("/sns/oauth2/refresh_token", **again)) in (40030, 42002)


def test_names_are_given_only_after_asking(stage: Stage) -> None:
    phone = stage.person()
    asked = authorize(stage, scope="snsapi_userinfo", sandbox_phone=phone["id"])
    assert asked.status_code == 200
    assert "允许" in asked.text
    denied = authorize(stage, "POST", {"answer": "deny"}, scope="snsapi_userinfo", sandbox_phone=phone["id"])
    assert denied.status_code == 403
    allowed = authorize(stage, "POST", {"answer": "allow"}, scope="snsapi_userinfo", sandbox_phone=phone["id"])
    granted = exchange(stage, code_of(allowed))
    query = {"access_token": granted["access_token"], "openid": granted["openid"]}
    assert stage.get("/sns/userinfo", **query)["nickname"] == "微信用户"


def test_who_only_previews_is_nobody_the_account_knows(stage: Stage) -> None:
    phone = stage.person()
    stage.act(phone, "traits", snapshot=True)
    granted = [exchange(stage, code_of(authorize(stage, sandbox_phone=phone["id"]))) for _ in range(2)]
    assert [one["is_snapshotuser"] for one in granted] == [1, 1]
    assert len({phone["openid"], *(one["openid"] for one in granted)}) == 3
    stage.act(phone, "traits", snapshot=False)
    assert "is_snapshotuser" not in exchange(stage, code_of(authorize(stage, sandbox_phone=phone["id"])))


def test_the_phone_is_that_of_the_cookie_or_is_asked_for(stage: Stage) -> None:
    phone = stage.person()
    asked = authorize(stage)
    assert f"sandbox_phone={phone['id']}" in asked.text
    stage.session.cookies.set("sandbox_phone", phone["id"])
    assert exchange(stage, code_of(authorize(stage)))["openid"] == phone["openid"]


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"redirect_uri": "https://elsewhere.invalid/"}, "10003"),
        ({"redirect_uri": "javascript:alert(1)"}, "10003"),
        ({"appid": "wx0000000000000000"}, "10013"),
        ({"scope": "snsapi_all"}, "10005"),
        ({"response_type": "token"}, "10004"),
        ({"state": "a/b"}, "10015"),
    ],
)
def test_an_address_that_leads_nowhere(open_stage: Open, changed: dict[str, Any], number: str) -> None:
    stage = open_stage(account={"hosts": ["yima.example.invalid"]})
    refused = authorize(stage, sandbox_phone="p1", **changed)
    assert (refused.status_code, number in refused.text) == (400, True)
    assert authorize(stage, sandbox_phone="p1").status_code == 302


def test_the_ticket_is_the_same_until_it_ends_and_signs_addresses(stage: Stage) -> None:
    def get() -> Any:
        return stage.api("/cgi-bin/ticket/getticket?type=jsapi")

    ticket = get()["ticket"]
    stage.post("/sandbox/clock", {"advance": 3600})
    again = get()
    assert (again["ticket"], again["expires_in"] <= 3600) == (ticket, True)
    url = "https://yima.example.invalid/scan?a=1"
    signed = f"jsapi_ticket={ticket}&noncestr=n&timestamp=1&url={url}"
    stated = {"noncestr": "n", "timestamp": "1", "url": f"{url}#top"}
    signature = hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
    assert stage.get("/sandbox/jsapi", **stated, signature=signature)["ok"] is True
    assert stage.get("/sandbox/jsapi", **stated, signature="0" * 40)["ok"] is False
    stage.post("/sandbox/clock", {"advance": 3600})
    assert get()["ticket"] != ticket
    assert code(stage.api("/cgi-bin/ticket/getticket?type=poem")) == 40035


def test_tokens_are_only_for_listed_addresses(open_stage: Open) -> None:
    assert "access_token" in token(open_stage(account={"ip_whitelist": ["127.0.0.0/8"]}))
    stage = open_stage(account={"ip_whitelist": ["10.1.2.3"]})
    assert (code(token(stage)), code(stable(stage))) == (40164, 40164)
    assert token(stage)["errmsg"].startswith("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: ")
    stage = open_stage(account={"ip_whitelist": ["10.1.2.3"], "ip_confirmation": 89503})
    assert code(token(stage)) == 89503


def test_a_path_without_permission(open_stage: Open) -> None:
    stage = open_stage(account={"unauthorized": ["/cgi-bin/user/get"]}, daily={"/cgi-bin/user/get": 0})
    assert code(stage.get("/cgi-bin/user/get", access_token="x")) == 40014
    assert code(stage.api("/cgi-bin/user/get")) == 48001


def test_a_rid_leads_to_the_call_that_was_refused(open_stage: Open) -> None:
    refused = open_stage().api("/cgi-bin/message/custom/send", {"touser": "nobody"})
    rid = refused["errmsg"].rpartition(" rid: ")[2]
    stage = open_stage()
    told = stage.api("/cgi-bin/openapi/rid/get", {"rid": rid})["request"]
    assert json.loads(told["request_body"]) == {"touser": "nobody"}
    assert json.loads(told["response_body"]) == refused
    assert told["request_url"].startswith("/cgi-bin/message/custom/send?access_token=")
    assert told["client_ip"] == "127.0.0.1"
    assert code(stage.api("/cgi-bin/openapi/rid/get", {"rid": "5f3ded7d-22929d02-4ba1f5f6"})) == 76001
    assert code(stage.api("/cgi-bin/openapi/rid/get", {"rid": "?"})) == 76002
    stage.post("/sandbox/clock", {"advance": 7 * 86400 + 60})
    assert code(stage.api("/cgi-bin/openapi/rid/get", {"rid": rid})) == 76001


def test_quotas_are_cleared_by_secret_and_by_path(open_stage: Open) -> None:
    stage = open_stage(daily={"/cgi-bin/user/get": 1}, clears_per_month=2, clears_of_path_per_month=1)
    path = {"cgi_path": "/cgi-bin/user/get"}
    secret = {"appid": ACCOUNT["app_id"], "appsecret": ACCOUNT["app_secret"]}

    def used() -> list[int]:
        return [code(stage.api("/cgi-bin/user/get")) for _ in range(2)]

    assert used() == [0, 45009]
    assert code(stage.api("/cgi-bin/openapi/quota/clear", path)) == 0
    assert used() == [0, 45009]
    assert code(stage.api("/cgi-bin/openapi/quota/clear", path)) == 48006
    assert code(stage.post("/cgi-bin/clear_quota/v2", secret)) == 0
    assert used() == [0, 45009]
    assert code(stage.api("/cgi-bin/clear_quota", {"appid": ACCOUNT["app_id"]})) == 0
    assert code(stage.post("/cgi-bin/clear_quota/v2", secret)) == 48006, "both ways share one number"
    assert code(stage.post("/cgi-bin/clear_quota/v2", {**secret, "appsecret": "guess"})) == 40125


def test_the_webhook_is_looked_up_and_reached(stage: Stage) -> None:
    told = stage.api("/cgi-bin/callback/check", {"action": "all", "check_operator": "DEFAULT"})
    assert told["dns"] == [{"ip": "127.0.0.1", "real_operator": "DEFAULT"}]
    assert told["ping"][0]["package_loss"] == "0%"
    assert "ping" not in stage.api("/cgi-bin/callback/check", {"action": "dns", "check_operator": "CAP"})
    assert code(stage.api("/cgi-bin/callback/check", {"action": "trace", "check_operator": "CAP"})) == 40202
    assert code(stage.api("/cgi-bin/callback/check", {"action": "all", "check_operator": "X"})) == 40203


def add(stage: Stage, type_: str, name: str, content: bytes, **form: str) -> Any:
    query = {"access_token": stable(stage)["access_token"], "type": type_}
    address = f"{stage.base}/cgi-bin/material/add_material"
    return stage.session.post(address, params=query, files={"media": (name, content)}, data=form).json()


def test_material_does_not_expire_and_is_counted(open_stage: Open) -> None:
    stage = open_stage(material_images=2)
    made = add(stage, "image", "码.png", PNG.getvalue())
    assert stage.session.get(made["url"]).content == PNG.getvalue()
    video = b"\x00\x00\x00\x18ftypmp42"
    assert code(add(stage, "video", "a.mp4", video)) == 47001
    film = add(stage, "video", "a.mp4", video, description=json.dumps({"title": "洗手", "introduction": "七步"}))
    stage.post("/sandbox/clock", {"advance": 30 * 86400})
    phone = stage.person()
    message = {"touser": phone["openid"], "msgtype": "image", "image": {"media_id": made["media_id"]}}
    assert code(stage.api("/cgi-bin/message/custom/send", message)) == 0
    told = stage.api("/cgi-bin/material/get_material", {"media_id": film["media_id"]})
    assert (told["title"], told["description"]) == ("洗手", "七步")
    page = stage.api("/cgi-bin/material/batchget_material", {"type": "image", "offset": 0, "count": 20})
    assert [(page["total_count"], page["item"][0]["name"])] == [(1, "码.png")]
    counted = stage.api("/cgi-bin/material/get_materialcount")
    assert (counted["image_count"], counted["video_count"], counted["voice_count"]) == (1, 1, 0)
    add(stage, "image", "b.png", PNG.getvalue())
    assert code(add(stage, "image", "c.png", PNG.getvalue())) == 45034
    assert code(stage.api("/cgi-bin/material/del_material", {"media_id": made["media_id"]})) == 0
    assert code(stage.api("/cgi-bin/material/get_material", {"media_id": made["media_id"]})) == 40007
    assert code(stage.api("/cgi-bin/message/custom/send", message)) == 40007


def test_material_that_the_menu_shows_can_not_be_deleted(stage: Stage) -> None:
    made = add(stage, "image", "a.png", PNG.getvalue())["media_id"]
    stage.api("/cgi-bin/menu/create", top(CLICK, {"type": "media_id", "name": "图", "media_id": made}))
    assert code(stage.api("/cgi-bin/material/del_material", {"media_id": made})) == 48005


def test_a_picture_for_an_article_is_small(open_stage: Open) -> None:
    stage = open_stage(article_image_bytes=1000)
    gif = io.BytesIO()
    Image.new("P", (8, 8)).save(gif, "GIF")

    def upload(name: str, content: bytes) -> Any:
        query = {"access_token": stable(stage)["access_token"]}
        address = f"{stage.base}/cgi-bin/media/uploadimg"
        return stage.session.post(address, params=query, files={"media": (name, content)}).json()

    assert stage.session.get(upload("a.png", PNG.getvalue())["url"]).content == PNG.getvalue()
    assert code(upload("a.gif", gif.getvalue())) == 40005
    assert code(upload("a.png", PNG.getvalue() + bytes(1000))) == 40009


def test_staff_write_in_their_own_name(stage: Stage) -> None:
    phone, account = stage.person(), {"kf_account": "liqiang@yima", "nickname": "网格员李强"}
    assert code(stage.api("/customservice/kfaccount/add", account)) == 0
    assert code(stage.api("/customservice/kfaccount/add", account)) == 65406
    assert code(stage.api("/customservice/kfaccount/add", {**account, "kf_account": "无"})) == 65404
    assert code(stage.api("/customservice/kfaccount/add", {**account, "kf_account": "a@b", "nickname": ""})) == 65403
    message = {"touser": phone["openid"], "msgtype": "text", "text": {"content": "您好"}}
    named = {**message, "customservice": {"kf_account": "liqiang@yima"}}
    assert code(stage.api("/cgi-bin/message/custom/send", named)) == 0
    assert stage.get(f"/sandbox/phones/{phone['id']}/messages")[-1]["kf"] == "网格员李强"
    assert [one["kf_nick"] for one in stage.api("/cgi-bin/customservice/getkflist")["kf_list"]] == ["网格员李强"]
    assert code(stage.api("/customservice/kfaccount/del?kf_account=liqiang@yima")) == 0
    assert code(stage.api("/cgi-bin/message/custom/send", named)) == 65401
