"""The webhook's door: what gets in, what is answered, and that nothing genuine is ever answered with an error."""

from __future__ import annotations

import base64
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
import redis

from bot import app as application
from sandbox import crypto, pushes
from store.keys import Keys
from tests.bot.wire import Wire
from tests.stage import FixedClock, settings
from tests.valkey import free_port


def contents(redis_client: redis.Redis) -> list[object]:
    return list(redis_client.scan_iter())


# --- the door --------------------------------------------------------------------------------------------------------


def test_it_answers_the_platforms_verification_with_the_echo_alone(wire: Wire) -> None:
    stamp = str(int(wire.now.timestamp()))
    query = {"timestamp": stamp, "nonce": "1514711492", "echostr": "4375120948345356249"}
    query["signature"] = crypto.sign(wire.settings.wechat_token, stamp, "1514711492")
    assert wire.client.get("/wechat", query_string=query).data == b"4375120948345356249"
    query["signature"] = "0" * 40
    assert wire.client.get("/wechat", query_string=query).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"msg_signature": "0" * 40},
        {"msg_signature": ""},
        {"timestamp": ""},
        {"timestamp": "yesterday"},
        {"timestamp": "１５"},
        {"nonce": ""},
        {"encrypt_type": "raw"},
        {"encrypt_type": ""},
    ],
)
def test_it_refuses_what_is_not_signed_by_the_platform_and_stores_nothing(
    wire: Wire, redis_client: redis.Redis, wrong: dict[str, str]
) -> None:
    response = wire.push("<xml><a>1</a></xml>", **wrong)
    assert (response.status_code, response.data) == (403, b"")
    assert contents(redis_client) == []


def test_it_refuses_the_plain_signature_in_place_of_the_messages_own(wire: Wire) -> None:
    stamp = str(int(wire.now.timestamp()))
    plain = crypto.sign(wire.settings.wechat_token, stamp, "n")
    assert wire.push("<xml><a>1</a></xml>", timestamp=stamp, nonce="n", msg_signature=plain).status_code == 403


@pytest.mark.parametrize(("seconds", "status"), [(-301, 403), (-300, 200), (300, 200), (301, 403)])
def test_it_refuses_a_stale_push(wire: Wire, seconds: int, status: int) -> None:
    stamp = str(int(wire.now.timestamp()) + seconds)
    assert wire.push("<xml><a>1</a></xml>", timestamp=stamp).status_code == status


def test_it_opens_with_the_previous_key_and_answers_with_the_same(wire: Wire) -> None:
    sender = pushes.Sender(wire.openid, wire.settings.wechat_original_id, int(wire.now.timestamp()))
    response = wire.push(pushes.message(sender, "7", "text", {"Content": "你好"}).xml, aes_key="B" * 43)
    sealed = re.search(r"<Encrypt><!\[CDATA\[(.+?)\]\]>", response.text)
    assert sealed
    assert "<Content>" in crypto.decrypt("B" * 43, wire.settings.wechat_app_id, sealed[1]).decode()


SENDER = b"<FromUserName>oWire0000000000000000000001</FromUserName>"
NONSENSE = {
    "empty": b"",
    "not xml": b"hello",
    "json": b'{"MsgType": "text"}',
    "empty root": b"<xml/>",
    "another root": b"<html><body/></html>",
    "cut off": b"<xml><ToUserName><![CDATA[gh",
    "no sender": b"<xml><MsgType>text</MsgType><Content>a</Content></xml>",
    "not utf-8": "<xml><MsgType>text</MsgType><Content>体温</Content></xml>".encode("gbk"),
    "control characters": b"<xml><Content>\x00\x01</Content></xml>",
    "doctype": b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x"><xml><MsgType>text</MsgType></xml>',
    "entities": b'<!DOCTYPE xml [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>',
    "deep": b"<xml>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</xml>",
    "wrong time": b"<xml>" + SENDER + b"<CreateTime>soon</CreateTime><MsgType>text</MsgType></xml>",
    "huge time": b"<xml>" + SENDER + b"<CreateTime>99999999999999999999</CreateTime><MsgType>text</MsgType></xml>",
    "another account": b"<xml><ToUserName>gh_ffffffffffff</ToUserName>"
    + SENDER
    + b"<CreateTime>1583107200</CreateTime><MsgType>text</MsgType><Content>a</Content><MsgId>1</MsgId></xml>",
}


@pytest.mark.parametrize("name", NONSENSE)
def test_it_answers_signed_nonsense_with_an_empty_200(wire: Wire, redis_client: redis.Redis, name: str) -> None:
    response = wire.push(NONSENSE[name])
    assert (response.status_code, response.data) == (200, b"")
    assert contents(redis_client) == []


@pytest.mark.parametrize(
    "sealed",
    [
        base64.b64encode(b"").decode() or "AAAA",
        base64.b64encode(b"x" * 15).decode(),
        base64.b64encode(b"x" * 32).decode(),
        base64.b64encode(os.urandom(320)).decode(),
        "====",
    ],
    ids=["short", "no whole block", "bad padding", "noise", "no base64"],
)
def test_it_answers_a_signed_envelope_that_no_key_opens_with_an_empty_200(wire: Wire, sealed: str) -> None:
    response = wire.sealed(sealed)
    assert (response.status_code, response.data) == (200, b"")


def test_it_refuses_bodies_over_64_kilobytes(wire: Wire) -> None:
    assert wire.push("<xml>" + "a" * 70_000 + "</xml>").status_code == 413


def test_it_stays_calm_at_events_it_does_not_know_and_silent_at_those_nobody_waits_for(wire: Wire) -> None:
    assert wire.event("VIEW").data == b""
    assert wire.event("TEMPLATESENDJOBFINISH").data == b""
    assert wire.event("some_new_event").status_code == 200


# --- what residents type ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "]]></Content><MsgType>x</MsgType>",
        "a\x0bb",
        "😷" * 50,
        "王" * 2000,
        "<script>alert(1)</script>",
        "<a href='http://x'>x</a>",
    ],
)
def test_whatever_is_typed_as_a_name_stays_inside_one_well_formed_text(wire: Wire, typed: str) -> None:
    wire.event("subscribe")
    wire.say("同意")
    wire.say("申报")
    xml = wire.read(wire.text(typed))
    root = ElementTree.fromstring(xml)  # noqa: S314  our own reply
    assert [node.tag for node in root] == [
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "Content",
    ]
    said = root.findtext("Content", "")
    assert "<script" not in said
    assert "<a href='http://x'" not in said


# --- once ------------------------------------------------------------------------------------------------------------


def test_a_retry_gets_the_same_xml_and_moves_nothing(wire: Wire, clock: FixedClock) -> None:
    wire.event("subscribe")
    wire.say("同意")
    first = wire.read(wire.text("申报", msg_id=77))
    clock.advance(seconds=5)
    assert wire.read(wire.text("申报", msg_id=77)) == first
    assert "王芳" not in first


def test_twenty_deliveries_of_one_message_at_once_are_one(wire: Wire, redis_client: redis.Redis) -> None:
    wire.event("subscribe")
    wire.say("同意")
    wire.say("申报")
    with ThreadPoolExecutor(10) as pool:
        answers = {wire.read(response) for response in pool.map(lambda _: wire.text("王芳", msg_id=78), range(20))}
    assert len(answers) == 1


def test_a_message_costs_two_trips_to_redis(wire: Wire, redis_client: redis.Redis) -> None:
    wire.event("subscribe")
    wire.say("同意")
    before = redis_client.info("commandstats")
    wire.say("申报")
    after = redis_client.info("commandstats")
    ours = {"cmdstat_mget", "cmdstat_evalsha", "cmdstat_get", "cmdstat_ping", "cmdstat_eval", "cmdstat_multi"}
    calls = {
        name: after[name]["calls"] - before.get(name, {}).get("calls", 0)
        for name in after
        if after[name]["calls"] > before.get(name, {}).get("calls", 0)
    }
    sent = {name: calls[name] for name in calls if name in ours}
    # Inside the script the server itself calls GET once more; from outside there are the read and the commit.
    assert sent == {"cmdstat_mget": 1, "cmdstat_evalsha": 1, "cmdstat_get": 1}


# --- Redis away ------------------------------------------------------------------------------------------------------


@pytest.fixture
def cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """An app whose Redis is not there."""
    made = settings(f"redis://127.0.0.1:{free_port()}/0", tmp_path)
    monkeypatch.setattr(application, "clock_for", lambda _: FixedClock())
    return Wire(application.create_app(made), made)


def test_it_says_so_when_redis_cannot_be_read(cut_off: Wire) -> None:
    assert "没有记下" in cut_off.say("36.5")


def test_it_answers_503_without_a_body_when_a_commit_is_not_answered(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store.account import CommitUnanswered
    from store.accounts import Accounts

    wire.event("subscribe")
    real = Accounts.commit

    def done_but_unanswered(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]  # passed on as they came
        raise CommitUnanswered

    with monkeypatch.context() as patch:
        patch.setattr(Accounts, "commit", done_but_unanswered)
        lost = wire.text("同意", msg_id=79)
    assert (lost.status_code, lost.data) == (503, b"")
    # The platform's retry finds the reply that was committed.
    assert "申报" in wire.read(wire.text("同意", msg_id=79))


@pytest.mark.parametrize("kind", ["account", "view", "media", "inbox"])
def test_it_says_so_when_what_it_reads_is_damaged(wire: Wire, redis_client: redis.Redis, kind: str) -> None:
    wire.event("subscribe")
    wire.text("同意", msg_id=80)
    keys, who = Keys(), wire.openid
    names = {"account": keys.account(who), "view": keys.view(who), "media": keys.media(who)}
    redis_client.set(names.get(kind, keys.inbox(who, "80")), b"\x00\x01damaged")
    assert "没有记下" in wire.read(wire.text("同意", msg_id=80))


def test_it_says_so_when_a_conversation_trips_and_writes_nothing_of_it_into_the_log(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A session of another release, a fault of ours: an error would be the platform's fault prompt, three times."""
    from bot import conversation

    def trip(*arguments: object) -> None:
        raise ValueError("王芳 36.5")

    with monkeypatch.context() as patch:
        patch.setattr(conversation, "take", trip)
        response = wire.text("36.5", msg_id=81)
    assert "没有记下" in wire.read(response)
    assert "ValueError" in caplog.text
    assert "王芳" not in caplog.text
    assert "没有记下" not in wire.read(wire.text("36.5", msg_id=81))
