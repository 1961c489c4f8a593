"""The strict reading of passive replies, as a table."""

from __future__ import annotations

import pytest

from sandbox.config import Account, Limits, Mode, read
from sandbox.crypto import encrypt, sign
from sandbox.pushes import Push
from sandbox.replies import Fault, Reader, Shown, Silence
from tests.sandbox.conftest import ACCOUNT

OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"
TEXT = Push(OPENID, "1", 1, "text", "<xml/>")
EVENT = Push(OPENID, "", 1, "event:click", "<xml/>")
HEAD = (
    f"<ToUserName>{OPENID}</ToUserName><FromUserName>{ACCOUNT['original_id']}</FromUserName>"
    "<CreateTime>1583107200</CreateTime>"
)


def reader(mode: str = "plain") -> Reader:
    account, limits = read({**ACCOUNT, "mode": mode})
    return Reader(account, limits, lambda media_id, type_: (media_id, type_) == ("here", "image"))


def xml(body: str) -> bytes:
    return f"<xml>{HEAD}{body}</xml>".encode()


def news(articles: int, count: int | None = None) -> bytes:
    item = "<item><Title>题</Title><Url>https://example.invalid</Url></item>"
    stated = articles if count is None else count
    body = f"<MsgType>news</MsgType><ArticleCount>{stated}</ArticleCount><Articles>{item * articles}</Articles>"
    return xml(body)


def text(content: str) -> bytes:
    return xml(f"<MsgType>text</MsgType><Content>{content}</Content>")


IMAGE = "<MsgType>image</MsgType><Image><MediaId>%s</MediaId></Image>"
TRANSFER = "<MsgType>transfer_customer_service</MsgType><TransInfo>%s</TransInfo>"


@pytest.mark.parametrize(
    ("body", "push", "seen"),
    [
        (b"", TEXT, Silence()),
        (b"success", TEXT, Silence()),
        (text("好"), TEXT, Shown("text", {"text": "好"})),
        (text("<![CDATA[<a href='https://example.invalid'>看</a>]]>"), TEXT, None),
        (text("健" * 682), TEXT, None),
        (xml(IMAGE % "here"), TEXT, Shown("image", {"media_id": "here"})),
        (news(1), TEXT, None),
        (news(8), EVENT, None),
        (xml("<MsgType>transfer_customer_service</MsgType>"), TEXT, Silence()),
        (xml(TRANSFER % "<KfAccount>a@b</KfAccount>"), TEXT, Silence()),
        (xml("<MsgType>transfer_biz_ai_ivr</MsgType>"), TEXT, Silence()),
    ],
)
def test_a_proper_reply_is_shown(body: bytes, push: Push, seen: object) -> None:
    found = reader().read(body, push)
    assert isinstance(found, Shown) if seen is None else found == seen


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"success\n", "begin with <xml>"),
        (b'{"text": "good"}', "begin with <xml>"),
        (b" " + text("x"), "begin with <xml>"),
        (b"\xef\xbb\xbf" + text("x"), "begin with <xml>"),
        (text("x") + b"<xml></xml>", "well-formed"),
        (text("x")[:-3], "well-formed"),
        (text("\x01"), "well-formed"),
        (b"<xml>\xff</xml>", "UTF-8"),
        (b'<xml><!DOCTYPE x [<!ENTITY a "b">]></xml>', "document type"),
        (text(""), "empty"),
        (text(" \n "), "empty"),
        (text("健" * 683), "longer than 2048"),
        (text("x</Content><Content>y"), "twice"),
        (text("x</Content><Url>y</Url><Content>z").replace(b"<Content>z</Content>", b""), "does not belong"),
        (xml("<Content>x</Content>"), "MsgType is missing"),
        (xml("<MsgType>poem</MsgType>"), "not a kind"),
        (text("x").replace(b"1583107200", b"2020-03-02"), "CreateTime is not a whole number"),
        (text("x").replace(OPENID.encode(), b"oSomebodyElse"), "ToUserName"),
        (text("x").replace(ACCOUNT["original_id"].encode(), ACCOUNT["app_id"].encode()), "original id"),
        (xml(IMAGE % "gone"), "expired"),
        (xml("<MsgType>image</MsgType><MediaId>here</MediaId>"), "does not belong"),
        (news(2), "1 to 1"),
        (news(1, count=2), "ArticleCount"),
        (news(0), "0 articles"),
        (news(1).replace(b"https://", b"javascript:"), "Url is not an http"),
        (text("x").replace(b"<MsgType>", b"stray<MsgType>"), "text between the nodes of xml"),
        (xml(TRANSFER % "<KfAccount></KfAccount>"), "KfAccount is empty"),
        (xml(TRANSFER % "<Kf>a@b</Kf>"), "does not belong in TransInfo"),
        (xml("<MsgType>transfer_biz_ai_ivr</MsgType><Content>x</Content>"), "does not belong"),
    ],
)
def test_an_improper_reply_is_a_fault_with_its_reason(body: bytes, why: str) -> None:
    found = reader().read(body, TEXT)
    assert isinstance(found, Fault)
    assert why in found.reason


def test_nine_articles_are_too_many_even_for_an_event() -> None:
    assert isinstance(reader().read(news(9), EVENT), Fault)


ACCOUNT_SAFE: Account = read(ACCOUNT)[0]


def envelope(stamp: str = "1583107200", signed: str = "1583107200", app_id: str = ACCOUNT["app_id"]) -> bytes:
    inside = encrypt(ACCOUNT["aes_key"], app_id, text("好"), bytes(16))
    signature = sign(ACCOUNT["token"], signed, "n", inside)
    nodes = f"<Encrypt>{inside}</Encrypt><MsgSignature>{signature}</MsgSignature>"
    return f"<xml>{nodes}<TimeStamp>{stamp}</TimeStamp><Nonce>n</Nonce></xml>".encode()


@pytest.mark.parametrize(
    ("mode", "body", "why"),
    [
        ("safe", envelope(), None),
        ("compatible", envelope(), None),
        ("compatible", text("好"), None),
        ("safe", b"success", None),
        ("safe", text("好"), "not an encrypted envelope"),
        ("plain", envelope(), "ToUserName is missing"),
        ("safe", envelope(signed="1583107201"), "MsgSignature"),
        ("safe", envelope(stamp="soon"), "TimeStamp is not a whole number"),
        ("safe", envelope(app_id="wx0000000000000000"), "app id"),
    ],
)
def test_the_envelope_belongs_to_the_mode(mode: str, body: bytes, why: str | None) -> None:
    found = reader(mode).read(body, TEXT)
    assert (found.reason if isinstance(found, Fault) else None) is None if why is None else why in str(found)


def test_safe_is_the_mode_when_nothing_is_said() -> None:
    assert ACCOUNT_SAFE.mode is Mode.SAFE
    assert Limits().tries == 3
