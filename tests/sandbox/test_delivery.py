"""Pushes: three modes, five seconds, three tries, overlapping ones, and what the person then sees."""

from __future__ import annotations

import threading
import time
import xml.etree.ElementTree as ET
from itertools import count
from typing import Any

import pytest
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.replies import create_reply
from wechatpy.utils import check_signature

from sandbox.replies import PROMPT
from tests.sandbox.conftest import ACCOUNT, CRYPTO, Answer, Open, Stage, echo, received, sealed

HARD = "<b>]]></Content>&amp; 😀 \x01 王芳\nq"


def test_the_answer_lands_in_the_chat(stage: Stage) -> None:
    phone = stage.person()
    stage.act(phone, "text", content="在吗")
    assert stage.screen(phone)[-2:] == [("me", "在吗"), ("account", "收到：在吗")]


def test_hard_text_is_read_by_wechatpy_and_an_unescaped_echo_of_it_is_a_fault(stage: Stage) -> None:
    phone = stage.person()
    told = stage.act(phone, "text", content=HARD)
    message = stage.webhook.messages[-1]
    assert (message.type, message.content) == ("text", HARD.replace("\x01", ""))
    assert (message.source, message.target) == (phone["openid"], ACCOUNT["original_id"])
    assert str(message.id) == told["msg_id"]
    assert message.id > 2**53
    assert told["create_time"] == int(message.time)
    assert "well-formed" in told["fault"]  # wechatpy does not escape `]]>` in a reply


def test_it_signs_the_query_and_the_envelope_apart(stage: Stage) -> None:
    stage.act(stage.person(), "text", content="在吗")
    query, body, headers = stage.webhook.requests[-1]
    check_signature(ACCOUNT["token"], query["signature"], query["timestamp"], query["nonce"])
    assert query["encrypt_type"] == "aes"
    assert query["openid"].startswith("o")
    assert {node.tag for node in ET.fromstring(body)} == {"ToUserName", "Encrypt"}  # noqa: S314 (ours)
    assert headers["Content-Type"] == "text/xml"
    with pytest.raises(InvalidSignatureException):
        CRYPTO.decrypt_message(body, query["signature"], query["timestamp"], query["nonce"])


@pytest.mark.parametrize("mode", ["plain", "compatible"])
def test_it_writes_the_fields_in_the_open_in_the_other_modes(open_stage: Open, mode: str) -> None:
    stage = open_stage(mode)
    stage.webhook.answer = lambda _query, body: (200, create_reply("好", parse_message(body)).render().encode())
    phone = stage.person()
    told = stage.act(phone, "text", content="在吗")
    query, body, _ = stage.webhook.requests[-1]
    assert parse_message(body).content == "在吗"
    assert ("msg_signature" in query) is (mode == "compatible")
    assert (b"<Encrypt>" in body) is (mode == "compatible")
    assert told["reply"] == {"type": "text", "text": "好"}


def test_it_tries_three_times_with_the_same_message_in_new_wrapping_then_shows_the_prompt(open_stage: Open) -> None:
    stage = open_stage(reply_cut=0.15)
    phone = stage.person()
    stage.webhook.requests.clear()
    free = threading.Event()

    def never(_query: dict[str, str], _body: bytes) -> Answer:
        free.wait(3)
        return 200, b""

    stage.webhook.answer = never
    told = stage.act(phone, "text", content="在吗")
    free.set()
    assert [attempt["reason"] for attempt in told["attempts"]] == ["timeout"] * 3
    requests = stage.webhook.requests
    assert len({received(query, body).id for query, body, _ in requests}) == 1
    assert len({(query["nonce"], body) for query, body, _ in requests}) == 3
    assert stage.screen(phone)[-1] == ("system", PROMPT)


def test_an_answer_in_the_time_of_the_second_try_is_delivered(open_stage: Open) -> None:
    stage = open_stage(reply_cut=0.2)
    phone = stage.person()
    numbers = count(1)

    def second(query: dict[str, str], body: bytes) -> Answer:
        if next(numbers) == 1:
            time.sleep(0.3)
        return echo(query, body)

    stage.webhook.answer = second
    told = stage.act(phone, "text", content="在吗")
    assert [attempt["outcome"] for attempt in told["attempts"]] == ["no answer", "reply"]
    assert stage.screen(phone)[-1] == ("account", "收到：在吗")


def test_an_http_error_is_no_answer_and_the_retry_finds_the_reply(stage: Stage) -> None:
    phone = stage.person()
    numbers = count(1)
    stage.webhook.answer = lambda query, body: (503, b"") if next(numbers) == 1 else echo(query, body)
    told = stage.act(phone, "text", content="在吗")
    assert [attempt["status"] for attempt in told["attempts"]] == [503, 200]
    assert told["reply"]["text"] == "收到：在吗"


def test_a_malformed_answer_is_not_tried_again(stage: Stage) -> None:
    phone = stage.person()
    stage.webhook.answer = lambda _query, _body: (200, b'{"errcode": 0}')
    told = stage.act(phone, "text", content="在吗")
    assert len(told["attempts"]) == 1
    assert "envelope" in told["fault"]
    assert stage.screen(phone)[-1] == ("system", PROMPT)


def test_nobody_there_means_the_prompt_but_not_for_an_unfollow(open_stage: Open) -> None:
    stage = open_stage()
    phone = stage.person()
    stage.webhook.answer = lambda _query, _body: (500, b"")
    stage.act(phone, "text", content="在吗")
    stage.act(phone, "unfollow")
    assert [text for _, text in stage.screen(phone)[-2:]] == [PROMPT, "你已取消关注「宁夏一码」"]


def test_the_same_push_three_times_at_once(stage: Stage) -> None:
    phone = stage.person()
    together = threading.Barrier(3, timeout=5)

    def meet(query: dict[str, str], body: bytes) -> Answer:
        together.wait()
        return echo(query, body)

    stage.webhook.answer = meet
    told = stage.act(phone, "text", content="在吗", times=3, overlap=True)
    assert {attempt["reason"] for attempt in told["attempts"]} == {None}
    assert len({ET.fromstring(attempt["inner"]).findtext("Content") for attempt in told["attempts"]}) == 1  # noqa: S314 (ours)
    assert len({attempt["raw"] for attempt in told["attempts"]}) == 3
    assert [line for line in stage.screen(phone) if line[0] == "account"] == [("account", "收到：在吗")]


def test_a_message_id_given_again_repeats_the_message_as_it_was(stage: Stage) -> None:
    phone = stage.person()
    stage.act(phone, "text", content="一", msg_id="7250021412600020992")
    stage.post("/sandbox/clock", {"advance": 30})
    stage.act(phone, "text", content="二", msg_id="7250021412600020992")
    first, again = stage.webhook.messages[-2:]
    assert (first.id, first.time, first.content) == (again.id, again.time, again.content)
    assert int(stage.webhook.requests[-1][0]["timestamp"]) >= int(stage.webhook.requests[-2][0]["timestamp"]) + 30


@pytest.mark.parametrize(
    ("act", "stated", "type_", "key"),
    [
        ("click", {"key": "code"}, "click", "code"),
        ("click", {"url": "https://example.invalid/"}, "view", "https://example.invalid/"),
        ("follow", {"scene": "community:640106001001"}, "scan", "community:640106001001"),
        ("unfollow", {}, "unsubscribe", None),
    ],
)
def test_events_are_read_by_wechatpy(stage: Stage, act: str, stated: dict[str, Any], type_: str, key: str) -> None:
    stage.act(stage.person(), act, **stated)
    event = stage.webhook.messages[-1]
    assert event.event == type_
    assert key in (None, event._data.get("EventKey"), getattr(event, "scene_id", None))


def test_following_by_a_code_carries_its_scene_and_ticket(stage: Stage) -> None:
    phone = stage.person(following=False)
    stage.act(phone, "follow", scene="community:640106001001")
    event = stage.webhook.messages[-1]
    assert (event.event, event.scene_id) == ("subscribe_scan", "community:640106001001")
    assert stage.session.get(f"{stage.base}/cgi-bin/showqrcode", params={"ticket": event.ticket}).status_code == 200


@pytest.mark.parametrize("type_", ["image", "voice", "video", "shortvideo", "location", "link"])
def test_every_kind_of_message_is_read_by_wechatpy(stage: Stage, type_: str) -> None:
    stage.act(stage.person(), "message", type=type_)
    assert stage.webhook.messages[-1].type == type_


def test_a_sticker_arrives_as_the_platform_writes_it(stage: Stage) -> None:
    stage.act(stage.person(), "message", type="sticker")
    assert stage.webhook.messages[-1].content == "【收到不支持的消息类型，暂无法显示】"


def test_a_tap_in_a_message_menu_is_a_text_with_the_number_of_the_item(stage: Stage) -> None:
    stage.act(stage.person(), "text", content="满意", menu_id="101")
    message = stage.webhook.messages[-1]
    assert (message.content, message._data["bizmsgmenuid"]) == ("满意", "101")


def test_who_does_not_follow_cannot_write(stage: Stage) -> None:
    phone = stage.person(following=False)
    assert stage.act(phone, "text", 409, content="在吗") == {"error": "not following"}


def test_a_reply_with_a_picture_needs_the_picture(stage: Stage) -> None:
    phone = stage.person()
    image = "<MsgType>image</MsgType><Image><MediaId>nothing</MediaId></Image>"
    names = f"<ToUserName>{phone['openid']}</ToUserName><FromUserName>{ACCOUNT['original_id']}</FromUserName>"
    stage.webhook.answer = lambda query, _body: sealed(f"<xml>{names}<CreateTime>1</CreateTime>{image}</xml>", query)
    assert "expired" in stage.act(phone, "text", content="码")["fault"]


@pytest.mark.parametrize(("echo", "ok"), [("{}", True), ('"{}"', False), ("{}\n", False)])
def test_the_address_is_verified_by_an_echo_byte_for_byte(stage: Stage, echo: str, ok: bool) -> None:
    stage.webhook.echo = echo
    assert stage.post("/sandbox/verify")["ok"] is ok


def test_a_late_answer_counts_while_a_later_try_waits(open_stage: Open) -> None:
    stage = open_stage(reply_cut=0.3, late_answers=1)
    phone = stage.person()
    numbers, free = count(1), threading.Event()

    def first_is_slow(query: dict[str, str], body: bytes) -> Answer:
        if next(numbers) == 1:
            time.sleep(0.45)
            return echo(query, body)
        free.wait(3)
        return 200, b""

    stage.webhook.answer = first_is_slow
    told = stage.act(phone, "text", content="在吗")
    free.set()
    assert [attempt["outcome"] for attempt in told["attempts"]] == ["reply", "no answer"]
    assert stage.screen(phone)[-1] == ("account", "收到：在吗")


def test_four_tries_are_an_option_and_late_answers_end_with_the_last(open_stage: Open) -> None:
    stage = open_stage(reply_cut=0.1, late_answers=1, tries=4)
    phone = stage.person()
    free = threading.Event()

    def never(_query: dict[str, str], _body: bytes) -> Answer:
        free.wait(3)
        return 200, b""

    stage.webhook.answer = never
    told = stage.act(phone, "text", content="在吗")
    free.set()
    assert [attempt["reason"] for attempt in told["attempts"]] == ["timeout"] * 4
    assert stage.screen(phone)[-1] == ("system", PROMPT)


def test_a_message_that_is_late_is_overtaken(stage: Stage) -> None:
    phone = stage.person()
    stage.webhook.requests.clear()
    slow = threading.Thread(target=lambda: stage.act(phone, "text", content="先", late=0.4))
    slow.start()
    time.sleep(0.1)
    stage.act(phone, "text", content="后")
    slow.join()
    assert [message.content for message in stage.webhook.messages] == ["后", "先"]
    assert [text for who, text in stage.screen(phone) if who == "me"] == ["先", "后"]


def test_a_misdated_push_says_so_in_both_places(stage: Stage) -> None:
    phone = stage.person()
    stage.act(phone, "click", key="code", created_skew=-400, timestamp_skew=500)
    now = stage.world.clock.now()
    assert abs(int(stage.webhook.messages[-1].time) - now + 400) < 5
    assert abs(int(stage.webhook.requests[-1][0]["timestamp"]) - now - 500) < 5


NEW_KEY = "TkVXS0VZTkVXS0VZTkVXS0VZTkVXS0VZTkVXS0VZTkU"
NEW = WeChatCrypto(ACCOUNT["token"], NEW_KEY, ACCOUNT["app_id"])


def with_either(query: dict[str, str], body: bytes) -> Answer:
    """Answers with the key that opens the push, as the platform asks during a rotation."""
    for crypto in (NEW, CRYPTO):
        try:
            told = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        except Exception:  # noqa: S112 - wechatpy raises many kinds for a wrong key
            continue
        reply = create_reply("新钥匙" if crypto is NEW else "旧钥匙", parse_message(told)).render()
        return 200, crypto.encrypt_message(reply, query["nonce"], query["timestamp"]).encode()
    return 200, b"success"


def test_a_new_key_seals_the_pushes_and_the_old_one_no_reply(open_stage: Open) -> None:
    stage = open_stage()
    phone = stage.person()
    stage.post("/sandbox/account", {"aes_key": NEW_KEY})
    stage.webhook.answer = with_either
    assert stage.act(phone, "text", content="在吗")["reply"]["text"] == "新钥匙"

    def with_the_old(query: dict[str, str], body: bytes) -> Answer:
        told = NEW.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        return sealed(create_reply("旧", parse_message(told)).render(), query)

    stage.webhook.answer = with_the_old
    assert stage.act(phone, "text", content="在吗")["fault"]
    stage = open_stage()
    stage.webhook.answer = with_either
    assert stage.act(phone, "text", content="在吗")["reply"]["text"] == "新钥匙"


def test_both_keys_are_in_use_for_a_while_and_then_the_new_one(stage: Stage) -> None:
    phone = stage.person()
    stage.webhook.answer = with_either
    stage.post("/sandbox/account", {"aes_key": NEW_KEY, "mixed_for": 60})
    assert {stage.act(phone, "text", content="在吗")["reply"]["text"] for _ in range(4)} == {"新钥匙", "旧钥匙"}
    stage.post("/sandbox/clock", {"advance": 61})
    assert {stage.act(phone, "text", content="在吗")["reply"]["text"] for _ in range(4)} == {"新钥匙"}


def test_the_mode_changes_while_it_runs(stage: Stage) -> None:
    phone = stage.person()
    assert stage.post("/sandbox/account", {"mode": "plain"})["mode"] == "plain"
    stage.webhook.answer = lambda _query, body: (200, create_reply("好", parse_message(body)).render().encode())
    assert stage.act(phone, "text", content="在吗")["reply"]["text"] == "好"
    wrong = stage.post("/sandbox/account", {"aes_key": "short", "name": "x"}, 400)["error"]
    assert wrong.startswith("name: unknown")
    assert "aes_key: malformed" in wrong


def test_probes_tell_a_calm_server_from_one_that_loses_its_temper(stage: Stage) -> None:
    def careful(query: dict[str, str], body: bytes) -> Answer:
        try:
            fresh = abs(int(query["timestamp"]) - time.time()) < 300
            received(query, body)
        except Exception:
            return 403, b""
        return (200, b"success") if fresh else (403, b"")

    def hasty(query: dict[str, str], body: bytes) -> Answer:
        try:
            return sealed(create_reply("好", received(query, body)).render(), query)
        except Exception:
            return 500, b""

    stage.webhook.answer = careful
    told = stage.post("/sandbox/probes")
    post = [probe for probe in told["probes"] if not probe["name"].startswith("echo-")]
    assert [probe["name"] for probe in post if not probe["ok"]] == []
    assert len(post) > 25
    stage.webhook.answer = hasty
    found = {probe["name"]: probe["why"] for probe in stage.post("/sandbox/probes")["probes"] if not probe["ok"]}
    assert "http 500" in found["wrong-signature"]
    assert "as if it were genuine" in found["stale"]
