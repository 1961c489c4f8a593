"""The host side: wechatpy's own client is served, and the platform's refusals are its own."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import requests
from PIL import Image
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from tests.decoders import zxing_texts
from tests.sandbox.conftest import ACCOUNT, Open, Stage, code

PNG = io.BytesIO()
Image.new("RGB", (8, 8), "green").save(PNG, "PNG")
DAY = 86400


def client(stage: Stage) -> WeChatClient:
    class Here(WeChatClient):  # type: ignore[misc]  # wechatpy has no types
        API_BASE_URL = f"{stage.base}/cgi-bin/"

        def fetch_access_token(self) -> Any:
            stated = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
            return self._fetch_access_token(f"{stage.base}/cgi-bin/token", stated)

    return Here(ACCOUNT["app_id"], ACCOUNT["app_secret"], timeout=5)


def test_wechatpys_client_is_served(stage: Stage) -> None:
    phone, theirs = stage.person(), client(stage)
    medium = theirs.media.upload("image", ("code.png", PNG.getvalue()))
    assert len(medium["media_id"]) == 64
    assert medium["created_at"] > 0
    assert theirs.message.send_image(phone["openid"], medium["media_id"])["errcode"] == 0
    assert theirs.message.send_text(phone["openid"], "您的健康码")["errcode"] == 0
    assert theirs.message.send_articles(
        phone["openid"], [{"title": "题", "description": "", "image": "", "url": "https://example.invalid"}]
    )
    assert theirs.menu.create({"button": [{"type": "click", "name": "健康码", "key": "code"}]})["errcode"] == 0
    assert theirs.menu.get()["menu"]["button"][0]["key"] == "code"
    assert theirs.user.get(phone["openid"])["subscribe"] == 1
    assert theirs.misc.get_wechat_ips() == ["127.0.0.1"]
    assert [kind for kind, _ in stage.screen(phone)[-3:]] == ["account"] * 3
    with pytest.raises(WeChatClientException) as error:
        theirs.message.send_text(phone["openid"], "第四条")
    assert error.value.errcode == 45047


def token(stage: Stage, **changed: str) -> Any:
    stated = {"grant_type": "client_credential", "appid": ACCOUNT["app_id"], "secret": ACCOUNT["app_secret"]}
    return stage.get("/cgi-bin/token", **{**stated, **changed})


def stable(stage: Stage, force: bool = False) -> Any:
    stated = {"grant_type": "client_credential", "appid": ACCOUNT["app_id"], "secret": ACCOUNT["app_secret"]}
    return stage.post("/cgi-bin/stable_token", {**stated, "force_refresh": force})


def use(stage: Stage, value: str) -> int:
    return code(stage.get("/cgi-bin/getcallbackip", access_token=value))


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"secret": "guess"}, 40125),
    ],
)
def test_wrong_credentials(stage: Stage, changed: dict[str, str], refused: int) -> None:
    assert code(token(stage, **changed)) == refused


def test_a_new_token_leaves_the_one_before_it_five_minutes(stage: Stage) -> None:
    first, second = token(stage)["access_token"], token(stage)["access_token"]
    assert (use(stage, first), use(stage, second)) == (0, 0)
    third = token(stage)["access_token"]
    assert (use(stage, first), use(stage, second), use(stage, third)) == (40001, 0, 0)
    stage.post("/sandbox/clock", {"advance": 301})
    assert (use(stage, second), use(stage, third)) == (40001, 0)
    stage.post("/sandbox/clock", {"advance": 7200})
    assert use(stage, third) == 42001


def test_the_stable_token_is_stable_and_strange_to_the_other(stage: Stage) -> None:
    first = stable(stage)
    plain = token(stage)["access_token"]
    assert first["expires_in"] == 7200
    assert stable(stage)["access_token"] == first["access_token"]
    stage.post("/sandbox/clock", {"advance": 6800})
    again = stable(stage)
    assert again["access_token"] == first["access_token"]
    assert 350 < again["expires_in"] < 400
    stage.post("/sandbox/clock", {"advance": 150})
    renewed = stable(stage)["access_token"]
    assert renewed != first["access_token"]
    assert (use(stage, first["access_token"]), use(stage, renewed), use(stage, plain)) == (0, 0, 0)


def test_forcing_kills_the_stable_token_and_is_rationed(stage: Stage) -> None:
    first = stable(stage)["access_token"]
    forced = stable(stage, force=True)["access_token"]
    assert (use(stage, first), use(stage, forced)) == (40001, 0)
    assert code(stable(stage, force=True)) == 45011
    stage.world.database.keep("forced", {"day": stage.world.clock.today().strftime("%Y-%m-%d"), "times": 20, "last": 0})
    assert code(stable(stage, force=True)) == 45009


SEND = "/cgi-bin/message/custom/send"


@pytest.mark.parametrize(
    ("method", "path", "query", "refused"),
    [
        ("GET", SEND, {}, 43002),
        ("POST", "/cgi-bin/token", {}, 43001),
        ("POST", SEND, {}, 41001),
        ("POST", SEND, {"access_token": "x"}, 40014),
        ("POST", SEND, {"access_token": "85_" + "x" * 130}, 40001),
        ("GET", "/cgi-bin/no/such/thing", {}, 40066),
        ("GET", "/sns/no/such/thing", {}, 40066),
        ("GET", "/sns/userinfo", {}, 41001),
    ],
)
def test_a_refusal_is_json_with_a_rid_in_an_http_200(
    stage: Stage, method: str, path: str, query: dict[str, str], refused: int
) -> None:
    answer = requests.request(method, stage.base + path, params=query, timeout=5)
    assert (answer.status_code, code(answer.json())) == (200, refused)
    rid = answer.json()["errmsg"].rpartition(" rid: ")[2]
    assert [len(part) for part in rid.split("-")] == [8, 8, 8]
    assert abs(int(rid[:8], 16) - stage.world.clock.now()) < 60


OTHER = {"touser": "o" + "x" * 27, "msgtype": "text", "text": {"content": "好"}}


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        (OTHER, 40003),
        ({"msgtype": "poem"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": "健" * 683}}, 45002),
        ({"msgtype": "image", "image": {"media_id": "nothing"}}, 40007),
        ({"msgtype": "news", "news": {"articles": []}}, 44003),
        ({"msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
        ({"msgtype": "msgmenu", "msgmenu": {"list": []}}, 44004),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"id": "1", "content": "是"}]}}, 0),
        ({}, 0),
    ],
)
def test_what_a_customer_message_may_be(stage: Stage, changed: dict[str, Any], refused: int) -> None:
    body = {"touser": stage.person()["openid"], "msgtype": "text", "text": {"content": "好"}}
    assert code(stage.api(SEND, {**body, **changed})) == refused


@pytest.mark.parametrize(("raw", "refused"), [(b"", 44002), (b"{", 47001), (b'{"touser":"\\u738b"}', 40033)])
def test_a_body_is_raw_utf8_json(stage: Stage, raw: bytes, refused: int) -> None:
    query = {"access_token": token(stage)["access_token"]}
    assert code(requests.post(stage.base + SEND, params=query, data=raw, timeout=5).json()) == refused


def upload(stage: Stage, type_: str, name: str, content: bytes) -> Any:
    query = {"access_token": stable(stage)["access_token"], "type": type_}
    files = {"media": (name, content)}
    return stage.session.post(f"{stage.base}/cgi-bin/media/upload", params=query, files=files).json()


@pytest.mark.parametrize(
    ("type_", "name", "content", "refused"),
    [
        ("image", "code.png", PNG.getvalue(), 0),
        ("poster", "code.png", PNG.getvalue(), 40004),
        ("image", "code", PNG.getvalue(), 40005),
        ("image", "code.jpg", PNG.getvalue(), 40005),
        ("image", "code.png", b"not a picture", 40005),
        ("image", "code.png", b"", 44001),
        ("image", "code.png", PNG.getvalue() + bytes(2000), 40009),
        ("voice", "a.mp3", b"ID3", 0),
        ("thumb", "a.jpg", b"\xff\xd8\xff", 0),
    ],
)
def test_what_may_be_uploaded(open_stage: Open, type_: str, name: str, content: bytes, refused: int) -> None:
    stage = open_stage(image_bytes=2000)
    assert code(upload(stage, type_, name, content)) == refused


def test_an_upload_without_a_file(stage: Stage) -> None:
    assert code(stage.api("/cgi-bin/media/upload?type=image", {})) == 41005


def test_media_live_three_days_and_stay_on_the_screen(stage: Stage) -> None:
    phone, medium = stage.person(), upload(stage, "image", "code.png", PNG.getvalue())["media_id"]
    picture = {"touser": phone["openid"], "msgtype": "image", "image": {"media_id": medium}}
    assert code(stage.api(SEND, picture)) == 0
    stage.post("/sandbox/clock", {"advance": 3 * DAY - 5})
    query = {"access_token": stable(stage)["access_token"], "media_id": medium}
    assert stage.session.get(f"{stage.base}/cgi-bin/media/get", params=query).content == PNG.getvalue()
    stage.post("/sandbox/clock", {"advance": 6})
    stage.act(phone, "text", content="码")
    assert code(stage.get("/cgi-bin/media/get", **query)) == 40007
    assert code(stage.api(SEND, picture)) == 40007
    line = stage.get(f"/sandbox/phones/{phone['id']}/messages")[-3]
    assert stage.session.get(stage.base + line["url"]).content == PNG.getvalue()


CLICK = {"type": "click", "name": "码", "key": "code"}
VIEW = {"type": "view", "name": "页", "url": "https://example.invalid/"}


def top(*buttons: Any) -> dict[str, Any]:
    return {"button": list(buttons)}


def under(*subs: Any) -> dict[str, Any]:
    return top({"name": "更多", "sub_button": list(subs)})


@pytest.mark.parametrize(
    ("menu", "refused"),
    [
        (top(CLICK, VIEW, {"name": "更多", "sub_button": [CLICK] * 5}), 0),
        ({}, 40016),
        (top(), 40016),
        (top(*[CLICK] * 4), 40016),
        (top({**CLICK, "type": "shout"}), 40017),
        (top({**CLICK, "name": "健康码打开"}), 0),
        (top({**CLICK, "name": "健康码请打开"}), 40018),
        (top({**CLICK, "name": ""}), 40018),
        (top({**CLICK, "key": "k" * 129}), 40019),
        (top({"type": "click", "name": "码"}), 40019),
        (top({**VIEW, "url": "https://example.invalid/" + "u" * 1024}), 40020),
        (top({**VIEW, "url": "javascript:alert(1)"}), 40055),
        (under({**CLICK, "sub_button": [CLICK]}), 40022),
        (under(*[CLICK] * 6), 40023),
        (under({**CLICK, "type": "shout"}), 40024),
        (under({**CLICK, "name": "健" * 20}), 0),
        (under({**CLICK, "name": "健" * 21}), 40025),
        (under({**CLICK, "key": ""}), 40026),
        (under({**VIEW, "url": ""}), 40027),
        (under({**VIEW, "url": "weixin.qq.com"}), 40054),
    ],
)
def test_what_a_menu_may_be(stage: Stage, menu: dict[str, Any], refused: int) -> None:
    assert code(stage.api("/cgi-bin/menu/create", menu)) == refused
    assert code(stage.api("/cgi-bin/menu/get")) == (46003 if refused else 0)


def test_a_deleted_menu_is_gone(stage: Stage) -> None:
    stage.api("/cgi-bin/menu/create", top(CLICK))
    assert code(stage.api("/cgi-bin/menu/delete")) == 0
    assert code(stage.api("/cgi-bin/menu/get")) == 46003


def qr(stage: Stage, **stated: Any) -> Any:
    body = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "community:640106001001"}}, **stated}
    return stage.api("/cgi-bin/qrcode/create", body)


def test_a_code_is_scannable_and_leads_to_its_scene(stage: Stage) -> None:
    made = qr(stage, action_name="QR_LIMIT_STR_SCENE")
    picture = stage.session.get(f"{stage.base}/cgi-bin/showqrcode", params={"ticket": made["ticket"]})
    assert picture.headers["Content-Type"] == "image/jpg"
    assert zxing_texts(Image.open(io.BytesIO(picture.content))) == [made["url"]]
    led = stage.session.get(made["url"], allow_redirects=False)
    assert led.headers["Location"].endswith("scene=community:640106001001")


def test_a_code_lives_a_minute_unless_told_otherwise(stage: Stage) -> None:
    made, longer = qr(stage), qr(stage, expire_seconds=30 * DAY)
    assert (made["expire_seconds"], longer["expire_seconds"]) == (60, 30 * DAY)
    stage.post("/sandbox/clock", {"advance": 61})
    shown = [
        stage.session.get(f"{stage.base}/cgi-bin/showqrcode", params={"ticket": one["ticket"]}).status_code
        for one in (made, longer)
    ]
    assert shown == [404, 200]


@pytest.mark.parametrize(
    "stated",
    [
        {"action_name": "QR"},
        {"action_info": {}},
        {"action_info": {"scene": {"scene_str": ""}}},
        {"action_info": {"scene": {"scene_str": "x" * 65}}},
        {"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_001}}},
        {"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 0}}},
        {"expire_seconds": 30 * DAY + 1},
    ],
)
def test_a_code_that_cannot_be(stage: Stage, stated: dict[str, Any]) -> None:
    assert code(qr(stage, **stated)) == 40053


def test_the_daily_quota_and_its_clearing(open_stage: Open) -> None:
    stage = open_stage(daily={"/cgi-bin/user/get": 2}, clears_per_month=1)
    path = {"cgi_path": "/cgi-bin/user/get"}
    assert [code(stage.api("/cgi-bin/user/get")) for _ in range(3)] == [0, 0, 45009]
    assert stage.api("/cgi-bin/openapi/quota/get", path)["quota"] == {"daily_limit": 2, "used": 2, "remain": 0}
    clear = {"appid": ACCOUNT["app_id"]}
    assert code(stage.api("/cgi-bin/clear_quota", clear)) == 0
    assert code(stage.api("/cgi-bin/user/get")) == 0
    assert code(stage.api("/cgi-bin/clear_quota", clear)) == 48006
    stage.post("/sandbox/clock", {"advance": DAY})
    assert stage.api("/cgi-bin/openapi/quota/get", path)["quota"]["used"] == 0


def test_followers_are_told_and_who_left_is_a_name_only(stage: Stage) -> None:
    here, gone = stage.person(following=False), stage.person()
    stage.act(here, "follow", scene="community:640106001001")
    stage.act(gone, "unfollow")
    assert stage.api("/cgi-bin/user/get")["data"] == {"openid": [here["openid"]]}
    told = stage.get("/cgi-bin/user/info", access_token=token(stage)["access_token"], openid=here["openid"])
    assert (told["subscribe_scene"], told["qr_scene_str"]) == ("ADD_SCENE_QR_CODE", "community:640106001001")
    told = stage.get("/cgi-bin/user/info", access_token=token(stage)["access_token"], openid=gone["openid"])
    assert told == {"subscribe": 0, "openid": gone["openid"]}


def test_typing_is_shown_within_half_a_minute_of_a_sign(stage: Stage) -> None:
    phone = stage.person()
    path, body = "/cgi-bin/message/custom/typing", {"touser": phone["openid"], "command": "Typing"}
    assert [code(stage.api(path, body)), code(stage.api(path, body))] == [0, 45081]
    assert stage.get("/sandbox/phones")[-1]["typing"] is True
    assert code(stage.api(path, {**body, "command": "CancelTyping"})) == 0
    stage.post("/sandbox/clock", {"advance": 31})
    assert code(stage.api(path, body)) == 45080
    assert code(stage.api(path, {**body, "command": "Sing"})) == 45072


def test_every_call_is_on_record_with_its_answer(stage: Stage) -> None:
    phone = stage.person()
    stage.api(SEND, {"touser": phone["openid"], "msgtype": "text", "text": {"content": "好"}})
    record = stage.get("/sandbox/calls", path=SEND)
    assert json.loads(record["calls"][0]["request"])["text"] == {"content": "好"}
    assert record["calls"][0]["answer"] == '{"errcode": 0, "errmsg": "ok"}'
    assert record["counts"][SEND] == 1
    assert [call["kind"] for call in stage.get("/sandbox/calls", kind="push")["calls"]] == ["push"]
    assert SEND in stage.session.get(f"{stage.base}/sandbox/calls.html").text
